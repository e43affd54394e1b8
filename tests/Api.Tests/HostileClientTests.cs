using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Payments.Api.Tests;

/// <summary>
/// A client that sends whatever comes to its mind to every endpoint, as the OpenAPI document has them: each parameter and each member of each body by itself takes
/// values that it should not have. Nothing makes the API fail, and every refusal is a problem that says what is wrong.
/// </summary>
public sealed class HostileClientTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const string AnyInstant = "2026-01-31T00:00:00Z";

    /// <summary>Endpoints that answer when a worker has done something, or never end.</summary>
    private static readonly string[] Slow = ["/api/etl/run", "/api/etl/initialize", "/api/feed", "/api/simulations/{issue}", "/api/archives", "/api/archives/{month}/restore", "/api/rules/backtest", "/api/assertions/run", "/api/settlements/recompute", "/api/etl/runs/{id}/retry", "/api/quarantine/replay"];

    private static readonly string[] Texts =
    [
        "", " ", "\0", "'; drop table public.payments; --", "-1", "0", "99999999999999999999", "NaN", "2026-02-30", "0001-01-01", "9999-12-31", "💳", "\u202E", "a\nb", "eyJ4IjoxfQ", new string('x', 3000),
    ];

    private static readonly string[] Numbers = ["-1", "0", "1.5", "0.00000000001", "99999999999999999999999999999999", "1e999", "-0", "2147483648"];

    private static readonly string[] Methods = ["POST", "PUT", "GET", "DELETE"];

    private static readonly string[] Bodies = ["", "null", "[]", "{", "1", "\"text\"", "{}", "{\"no_such_member\":1}", "[{}]", "{\"a\":\"\\ud800\"}", "\u0000"];

    private readonly ApiHost _api = fixture.Api;
    private readonly List<string> _wrong = [];

    [Fact]
    public async Task Nothing_that_a_client_sends_makes_the_api_fail()
    {
        await AddRowsAsync();
        var document = JsonNode.Parse(await _api.GetAsync("/openapi/v1.json"))!;
        var requests = document["paths"]!.AsObject()
            .Where(path => !Slow.Contains(path.Key, StringComparer.Ordinal))
            .SelectMany(path => path.Value!.AsObject().SelectMany(operation => Requests(operation.Key.ToUpperInvariant(), path.Key, operation.Value!)))
            .ToArray();

        // What is made is there to be changed, read and deleted.
        foreach (var request in requests.OrderBy(request => Array.IndexOf(Methods, request.Method))) await SendAsync(request);

        Assert.True(requests.Length > 10_000, $"Only {requests.Length} requests.");
        Assert.True(_wrong.Count == 0, string.Join('\n', _wrong.Order(StringComparer.Ordinal).Take(40)));
        Assert.Equal(3, await fixture.Store.ScalarAsync<long>("select count(*) from public.payments where payment_id like 'HC%'"));
    }

    // Something for lists to find, and for cursors and filters to stumble over.
    private async Task AddRowsAsync()
    {
        await fixture.Store.ImportAsync("customers", "customer_id,country\nHC1,DE\n");
        await fixture.Store.ImportAsync("merchants", "merchant_id,settles_from\nHM1,2025-01-01\n");
        await fixture.Store.ImportAsync(
            "payments",
            "payment_id,customer_id,merchant_id,amount,currency,payment_method,status,payment_date\n"
                + "HC1,HC1,HM1,20000,USD,WALLET,SUCCESS,2026-01-10T10:00:00Z\nHC2,HC1,HM1,20000,JPY,WALLET,SUCCESS,2026-01-11T10:00:00Z\nHC3,HC1,HM1,10,KWD,WALLET,FAILED,2026-01-12T10:00:00Z\nBAD,NOBODY,HM1,1,USD,WALLET,SUCCESS,2026-01-12T10:00:00Z\n");
        await fixture.Store.ExecuteAsync("select * from pipeline.settle_payments('2026-01-20'); select * from pipeline.check_sla('2026-01-20', now())");
    }

    private static IEnumerable<HostileRequest> Requests(string method, string path, JsonNode operation)
    {
        var parameters = operation["parameters"]?.AsArray().Select(parameter => parameter!).ToArray() ?? [];
        var inPath = parameters.Where(parameter => In(parameter) == "path").ToArray();
        var inQuery = parameters.Where(parameter => In(parameter) == "query").ToArray();
        var usual = Filled(inPath);
        var required = Required(inQuery);
        var content = operation["requestBody"]?["content"]?.AsObject();
        var example = content?["application/json"]?["example"];

        foreach (var parameter in inPath)
        {
            var others = Filled(inPath.Where(other => other != parameter));
            foreach (var value in Texts.Where(text => text.Length is > 0 and < 1000 && text != "\0")) yield return new(method, $"{others.Replace($"{{{Name(parameter)}}}", Uri.EscapeDataString(value), StringComparison.Ordinal)}?{required}", example?.ToJsonString());
        }

        foreach (var parameter in inQuery)
        {
            var others = Required(inQuery.Where(other => other != parameter));
            foreach (var value in Texts.Where(text => Name(parameter) != "wait" || text != "true")) yield return new(method, $"{usual}?{others}&{Name(parameter)}={Uri.EscapeDataString(value)}", example?.ToJsonString());
        }

        yield return new(method, $"{usual}?{required}&no_such_parameter=1", example?.ToJsonString());
        yield return new(method, $"{usual}?{required}", example?.ToJsonString());
        if (content is null) yield break;

        foreach (var type in content.Select(media => media.Key))
        {
            foreach (var body in Bodies) yield return new(method, $"{usual}?{required}", body, type);
        }

        yield return new(method, $"{usual}?{required}", "x", "application/x-unheard-of");
        if (example is not JsonObject members) yield break;
        foreach (var (member, _) in members)
        {
            var values = Texts.Select(text => JsonSerializer.Serialize(text)).Concat(Numbers).Concat(["null", "true", "[]", "{}", "[null]", "[{}]", $"\"{AnyInstant}\""]);
            foreach (var value in values)
            {
                var body = string.Join(',', members.Select(other => $"\"{other.Key}\":{(other.Key == member ? value : other.Value?.ToJsonString() ?? "null")}"));
                yield return new(method, $"{usual}?{required}", $"{{{body}}}");
            }
        }

        string Filled(IEnumerable<JsonNode> which) => which.Aggregate(path, (filled, parameter) => filled.Replace($"{{{Name(parameter)}}}", Usual(parameter), StringComparison.Ordinal));
    }

    private static string Required(IEnumerable<JsonNode> inQuery) =>
        string.Join('&', inQuery.Where(parameter => parameter["required"]?.GetValue<bool>() == true).Select(parameter => $"{Name(parameter)}={Usual(parameter)}"));

    private async Task SendAsync(HostileRequest hostile)
    {
        using var request = new HttpRequestMessage(new HttpMethod(hostile.Method), hostile.Path);
        if (hostile.Body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(hostile.Body));
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(hostile.ContentType);
        }

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var response = await TrySendAsync(request, patience.Token);
        if (response is null)
        {
            _wrong.Add($"{hostile.Method} {Cut(Uri.UnescapeDataString(hostile.Path), 160)} {Cut(hostile.Body ?? "", 300)} is not answered");
            return;
        }

        var answer = await response.Content.ReadAsStringAsync();
        var status = (int)response.StatusCode;
        if (status >= 500) Wrong("fails");
        if (status >= 400 && status < 500)
        {
            if (response.Content.Headers.ContentType?.MediaType != "application/problem+json") Wrong("is refused without a problem");
            else if (JsonNode.Parse(answer) is not { } problem || (problem["detail"] is null && problem["errors"] is null)) Wrong("is refused without a reason");
        }

        void Wrong(string what) => _wrong.Add($"{hostile.Method} {Cut(Uri.UnescapeDataString(hostile.Path), 160)} {Cut(hostile.Body ?? "", 300)} {what}: {status} {Cut(answer, 160)}");
    }

    private async Task<HttpResponseMessage?> TrySendAsync(HttpRequestMessage request, CancellationToken patience)
    {
        try
        {
            return await _api.Client.SendAsync(request, patience);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private static string Cut(string text, int most) => JsonSerializer.Serialize(text.Length <= most ? text : text[..most] + "…");

    private static string In(JsonNode parameter) => parameter["in"]!.GetValue<string>();

    private static string Name(JsonNode parameter) => parameter["name"]!.GetValue<string>();

    private static string Usual(JsonNode parameter)
    {
        var schema = parameter["schema"];
        if (schema?["enum"] is JsonArray { Count: > 0 } words) return words[0]!.ToString();
        return schema?["format"]?.GetValue<string>() == "date" ? "2026-01-11" : schema?["type"]?.ToString().Contains("integer", StringComparison.Ordinal) == true ? "1" : "HM1";
    }

    private sealed record HostileRequest(string Method, string Path, string? Body, string ContentType = "application/json");
}
