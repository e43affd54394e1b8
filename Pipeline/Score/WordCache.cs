using Npgsql;

namespace Payments.Pipeline.Score;

/// <summary>Keeps one string of each word: a batch has few currencies, countries and methods, and a great many rows.</summary>
internal sealed class WordCache
{
    private readonly Dictionary<string, string> _words = new(StringComparer.Ordinal);

    public string Of(string word)
    {
        if (_words.TryGetValue(word, out var known)) return known;
        _words.Add(word, word);
        return word;
    }

    public string? Of(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : Of(reader.GetString(column));
}
