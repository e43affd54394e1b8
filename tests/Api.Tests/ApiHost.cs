using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Payments.Api.Tests;

/// <summary>The API behind a real Kestrel on a free port, with a storage folder of its own.</summary>
public sealed class ApiHost : IDisposable
{
    private readonly Factory _factory;

    public ApiHost(string connectionString, string environment = "Development", params (string Key, string Value)[] settings)
    {
        _factory = new(
            environment,
            [("ConnectionStrings:payments", connectionString), ("Storage:Path", Storage), ("Api:ChangesPerMinute", "100000"), .. settings]);
        _factory.UseKestrel(0);
        _factory.StartServer();
        var address = _factory.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        Client = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new(address) };
    }

    public string Storage { get; } = Path.Combine(Path.GetTempPath(), $"payments-api-tests-{Guid.NewGuid():n}");

    public IServiceProvider Services => _factory.Services;

    public HttpClient Client { get; }

    /// <summary>The body of a GET that must answer 200.</summary>
    public async Task<string> GetAsync(string path)
    {
        using var response = await Client.GetAsync(path);
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{path} answered {(int)response.StatusCode}: {body}");
        return body;
    }

    /// <summary>The problem that a request must answer.</summary>
    public async Task<JsonElement> ProblemAsync(HttpRequestMessage request, int status)
    {
        using var response = await Client.SendAsync(request);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        Assert.NotEqual("", problem.GetProperty("trace_id").GetString());
        return problem;
    }

    /// <summary>The problem that a GET must answer.</summary>
    public Task<JsonElement> ProblemAsync(string path, int status) => ProblemAsync(new HttpRequestMessage(HttpMethod.Get, path), status);

    public void Dispose()
    {
        Client.Dispose();
        _factory.Dispose();
        if (Directory.Exists(Storage))
        {
            Directory.Delete(Storage, recursive: true);
        }
    }

    private sealed class Factory(string environment, (string Key, string Value)[] settings) : WebApplicationFactory<Program>
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            builder.UseEnvironment(environment);
            foreach (var (key, value) in settings)
            {
                builder.UseSetting(key, value);
            }
        }
    }
}
