using System.Net;
using System.Text;
using System.Text.Json;

namespace Payments.Api.Tests;

/// <summary>Every request that the page at /docs can send, with the values that it fills in and the headers that it sends.</summary>
public sealed class DocsRequestTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    // These wait for a worker, and there is none here.
    private static readonly string[] Waiting = ["POST /api/etl/run", "POST /api/etl/initialize", "POST /api/settlements/recompute", "POST /api/simulations/{issue}"];

    [Theory]
    [InlineData(null, null)]
    [InlineData("X-Api-Key", "")]
    [InlineData("Authorization", "Bearer ")]
    public async Task On_loopback_in_development_every_operation_is_answered(string? header, string? value)
    {
        var document = JsonDocument.Parse(await fixture.Api.GetAsync("/openapi/v1.json")).RootElement;
        var wrong = new List<string>();
        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            foreach (var method in path.Value.EnumerateObject())
            {
                var name = $"{method.Name.ToUpperInvariant()} {path.Name}";
                using var request = RequestOf(method.Name, path.Name, method.Value);
                if (header is not null) request.Headers.TryAddWithoutValidation(header, value);
                if (await FaultOfAsync(request, Waiting.Contains(name)) is { } fault) wrong.Add($"{name}: {fault}");
            }
        }

        Assert.Empty(wrong);
    }

    private async Task<string?> FaultOfAsync(HttpRequestMessage request, bool mayWait)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(mayWait ? 2 : 60));
        try
        {
            // The headers are the answer; the feed's body never ends.
            using var response = await fixture.Api.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            if ((int)response.StatusCode < 400) return null;
            var isRefused = response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.MethodNotAllowed or HttpStatusCode.UnsupportedMediaType;
            var isProblem = response.Content.Headers.ContentType?.MediaType == "application/problem+json";
            return isRefused || !isProblem || response.StatusCode >= HttpStatusCode.InternalServerError
                ? $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync(patience.Token)}"
                : null;
        }
        catch (OperationCanceledException) when (mayWait)
        {
            return null;
        }
    }

    private HttpRequestMessage RequestOf(string method, string path, JsonElement operation)
    {
        var query = new List<string>();
        foreach (var parameter in operation.TryGetProperty("parameters", out var parameters) ? parameters.EnumerateArray() : default)
        {
            var name = parameter.GetProperty("name").GetString()!;
            if (!parameter.TryGetProperty("example", out var value) && !parameter.GetProperty("schema").TryGetProperty("default", out value)) continue;
            var text = Uri.EscapeDataString(value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetRawText() : value.ToString());
            path = path.Replace($"{{{name}}}", text, StringComparison.Ordinal);
            if (parameter.GetProperty("in").GetString() == "query") query.Add($"{name}={text}");
        }

        Assert.DoesNotContain('{', path);
        var request = new HttpRequestMessage(new HttpMethod(method), query.Count == 0 ? path : $"{path}?{string.Join('&', query)}");
        request.Headers.Add("Accept", "application/json");
        request.Headers.Add("Sec-Fetch-Site", "same-origin");
        request.Headers.Add("Origin", fixture.Api.Client.BaseAddress!.GetLeftPart(UriPartial.Authority));
        if (operation.TryGetProperty("requestBody", out var body))
        {
            var content = body.GetProperty("content").EnumerateObject().First();
            Assert.True(content.Value.TryGetProperty("example", out var example), $"{method} {path} has no example of its body");
            request.Content = new StringContent(example.ValueKind is JsonValueKind.String ? example.GetString()! : example.GetRawText(), Encoding.UTF8, content.Name);
        }

        return request;
    }
}
