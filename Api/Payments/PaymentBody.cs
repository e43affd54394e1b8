using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;
using Payments.Pipeline.Accept;

namespace Payments.Api.Payments;

/// <summary>The body of a request that brings payments: JSON, read whole, so that it can be hashed and taken apart without loss.</summary>
internal static class PaymentBody
{
    /// <summary>A payment as it is sent.</summary>
    public const string Example =
        """{"payment_id":"PAY-000123","customer_id":"CUST-0042","merchant_id":"MERCH-007","amount":129.90,"currency":"USD","payment_method":"CREDIT_CARD"}""";

    private const int FirstBytes = 4 * 1024;

    /// <summary>Reads the body.</summary>
    /// <exception cref="BadHttpRequestException">It is no JSON by its type (415), or too large (413).</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request, int limit, CancellationToken cancellationToken)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            || !(type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase))
            || (type.Charset.HasValue && !type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase))
            || request.Headers.ContentEncoding.Count > 0)
        {
            throw new BadHttpRequestException("Send JSON in UTF-8, not compressed: Content-Type: application/json.", StatusCodes.Status415UnsupportedMediaType);
        }

        if (request.ContentLength > limit) throw TooLarge(limit);
        var bytes = new byte[request.ContentLength is { } length ? (int)length + 1 : FirstBytes];
        var used = 0;
        while (await request.Body.ReadAsync(bytes.AsMemory(used), cancellationToken) is > 0 and var read)
        {
            used += read;
            if (used > limit) throw TooLarge(limit);
            if (used == bytes.Length) Array.Resize(ref bytes, bytes.Length * 2);
        }

        return bytes.AsMemory(0, used);
    }

    /// <summary>What tells one request from another under the same key: the path and the body.</summary>
    public static Guid HashOf(HttpRequest request, ReadOnlyMemory<byte> body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.Path}\n"));
        hash.AppendData(body.Span);
        return new(hash.GetHashAndReset().AsSpan(0, 16), bigEndian: true);
    }

    /// <summary>Documents the body as one payment.</summary>
    public static RouteHandlerBuilder WithPaymentBody(this RouteHandlerBuilder endpoint) => endpoint.WithBody(PaymentSchema(), Example);

    /// <summary>Documents the body as a list of payments.</summary>
    public static RouteHandlerBuilder WithPaymentsBody(this RouteHandlerBuilder endpoint) => endpoint.WithBody(
        new() { Type = JsonSchemaType.Array, Items = PaymentSchema(), MinItems = 1, MaxItems = ReceivePayments.Most },
        $"[{Example},{Example.Replace("000123", "000124", StringComparison.Ordinal)}]");

    private static RouteHandlerBuilder WithBody(this RouteHandlerBuilder endpoint, OpenApiSchema schema, string example) =>
        endpoint.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Content = new Dictionary<string, OpenApiMediaType> { ["application/json"] = new() { Schema = schema, Example = JsonNode.Parse(example) } },
            };
            return Task.CompletedTask;
        });

    private static OpenApiSchema PaymentSchema() => new()
    {
        Type = JsonSchemaType.Object,
        AdditionalPropertiesAllowed = false,
        Required = new HashSet<string>(LiveFields.Describe().Where(field => field.IsRequired).Select(field => field.Name)),
        Properties = LiveFields.Describe().ToDictionary(
            field => field.Name,
            IOpenApiSchema (field) => new OpenApiSchema { Type = field.IsNumber ? JsonSchemaType.Number : JsonSchemaType.String, Description = field.Description }),
    };

    private static BadHttpRequestException TooLarge(int limit) => new($"The body is larger than {limit / 1024} KiB.", StatusCodes.Status413PayloadTooLarge);
}
