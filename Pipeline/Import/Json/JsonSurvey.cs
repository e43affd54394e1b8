using Payments.Pipeline.Validate;

namespace Payments.Pipeline.Import.Json;

/// <summary>
/// A first look at a JSON file. A document is read to its end, so that one which is cut off or broken is refused before anything of it is
/// loaded. Of JSON Lines the beginning is enough: a broken line is one record.
/// </summary>
internal sealed class JsonSurvey
{
    private const int BufferBytes = 128 * 1024;

    // Keys and words that are looked for are shorter; they must lie in the buffer as a whole.
    private const int LongestWord = 64;

    private readonly Stream _content;
    private readonly byte[] _buffer = new byte[BufferBytes];
    private JsonScanner _scanner;
    private int _at;
    private int _end;
    private bool _isObject;
    private long _lineOfLastToken = 1;
    private Wanted _wanted;
    private bool _isList;
    private bool _hasData;
    private bool _hasMore;

    private JsonSurvey(Stream content) => _content = content;

    private enum Wanted
    {
        Nothing,
        Object,
        Data,
        HasMore,
    }

    private long Line => _scanner.Lines + 1;

    private bool IsPage => _isList && _hasData;

    /// <summary>Looks at the file.</summary>
    /// <param name="content">The file from its first byte on, behind a byte order mark.</param>
    /// <param name="cancellationToken">Stops between reads.</param>
    /// <exception cref="FileRejectedException">It is a document, and none that can be read.</exception>
    public static Task<JsonForm> RunAsync(Stream content, CancellationToken cancellationToken) => new JsonSurvey(content).RunAsync(cancellationToken);

    private async Task<JsonForm> RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            switch (_scanner.Read(_buffer.AsSpan(0, _end), ref _at))
            {
                case JsonToken.More when await FillAsync(cancellationToken):
                    break;
                case JsonToken.More:
                    return EndOfFile();
                case JsonToken.Broken:
                    return await IsLinesAsync(cancellationToken) ? new(JsonShape.Lines) : throw Refusal();
                case var token:
                    Note(token);
                    _lineOfLastToken = Line;
                    break;
            }
        }
    }

    private JsonForm EndOfFile() =>
        !_scanner.IsDone ? throw new FileRejectedException(ReasonCode.FileJson, $"The JSON document is cut off: it ends in line {Line}, within a value.")
        : IsPage ? new(JsonShape.Page, _hasMore)
        : new(_isObject ? JsonShape.Object : JsonShape.Array);

    private void Note(JsonToken token)
    {
        switch (_scanner.Depth, token)
        {
            case (1, JsonToken.ObjectStart) when _wanted == Wanted.Nothing && !_isObject:
                _isObject = true;
                break;
            case (1, JsonToken.Name) when _isObject:
                _wanted = Is("\"object\""u8) ? Wanted.Object : Is("\"data\""u8) ? Wanted.Data : Is("\"has_more\""u8) ? Wanted.HasMore : Wanted.Nothing;
                return;
            case (1, JsonToken.Text) when _wanted == Wanted.Object:
                _isList = Is("\"list\""u8) || Is("\"search_result\""u8);
                break;
            case (1, _) when _wanted == Wanted.HasMore:
                _hasMore = token == JsonToken.True;
                break;
            case (2, JsonToken.ArrayStart) when _wanted == Wanted.Data:
                _hasData = true;
                break;
        }

        _wanted = Wanted.Nothing;
    }

    private bool Is(ReadOnlySpan<byte> word) =>
        _scanner.TokenLength == word.Length && _buffer.AsSpan(_at - word.Length, word.Length).SequenceEqual(word);

    // No document. Lines of which the first is a whole object, or is broken by itself, are JSON Lines.
    private async Task<bool> IsLinesAsync(CancellationToken cancellationToken)
    {
        if (!_isObject || IsPage || _lineOfLastToken > 1) return false;
        return Line switch
        {
            1 => await HasMoreLinesAsync(cancellationToken),
            2 => _scanner.IsDone || _buffer[_at] == '{',
            _ => _scanner.IsDone,
        };
    }

    private async Task<bool> HasMoreLinesAsync(CancellationToken cancellationToken)
    {
        var isBehind = false;
        do
        {
            for (; _at < _end; _at++)
            {
                if (_buffer[_at] is (byte)'\r' or (byte)'\n') isBehind = true;
                else if (isBehind && _buffer[_at] is not ((byte)' ' or (byte)'\t')) return true;
            }
        }
        while (await FillAsync(cancellationToken));
        return false;
    }

    private FileRejectedException Refusal() => new(
        ReasonCode.FileJson,
        _scanner.IsDone
            ? $"The JSON document has ended, and something follows in line {Line}; send one document, or one record a line."
            : $"The JSON document is broken in line {Line} (or nested deeper than {JsonScanner.MaxDepth}).");

    private async Task<bool> FillAsync(CancellationToken cancellationToken)
    {
        var kept = _scanner.IsInToken && _scanner.TokenLength <= LongestWord ? (int)_scanner.TokenLength : 0;
        _buffer.AsSpan(_end - kept, kept).CopyTo(_buffer);
        _at = kept;
        _end = kept + await _content.ReadAsync(_buffer.AsMemory(kept), cancellationToken);
        return _end > kept;
    }
}
