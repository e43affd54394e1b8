using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Payments.AppHost.Commands;

/// <summary>JSON answers in words and tables.</summary>
internal static class Markdown
{
    public static JsonSerializerOptions Indented { get; } = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A success with a text that the dashboard opens at once.</summary>
    public static ExecuteCommandResult Success(string message, string text) => CommandResults.Success(message, text, CommandResultFormat.Markdown, displayImmediately: true);

    /// <summary>A table; without rows a dash in its place.</summary>
    public static string Table(IReadOnlyList<string> headers, IEnumerable<IReadOnlyList<string>> rows)
    {
        var table = new StringBuilder();
        Line(headers);
        Line([.. headers.Select(_ => "---")]);
        var head = table.Length;
        foreach (var row in rows) Line(row);
        return table.Length == head ? "–\n" : table.ToString();

        void Line(IReadOnlyList<string> cells) => table.Append("| ").AppendJoin(" | ", cells.Select(Cell)).Append(" |\n");
    }

    /// <summary>A list; without items a dash in its place.</summary>
    public static string List(IEnumerable<string> items) => items.ToList() is { Count: > 0 } some ? string.Concat(some.Select(item => $"- {item}\n")) : "–\n";

    /// <summary>The member at a path, in words; empty when it is not there or null.</summary>
    public static string Text(this JsonElement json, params string[] path)
    {
        foreach (var name in path)
            if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty(name, out json))
                return "";
        return json.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined ? "" : json.ToString();
    }

    /// <summary>The elements of a list; none when it is not there.</summary>
    public static IEnumerable<JsonElement> List(this JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : [];

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" ");
}
