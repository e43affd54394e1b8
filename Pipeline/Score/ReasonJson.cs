using System.Text.Encodings.Web;
using System.Text.Json;

namespace Payments.Pipeline.Score;

/// <summary>How reasons are written in the store: an array of objects with the names of the contract.</summary>
public static class ReasonJson
{
    /// <summary>snake_case; text stays readable. It is never put into a page as it is.</summary>
    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
