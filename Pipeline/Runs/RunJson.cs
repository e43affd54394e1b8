using System.Text.Json;

namespace Payments.Pipeline.Runs;

/// <summary>How parameters and results of runs are written: snake_case, as everything that clients read.</summary>
public static class RunJson
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>The value as JSON.</summary>
    public static string Write(object value) => JsonSerializer.Serialize(value, Options);

    /// <summary>The value that <see cref="Write"/> wrote.</summary>
    /// <exception cref="JsonException">It is something else.</exception>
    public static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json, Options) ?? throw new JsonException($"A run's JSON is null where {typeof(T).Name} is due.");
}
