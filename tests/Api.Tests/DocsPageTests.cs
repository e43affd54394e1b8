using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;

namespace Payments.Api.Tests;

/// <summary>/docs as a person uses it: in a real browser.</summary>
public sealed class DocsPageTests(ApiFixture fixture) : IClassFixture<ApiFixture>, IAsyncLifetime
{
    /// <summary>The payer and the payee of the documentation's examples, and a payment on the day that they ask for.</summary>
    public async Task InitializeAsync()
    {
        if (await fixture.Store.ScalarAsync<long>("select count(*) from public.payments") > 0) return;
        await fixture.Store.ImportAsync("customers", "customer_id\nCUST-0042\n");
        await fixture.Store.ImportAsync("merchants", "merchant_id,merchant_name,commission_rate,status\nMERCH-007,Corner Shop,2.5,ACTIVE\n");
        await fixture.Store.ImportAsync(
            "payments",
            """
            payment_id,customer_id,merchant_id,amount,currency,payment_method,status,payment_date
            DOC-1,CUST-0042,MERCH-007,129.90,USD,CREDIT_CARD,SUCCESS,2026-01-31T14:03:27Z

            """);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [SkippableFact]
    public async Task A_GET_is_sent_and_answered()
    {
        await using var page = await DocsPage.OpenAsync(fixture.Api);
        var (status, body) = await page.SendAsync("status", "GET", "/api/health");
        Assert.Equal("200 OK", status);
        Assert.Equal("connected", Json(body).GetProperty("database").GetString());
        Assert.Empty(page.Complaints);
    }

    [SkippableFact]
    public async Task A_GET_that_wants_a_key_elsewhere_is_sent_with_its_example_and_answered()
    {
        await using var page = await DocsPage.OpenAsync(fixture.Api);
        var (status, body) = await page.SendAsync("reports", "GET", "/api/reports/daily-summary");
        Assert.Equal("200 OK", status);
        Assert.Equal("2026-01-31", Json(body).GetProperty("transaction_date").GetString());
        Assert.Equal(1, Json(body).GetProperty("total_transactions").GetInt64());
        Assert.Empty(page.Complaints);
    }

    [SkippableFact]
    public async Task A_POST_is_sent_and_its_payment_is_stored()
    {
        await using var page = await DocsPage.OpenAsync(fixture.Api);
        var (status, body) = await page.SendAsync("payments", "POST", "/api/payments");
        Assert.Equal("201 Created", status);
        Assert.Equal("PAY-000123", Json(body).GetProperty("payment_id").GetString());
        Assert.Equal(129.90m, await fixture.Store.ScalarAsync<decimal>("select amount from public.payments where payment_id = 'PAY-000123'"));
        Assert.Empty(page.Complaints);
    }

    [SkippableFact]
    public async Task The_page_loads_nothing_from_elsewhere_and_complains_of_nothing()
    {
        await using var page = await DocsPage.OpenAsync(fixture.Api);
        await page.ShowAsync("rules", "POST", "/api/rules/validate");
        var loaded = page.Loaded.Where(url => url != "about:blank").ToArray();
        Assert.Contains(loaded, url => url.EndsWith("/openapi/v1.json", StringComparison.Ordinal));
        Assert.All(loaded, url => Assert.StartsWith(fixture.Api.Client.BaseAddress!.ToString(), url, StringComparison.Ordinal));
        Assert.Empty(page.Complaints);
    }

    [SkippableTheory]
    [InlineData("reports", "GET", "/api/reports/daily-summary", "\"total_transactions\":")]
    [InlineData("rules", "POST", "/api/rules/validate", "\"is_valid\":true")]
    [InlineData("imports", "POST", "/api/imports", "\"status\":\"accepted\"")]
    [InlineData("settlements", "GET", "/api/settlements/{id}", "\"status\":404")]
    public async Task The_curl_shown_runs_as_pasted(string tag, string method, string path, string expected)
    {
        await using var page = await DocsPage.OpenAsync(fixture.Api);
        var curl = await page.CurlAsync(tag, method, path);
        Assert.StartsWith("curl ", curl, StringComparison.Ordinal);
        Assert.DoesNotContain("X-Api-Key", curl, StringComparison.Ordinal);
        Assert.DoesNotContain("Authorization", curl, StringComparison.Ordinal);
        Assert.Contains(expected, await PasteAsync(curl), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Where_a_key_is_needed_the_page_says_so_and_sends_the_one_typed_in()
    {
        using var api = new ApiHost(
            fixture.ConnectionString,
            "Production",
            ("Api:Keys:0:Name", "dashboard"),
            ("Api:Keys:0:Role", "reader"),
            // Of "read".
            ("Api:Keys:0:Sha256", "3316348dbadfb7b11c7c2ea235949419e23f9fa898ad2c198f999617912a9925"));
        await using var page = await DocsPage.OpenAsync(api);
        var (status, _) = await page.SendAsync("reports", "GET", "/api/reports/sla-breaches");
        Assert.Equal("401 Unauthorized", status);
        (status, var body) = await page.SendWithKeyAsync("read");
        Assert.Equal("200 OK", status);
        Assert.Equal(JsonValueKind.Array, Json(body).ValueKind);
    }

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;

    private static async Task<string> PasteAsync(string command)
    {
        Process bash;
        try
        {
            bash = Process.Start(new ProcessStartInfo("bash", ["-c", command]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        }
        catch (Win32Exception)
        {
            throw new SkipException("There is no bash on this machine to paste the command into.");
        }

        using (bash)
        {
            var errors = bash.StandardError.ReadToEndAsync();
            var output = await bash.StandardOutput.ReadToEndAsync();
            await bash.WaitForExitAsync();
            Skip.If(bash.ExitCode == 127, "There is no curl on this machine.");
            Assert.True(bash.ExitCode == 0, $"{command}\n{output}{await errors}");
            return output;
        }
    }
}
