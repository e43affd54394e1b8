using System.Net.Sockets;
using System.Text;

namespace Payments.Api.Tests;

public sealed class ParameterTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const string Daily = "/api/reports/daily-summary";
    private const string Failed = "/api/reports/failed-payments";
    private const string Risky = "/api/reports/high-risk-transactions";

    private readonly ApiHost _api = fixture.Api;

    [Theory]
    [InlineData(Daily, "report_date", "report_date is required: a date as YYYY-MM-DD, for example 2026-01-31.")]
    [InlineData(Daily + "?report_date=", "report_date", "report_date must be a date as YYYY-MM-DD, for example 2026-01-31, but is ''.")]
    [InlineData(Daily + "?report_date=2026-02-30", "report_date", "report_date must be a date as YYYY-MM-DD, for example 2026-01-31, but is '2026-02-30'.")]
    [InlineData(Daily + "?report_date=31/01/2026", "report_date", "report_date must be a date as YYYY-MM-DD, for example 2026-01-31, but is '31/01/2026'.")]
    [InlineData(Daily + "?report_date=2026-1-1", "report_date", "report_date must be a date as YYYY-MM-DD, for example 2026-01-31, but is '2026-1-1'.")]
    [InlineData(Daily + "?report_date=2026-01-01T00:00:00Z", "report_date", "report_date must be a date as YYYY-MM-DD, for example 2026-01-31, but is '2026-01-01T00:00:00Z'.")]
    [InlineData(Daily + "?report_date=%D9%A2%D9%A0%D9%A2%D9%A6-01-01", "report_date", "report_date must be a date as YYYY-MM-DD, for example 2026-01-31, but is '٢٠٢٦-01-01'.")]
    [InlineData(Daily + "?report_date=2026-01-01&report_date=2026-01-01", "report_date", "report_date is given more than once: give it one value.")]
    [InlineData(Daily + "?report_date=2026-01-01&REPORT_DATE=2026-01-01", "report_date", "report_date is given more than once: give it one value.")]
    [InlineData(Daily + "?report_date=2026-01-01&limit=5", "limit", "limit is not known here: the parameters are report_date.")]
    [InlineData(Daily + "?report_date=2026-01-01%00", "report_date", "report_date must be a date as YYYY-MM-DD, for example 2026-01-31, but is '2026-01-01\0'.")]
    [InlineData(Failed + "?end_date=2026-01-01", "start_date", "start_date is required: a date as YYYY-MM-DD, for example 2026-01-31.")]
    [InlineData("/api/alerts?from=2026-02-01&to=2026-01-31", "to", "to must not be before from, 2026-02-01.")]
    [InlineData("/api/alerts/rules?from=2026-02-01&to=2026-01-31", "to", "to must not be before from, 2026-02-01.")]
    [InlineData("/api/sla/incidents?from=2026-02-01&to=2026-01-31", "to", "to must not be before from, 2026-02-01.")]
    [InlineData("/api/sla/figures?from=2026-02-01&to=2026-01-31", "to", "to must not be before from, 2026-02-01.")]
    [InlineData("/api/reconciliation/matches?from=2026-02-01&to=2026-01-31", "to", "to must not be before from, 2026-02-01.")]
    [InlineData("/api/changes?from=2026-02-01&to=2026-01-31", "to", "to must not be before from, 2026-02-01.")]
    [InlineData("/api/refunds?from=2026-02-01&to=2026-01-31", "to", "to must not be before from, 2026-02-01.")]
    [InlineData("/api/risk/quality?from=2026-02-01&to=2026-01-31", "to", "to must not be before from, 2026-02-01.")]
    [InlineData(Failed + "?start_date=2026-01-02&end_date=2026-01-01", "start_date", "start_date must not be after end_date: 2026-01-02 is later than 2026-01-01.")]
    [InlineData(Failed + "?start_date=2026-01-01&end_date=2026-01-01&limit=0", "limit", "limit must be a whole number from 1 to 1000, but is '0'.")]
    [InlineData(Failed + "?start_date=2026-01-01&end_date=2026-01-01&limit=1001", "limit", "limit must be a whole number from 1 to 1000, but is '1001'.")]
    [InlineData(Failed + "?start_date=2026-01-01&end_date=2026-01-01&limit=-1", "limit", "limit must be a whole number from 1 to 1000, but is '-1'.")]
    [InlineData(Failed + "?start_date=2026-01-01&end_date=2026-01-01&limit=abc", "limit", "limit must be a whole number from 1 to 1000, but is 'abc'.")]
    [InlineData(Failed + "?start_date=2026-01-01&end_date=2026-01-01&limit=1.0", "limit", "limit must be a whole number from 1 to 1000, but is '1.0'.")]
    [InlineData(Failed + "?start_date=2026-01-01&end_date=2026-01-01&limit=%D9%A5", "limit", "limit must be a whole number from 1 to 1000, but is '٥'.")]
    [InlineData(Failed + "?start_date=2026-01-01&end_date=2026-01-01&limit=99999999999999999999", "limit", "limit must be a whole number from 1 to 1000, but is '99999999999999999999'.")]
    [InlineData(Risky + "?risk_threshold=NaN", "risk_threshold", "risk_threshold must be a number from 0 to 100, but is 'NaN'.")]
    [InlineData(Risky + "?risk_threshold=inf", "risk_threshold", "risk_threshold must be a number from 0 to 100, but is 'inf'.")]
    [InlineData(Risky + "?risk_threshold=Infinity", "risk_threshold", "risk_threshold must be a number from 0 to 100, but is 'Infinity'.")]
    [InlineData(Risky + "?risk_threshold=-0.01", "risk_threshold", "risk_threshold must be a number from 0 to 100, but is '-0.01'.")]
    [InlineData(Risky + "?risk_threshold=100.0001", "risk_threshold", "risk_threshold must be a number from 0 to 100, but is '100.0001'.")]
    [InlineData(Risky + "?risk_threshold=7e1", "risk_threshold", "risk_threshold must be a number from 0 to 100, but is '7e1'.")]
    [InlineData(Risky + "?risk_threshold=12,50", "risk_threshold", "risk_threshold must be a number from 0 to 100, but is '12,50'.")]
    [InlineData("/api/analytics/payment-analytics?limit=0", "limit", "limit must be a whole number from 1 to 1000, but is '0'.")]
    [InlineData("/api/analytics/customer-insights?limit=1001", "limit", "limit must be a whole number from 1 to 1000, but is '1001'.")]
    [InlineData("/api/analytics/merchant-performance?limit=5", "limit", "limit is not known here: this endpoint takes no parameters.")]
    [InlineData("/api/health?verbose=1", "verbose", "verbose is not known here: this endpoint takes no parameters.")]
    [InlineData("/api/etl/runs?kind=report", "kind", "kind must be one of etl, import, sla_check, partition_maintenance, initialize, remove_generated, assertions, archive, restore, recompute_settlements, alert_expiry, rescore, risk_quality, backtest, train_model, simulation, but is 'report'.")]
    [InlineData("/api/etl/runs?status=SUCCEEDED", "status", "status must be one of queued, running, succeeded, failed, but is 'SUCCEEDED'.")]
    [InlineData("/api/imports/1/rejected?format=xml", "format", "format must be one of json, csv, but is 'xml'.")]
    public async Task A_bad_parameter_is_named_with_what_is_wanted(string path, string parameter, string complaint)
    {
        var problem = await _api.ProblemAsync(path, 400);
        Assert.Equal("Invalid parameters", problem.GetProperty("title").GetString());
        Assert.Equal(complaint, problem.GetProperty("detail").GetString());
        Assert.Equal(complaint, problem.GetProperty("errors").GetProperty(parameter)[0].GetString());
    }

    [Fact]
    public async Task Everything_that_is_wrong_is_told_at_once()
    {
        var problem = await _api.ProblemAsync(Failed + "?start_date=x&limit=0&colour=red", 400);
        Assert.Equal(
            ["start_date", "end_date", "limit", "colour"],
            problem.GetProperty("errors").EnumerateObject().Select(error => error.Name));
    }

    [Fact]
    public async Task A_very_long_value_is_quoted_in_part()
    {
        var problem = await _api.ProblemAsync($"{Daily}?report_date={new string('9', 5000)}", 400);
        Assert.Equal(
            $"report_date must be a date as YYYY-MM-DD, for example 2026-01-31, but is '{new string('9', 60)}…'.",
            problem.GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("zzz")]
    [InlineData("bnVsbA")] // null
    [InlineData("W10")] // []
    [InlineData("W251bGwsbnVsbF0")] // [null,null]
    [InlineData("WyIyMDI2LTAxLTAxVDAwOjAwOjAwIiwiUDEiXQ")] // an instant without a zone
    [InlineData("WyIyMDI2LTAxLTAxVDAwOjAwOjAwWiIsIlx1MDAwMCJd")] // a payment id of one null character
    [InlineData("WyIyMDI2LTAxLTAxVDAwOjAwOjAwWiIsIicgb3IgMT0xIC0tIl0x")] // something behind the end
    [InlineData("%00")]
    [InlineData("../../etc/passwd")]
    public async Task A_forged_cursor_is_refused(string cursor)
    {
        var problem = await _api.ProblemAsync($"{Failed}?start_date=2026-01-01&end_date=2026-01-31&after={cursor}", 400);
        Assert.StartsWith("after ", problem.GetProperty("errors").GetProperty("after")[0].GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/api/reports/nothing", 404)]
    [InlineData("GET", "/api/imports/abc", 404)]
    [InlineData("GET", "/api/imports/99999999999999999999", 404)]
    [InlineData("GET", "/api/imports/-1", 404)]
    [InlineData("GET", "/api/etl/runs/0", 404)]
    [InlineData("GET", "/nothing", 404)]
    [InlineData("POST", "/api/reports/daily-summary", 405)]
    [InlineData("DELETE", "/api/imports/1", 405)]
    [InlineData("GET", "/api/etl/run", 405)]
    public async Task What_is_not_there_is_a_problem_too(string method, string path, int status)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        await _api.ProblemAsync(request, status);
    }

    [Fact]
    public async Task A_browser_gets_its_problem_as_JSON_too()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/nothing") { Headers = { { "Accept", "text/html" } } };
        await _api.ProblemAsync(request, 404);
    }

    [Theory]
    [InlineData("/api/reports/daily-summary?report_date=0001-01-01")]
    [InlineData("/api/reports/daily-summary?report_date=9999-12-31")]
    [InlineData("/api/reports/failed-payments?start_date=0001-01-01&end_date=9999-12-31&limit=1")]
    [InlineData("/api/reports/high-risk-transactions?risk_threshold=0.0000000000000000000000000001")]
    [InlineData("/api/reports/high-risk-transactions?risk_threshold=100")]
    [InlineData("/api/analytics/payment-analytics?limit=1000")]
    public async Task The_ends_of_every_range_are_allowed(string path) => await _api.GetAsync(path);

    [Fact]
    public async Task A_null_byte_in_the_path_is_refused()
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(_api.Client.BaseAddress!.Host, _api.Client.BaseAddress.Port);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes("GET /api/%00 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
        using var reader = new StreamReader(stream, Encoding.ASCII);
        Assert.Equal("HTTP/1.1 400 Bad Request", await reader.ReadLineAsync());
    }
}
