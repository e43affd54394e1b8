using System.Text.Json;
using System.Text.RegularExpressions;

namespace Payments.Api.Tests;

public sealed partial class DocumentationTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private static readonly string[] Contract =
    [
        "GET /api/",
        "GET /api/health",
        "POST /api/etl/initialize",
        "POST /api/etl/run",
        "GET /api/reports/daily-summary",
        "GET /api/reports/failed-payments",
        "GET /api/reports/sla-breaches",
        "GET /api/reports/high-risk-transactions",
        "GET /api/analytics/payment-analytics",
        "GET /api/analytics/merchant-performance",
        "GET /api/analytics/customer-insights",
        "POST /api/payments",
        "POST /api/payments/batch",
        "GET /api/payments/{id}",
        "GET /api/refunds",
        "GET /api/disputes",
        "GET /api/reconciliation/processor-lines",
        "GET /api/reconciliation/payouts",
        "GET /api/reconciliation/bank-lines",
        "GET /api/alerts",
        "GET /api/alerts/summary",
        "GET /api/alerts/review-times",
        "PUT /api/alerts/review-times/{severity}",
        "GET /api/alerts/{id}",
        "GET /api/alerts/{id}/payments",
        "GET /api/feed",
        "POST /api/alerts/resolve",
        "POST /api/alerts/{id}/assign",
        "POST /api/alerts/{id}/unassign",
        "POST /api/alerts/{id}/notes",
        "POST /api/alerts/{id}/resolve",
        "GET /api/alerts/rules",
        "POST /api/alerts/rules/{id}/acknowledge",
        "POST /api/alerts/{id}/reopen",
        "POST /api/imports",
        "GET /api/imports/profiles",
        "GET /api/imports/{id}",
        "GET /api/imports/{id}/rejected",
        "GET /api/imports/drop-folder",
        "GET /api/imports/drop-folder/entries",
        "GET /api/etl/runs",
        "GET /api/etl/runs/{id}",
        "POST /api/etl/runs/{id}/retry",
        "GET /api/models",
        "GET /api/models/{version}",
        "POST /api/models/train",
        "POST /api/models/{version}/promote",
        "POST /api/models/rollback",
        "GET /api/risk",
        "GET /api/quarantine",
        "GET /api/quarantine/summary",
        "GET /api/quarantine/{import_id}/{record_number}",
        "POST /api/quarantine/replay",
        "POST /api/quarantine/{import_id}/{record_number}/correct",
        "POST /api/quarantine/correct",
        "POST /api/quarantine/dismiss",
        "GET /api/settlements",
        "GET /api/settlements/{id}",
        "GET /api/settlements/{id}/payments",
        "GET /api/settlements/open-balances",
        "GET /api/settlements/commission-differences",
        "GET /api/settlements/expected-date",
        "GET /api/merchants/{id}/settlement-terms",
        "POST /api/merchants/{id}/settlement-terms",
        "GET /api/merchants/{id}/fees",
        "POST /api/merchants/{id}/fees",
        "DELETE /api/merchants/{id}/fees/{fee_id}",
        "POST /api/settlements/recompute",
        "GET /api/sla/incidents",
        "GET /api/sla/incidents/{id}",
        "POST /api/sla/incidents/{id}/acknowledge",
        "POST /api/sla/incidents/{id}/assign",
        "POST /api/sla/incidents/{id}/unassign",
        "POST /api/sla/incidents/{id}/notes",
        "GET /api/sla/policies",
        "GET /api/sla/policies/{id}",
        "POST /api/sla/policies",
        "POST /api/sla/policies/{id}/end",
        "GET /api/sla/forecast",
        "GET /api/sla/figures",
        "GET /api/risk/drift",
        "GET /api/risk/quality",
        "GET /api/risk/rescores",
        "GET /api/risk/rescores/{id}",
        "POST /api/risk/rescore",
        "GET /api/reconciliation/runs",
        "GET /api/reconciliation/runs/{id}",
        "GET /api/reconciliation/runs/{id}/findings",
        "POST /api/reconciliation/runs",
        "GET /api/reconciliation/matches",
        "GET /api/reconciliation/matches/{id}",
        "POST /api/reconciliation/matches",
        "POST /api/reconciliation/matches/{id}/undo",
        "GET /api/reconciliation/differences",
        "GET /api/reconciliation/differences/summary",
        "GET /api/reconciliation/differences/{id}",
        "POST /api/reconciliation/differences/{id}/resolve",
        "POST /api/reconciliation/differences/{id}/reopen",
        "GET /api/reconciliation/proposals",
        "GET /api/reconciliation/proposals/{id}",
        "POST /api/reconciliation/proposals/{id}/accept",
        "POST /api/reconciliation/proposals/{id}/reject",
        "GET /api/reconciliation/accounts",
        "PUT /api/reconciliation/accounts",
        "GET /api/slow-queries",
        "GET /api/slow-queries/{id}",
        "POST /api/slow-queries/{id}/cancel",
        "GET /api/simulations",
        "POST /api/simulations/{issue}",
        "GET /api/assertions",
        "POST /api/assertions/run",
        "GET /api/lineage/payments/{id}",
        "GET /api/lineage/settlements/{id}",
        "GET /api/changes",
        "GET /api/calendars",
        "GET /api/calendars/{code}",
        "POST /api/calendars",
        "DELETE /api/calendars/{code}",
        "POST /api/calendars/{code}/days",
        "DELETE /api/calendars/{code}/days/{day}",
        "GET /api/rules",
        "GET /api/rules/features",
        "GET /api/rules/audit",
        "GET /api/rules/{code}",
        "GET /api/rules/{code}/activity",
        "POST /api/rules",
        "PUT /api/rules/{code}",
        "POST /api/rules/{code}/mode",
        "POST /api/rules/validate",
        "POST /api/rules/backtest",
        "GET /api/rules/backtests",
        "GET /api/rules/backtests/{id}",
        "GET /api/risk/thresholds",
        "PUT /api/risk/thresholds",
        "GET /api/lists",
        "GET /api/lists/{id}",
        "POST /api/lists",
        "DELETE /api/lists/{id}",
        "GET /api/suppressions",
        "GET /api/suppressions/{id}",
        "POST /api/suppressions",
        "DELETE /api/suppressions/{id}",
        "GET /api/archives",
        "POST /api/archives",
        "POST /api/archives/{month}/restore",
    ];

    private readonly ApiHost _api = fixture.Api;

    [Fact]
    public async Task The_index_lists_the_contracts_endpoints()
    {
        var index = JsonDocument.Parse(await _api.GetAsync("/api/")).RootElement;
        Assert.Equal(["message", "version", "endpoints"], index.EnumerateObject().Select(member => member.Name));
        Assert.Equal(Contract.Order(), index.GetProperty("endpoints").EnumerateArray().Select(entry => entry.GetString()!).Order());
    }

    [Fact]
    public async Task Every_operation_is_described_with_parameters_examples_and_errors()
    {
        var document = JsonDocument.Parse(await _api.GetAsync("/openapi/v1.json")).RootElement;
        Assert.StartsWith("3.1", document.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        var operations = Operations(document).ToArray();
        Assert.Equal(Contract.Select(route => route.TrimEnd('/')).Order(), operations.Select(operation => operation.Name).Order());

        var missing = new List<string>();
        foreach (var (name, operation) in operations)
        {
            missing.AddRange(from member in (string[])["summary", "description", "operationId"]
                             where !HasText(operation, member)
                             select $"{name}: {member}");
            missing.AddRange(from parameter in operation.TryGetProperty("parameters", out var list) ? list.EnumerateArray() : default
                             where !HasText(parameter, "description")
                             select $"{name}: description of {parameter.GetProperty("name")}");
            missing.AddRange(from media in operation.TryGetProperty("requestBody", out var body) ? body.GetProperty("content").EnumerateObject() : default
                             where media.Name == "application/json" && media.Value.GetProperty("schema").TryGetProperty("$ref", out _) && !media.Value.TryGetProperty("example", out _)
                             select $"{name}: example of its body");
            var responses = operation.GetProperty("responses").EnumerateObject().ToArray();
            missing.AddRange(from response in responses
                             from media in response.Value.GetProperty("content").EnumerateObject()
                             where !media.Value.TryGetProperty("example", out _) || !media.Value.TryGetProperty("schema", out _)
                             select $"{name}: example or schema of {response.Name} {media.Name}");
            if (name is not ("GET /api" or "GET /api/health"))
            {
                missing.AddRange(from status in (string[])["400", "401", "503"]
                                 where responses.All(response => response.Name != status)
                                 select $"{name}: {status}");
            }
        }

        Assert.Empty(missing);
    }

    [Fact]
    public async Task Money_is_documented_as_an_exact_number()
    {
        var document = JsonDocument.Parse(await _api.GetAsync("/openapi/v1.json")).RootElement;
        var amount = document.GetProperty("components").GetProperty("schemas").GetProperty("FailedPayment").GetProperty("properties").GetProperty("amount");
        Assert.Equal("number", amount.GetProperty("type").GetString());
        Assert.Equal("decimal", amount.GetProperty("format").GetString());
    }

    [Fact]
    public async Task The_page_loads_nothing_from_elsewhere()
    {
        var page = await _api.GetAsync("/docs/");
        var sources = Source().Matches(page).Select(match => match.Groups[1].Value).ToArray();
        Assert.NotEmpty(sources);
        Assert.All(sources, source => Assert.False(Uri.TryCreate(source, UriKind.Absolute, out var uri) && uri.Scheme.StartsWith("http", StringComparison.Ordinal), source));
        Assert.DoesNotContain("cdn", page, StringComparison.OrdinalIgnoreCase);
        foreach (var source in sources)
        {
            Assert.NotEqual("", await _api.GetAsync(new Uri(new Uri(_api.Client.BaseAddress!, "/docs/"), source).PathAndQuery));
        }
    }

    [Fact]
    public void The_http_file_has_a_request_for_every_endpoint()
    {
        var requests = Request().Matches(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Api.http")))
            .Select(match => $"{match.Groups[1].Value} {match.Groups[2].Value}")
            .Select(request => Id().Replace(request, "/{id}"));
        Assert.Equal(Contract.Select(route => Parameter().Replace(route, "{id}")).Order(), requests.Order());
    }

    private static IEnumerable<(string Name, JsonElement Operation)> Operations(JsonElement document) =>
        from path in document.GetProperty("paths").EnumerateObject()
        from method in path.Value.EnumerateObject()
        select ($"{method.Name.ToUpperInvariant()} {path.Name}", method.Value);

    private static bool HasText(JsonElement element, string member) =>
        element.TryGetProperty(member, out var text) && !string.IsNullOrWhiteSpace(text.GetString());

    [GeneratedRegex("""<(?:script|link)[^>]+(?:src|href)="([^"]+)""")]
    private static partial Regex Source();

    [GeneratedRegex(@"^(GET|POST|PUT|DELETE) \{\{api\}\}([^?\s]*)", RegexOptions.Multiline)]
    private static partial Regex Request();

    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex Parameter();

    [GeneratedRegex(@"/(\d+|\{\{[^}]+\}\})(?=/|$)")]
    private static partial Regex Id();
}
