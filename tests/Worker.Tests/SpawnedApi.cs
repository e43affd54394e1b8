using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Payments.Testing;

namespace Payments.Worker.Tests;

/// <summary>The built API as a process of its own, under its own login, for facts about what it and a worker do together.</summary>
internal sealed class SpawnedApi : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";
    private readonly Process _process;

    private SpawnedApi(Process process, string address)
    {
        _process = process;
        Client = new() { BaseAddress = new(address) };
    }

    public HttpClient Client { get; }

    public static async Task<SpawnedApi> StartAsync(TestDatabase database, string folder, params (string Name, string Value)[] settings)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Payments.Api.dll")])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ConnectionStrings__payments"] = database.ConnectionStringFor("payments_api");
        start.Environment["Storage__Path"] = folder;
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        foreach (var (name, value) in settings) start.Environment[name] = value;
        var listening = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data?.IndexOf(Listening, StringComparison.Ordinal) is >= 0 and var at) listening.TrySetResult(line.Data[(at + Listening.Length)..]);
        };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new(process, await listening.Task.WaitAsync(TimeSpan.FromSeconds(60)));
    }

    /// <summary>The JSON of a GET.</summary>
    public Task<JsonElement> GetAsync(string path) => Client.GetFromJsonAsync<JsonElement>(path);

    /// <summary>Status and JSON of a POST.</summary>
    public async Task<(int Status, JsonElement Body)> PostAsync(string path, object? body = null)
    {
        using var response = await Client.PostAsync(path, body is null ? null : JsonContent.Create(body));
        return ((int)response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>());
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
