using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;

namespace Payments.AppHost.Commands;

/// <summary>Calls of the platform's API on behalf of a command, and its answers as the dashboard and <c>aspire resource</c> show them.</summary>
internal sealed class PlatformApi(IResourceBuilder<ProjectResource> api)
{
    // The API itself answers after at most 120 s where it waits for a run.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(150);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    /// <summary>Sends a request without a body.</summary>
    public Task<Answer> SendAsync(ExecuteCommandContext context, HttpMethod method, string path) => SendAsync(context, method, path, null);

    /// <summary>Sends a request with JSON.</summary>
    public Task<Answer> SendJsonAsync(ExecuteCommandContext context, string path, object body) => SendAsync(context, HttpMethod.Post, path, JsonContent.Create(body));

    /// <summary>Sends a request; that the API is not there is an answer too.</summary>
    public async Task<Answer> SendAsync(ExecuteCommandContext context, HttpMethod method, string path, HttpContent? body)
    {
        using var client = context.Services.GetRequiredService<IHttpClientFactory>().CreateClient(nameof(PlatformApi));
        client.Timeout = Patience;
        using var request = new HttpRequestMessage(method, new Uri(new Uri(api.GetEndpoint("http").Url), path)) { Content = body };
        try
        {
            using var response = await client.SendAsync(request, context.CancellationToken);
            var text = await response.Content.ReadAsStringAsync(context.CancellationToken);
            return new(response.IsSuccessStatusCode, (int)response.StatusCode, JsonOf(text), text);
        }
        catch (HttpRequestException e)
        {
            return new(false, 0, default, $"The API does not answer: {e.Message}");
        }
    }

    /// <summary>Waits until a run has ended.</summary>
    /// <returns>The answer of <c>GET /api/etl/runs/{id}</c>.</returns>
    public async Task<Answer> WaitForRunAsync(ExecuteCommandContext context, long runId)
    {
        while (true)
        {
            var answer = await SendAsync(context, HttpMethod.Get, $"/api/etl/runs/{runId}");
            if (!answer.IsSuccess || answer.Text("status") is "succeeded" or "failed") return answer;
            await Task.Delay(Pause, context.CancellationToken);
        }
    }

    private static JsonElement JsonOf(string text)
    {
        try
        {
            return JsonElement.Parse(text);
        }
        catch (JsonException)
        {
            return default;
        }
    }
}

/// <summary>What the API answered.</summary>
/// <param name="IsSuccess">2xx.</param>
/// <param name="Status">The HTTP status; 0 when there was no answer.</param>
/// <param name="Json">The body; undefined when it is no JSON.</param>
/// <param name="Body">The body as it came.</param>
internal sealed record Answer(bool IsSuccess, int Status, JsonElement Json, string Body)
{
    /// <summary>A member of the body in words; empty when it is not there.</summary>
    public string Text(params string[] path) => Json.Text(path);

    /// <summary>The elements of a list in the body; none when it is not there.</summary>
    public IEnumerable<JsonElement> List(string name) => Json.List(name);

    /// <summary>The failed command: what the API says in one sentence, and whole.</summary>
    public ExecuteCommandResult ToFailure() => CommandResults.Failure(
        Text("detail") is { Length: > 0 } detail ? detail : Body is { Length: > 0 } ? Body : $"The API answered {Status}.",
        Json.ValueKind == JsonValueKind.Undefined ? Body : $"```json\n{JsonSerializer.Serialize(Json, Markdown.Indented)}\n```",
        CommandResultFormat.Markdown);
}
