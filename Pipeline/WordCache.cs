using System.Text;
using Npgsql;

namespace Payments.Pipeline;

/// <summary>Keeps one string of each word: a batch has few currencies, countries and methods, and a great many rows.</summary>
internal sealed class WordCache
{
    private const int MostBytes = 256;
    private readonly Dictionary<string, string> _words = new(StringComparer.Ordinal);

    public string Of(string word)
    {
        if (_words.TryGetValue(word, out var known)) return known;
        _words.Add(word, word);
        return word;
    }

    public string? Of(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : Of(reader.GetString(column));

    /// <summary>The word in UTF-8; no string is made of one that is known.</summary>
    public string Of(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > MostBytes) return Of(Encoding.UTF8.GetString(utf8));
        Span<char> characters = stackalloc char[MostBytes];
        ReadOnlySpan<char> word = characters[..Encoding.UTF8.GetChars(utf8, characters)];
        var words = _words.GetAlternateLookup<ReadOnlySpan<char>>();
        if (words.TryGetValue(word, out var known)) return known;
        var added = word.ToString();
        _words.Add(added, added);
        return added;
    }

    /// <summary>Forgets them.</summary>
    public void Clear() => _words.Clear();
}
