using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Payments.AppHost.Tests;

/// <summary>The whole system, from a new database to answers with data.</summary>
public sealed class SystemTests(RunningSystem system) : IClassFixture<RunningSystem>
{
    [Fact]
    public async Task From_an_empty_folder_to_an_API_that_answers_with_sample_data()
    {
        using var api = system.App.CreateHttpClient("api");
        api.Timeout = TimeSpan.FromMinutes(3);

        // The first run, which nobody asks for.
        while ((await api.GetFromJsonAsync<JsonElement[]>("/api/analytics/merchant-performance", system.Timeout))!.Length == 0)
            await Task.Delay(200, system.Timeout);
        Assert.Equal("""{"status":"healthy","database":"connected"}""", await api.GetStringAsync("/api/health", system.Timeout));

        using var run = await api.PostAsync("/api/etl/run", null, system.Timeout);
        Assert.Equal(HttpStatusCode.OK, run.StatusCode);
        var loaded = (await run.Content.ReadFromJsonAsync<JsonElement>(system.Timeout)).GetProperty("records_loaded");
        Assert.Equal((500, 50, 5000), (loaded.GetProperty("customers").GetInt64(), loaded.GetProperty("merchants").GetInt64(), loaded.GetProperty("payments").GetInt64()));

        var merchants = await api.GetFromJsonAsync<JsonElement[]>("/api/analytics/merchant-performance", system.Timeout);
        Assert.Equal(50, merchants!.Length);
        Assert.Equal(5000, merchants.Sum(merchant => merchant.GetProperty("total_transactions").GetInt64()));
    }
}
