using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Payments.AppHost.Tests;

/// <summary>The whole system, from a new database to answers with data.</summary>
public sealed class SystemTests : IAsyncLifetime
{
    private readonly CancellationTokenSource _timeout = new(TimeSpan.FromMinutes(5));
    private DistributedApplication _app = null!;

    public async Task InitializeAsync()
    {
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(PrivateServer.NewArguments(), _timeout.Token);
        _app = await builder.BuildAsync(_timeout.Token);
        await _app.StartAsync(_timeout.Token);
    }

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task From_an_empty_folder_to_an_API_that_answers_with_sample_data()
    {
        await _app.ResourceNotifications.WaitForResourceHealthyAsync("worker", _timeout.Token);
        await _app.ResourceNotifications.WaitForResourceHealthyAsync("api", _timeout.Token);
        using var api = _app.CreateHttpClient("api");
        api.Timeout = TimeSpan.FromMinutes(3);

        // The first run, which nobody asks for.
        while ((await api.GetFromJsonAsync<JsonElement[]>("/api/analytics/merchant-performance", _timeout.Token))!.Length == 0)
            await Task.Delay(200, _timeout.Token);
        Assert.Equal("""{"status":"healthy","database":"connected"}""", await api.GetStringAsync("/api/health", _timeout.Token));

        using var run = await api.PostAsync("/api/etl/run", null, _timeout.Token);
        Assert.Equal(HttpStatusCode.OK, run.StatusCode);
        var loaded = (await run.Content.ReadFromJsonAsync<JsonElement>(_timeout.Token)).GetProperty("records_loaded");
        Assert.Equal((500, 50, 5000), (loaded.GetProperty("customers").GetInt64(), loaded.GetProperty("merchants").GetInt64(), loaded.GetProperty("payments").GetInt64()));

        var merchants = await api.GetFromJsonAsync<JsonElement[]>("/api/analytics/merchant-performance", _timeout.Token);
        Assert.Equal(50, merchants!.Length);
        Assert.Equal(5000, merchants.Sum(merchant => merchant.GetProperty("total_transactions").GetInt64()));
    }
}
