using System.Buffers;
using System.Text;
using Payments.Pipeline.Validate;

namespace Payments.Pipeline.Import.Json;

/// <summary>
/// Reads the objects of JSON Lines, of a list, or of a page as records. Numbers keep their digits: a value is its text, whether it is a
/// string, a number or a word; null is no value.
/// </summary>
/// <remarks>A line ends with LF, CRLF or a lone CR; blank lines are skipped. A document has been proven before (<see cref="JsonSurvey"/>).</remarks>
internal sealed class JsonRecordReader(Stream stream, JsonForm form, JsonFields fields) : RecordReader
{
    private const int BufferBytes = MaxRecordBytes * 2;
    private const int LongestWord = 64;

    // A text of 256 characters takes at most 12 bytes for each: a pair of escapes.
    private const int MaxFieldBytes = (MaxFieldCharacters * 12) + 2;

    private static readonly SearchValues<byte> LineEnds = SearchValues.Create("\r\n"u8);

    private readonly byte[] _buffer = new byte[BufferBytes];
    private readonly Value[] _values = new Value[fields.Places];
    private readonly bool[] _wereGiven = new bool[fields.Places];
    private readonly JsonFields.Key?[] _path = new JsonFields.Key?[JsonScanner.MaxDepth + 1];
    private readonly List<(int Start, int Length)> _names = [];
    private readonly SortedSet<string> _warnings = new(StringComparer.Ordinal);
    private byte[] _scratch = new byte[1024];
    private int _scratchUsed;

    private JsonScanner _scanner;
    private long _reads;
    private int _start;
    private int _scan;
    private int _end;
    private int _recordEnd;
    private bool _isAtEnd;
    private bool _isInRecord;
    private bool _isInData;
    private bool _isAfterCarriageReturn;
    private bool _hasLongToken;
    private long _physicalLine = 1;
    private byte[]? _kept;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Raw => _kept ?? _buffer.AsSpan(_start, _recordEnd - _start);

    /// <inheritdoc/>
    public override IEnumerable<string> Warnings => form.HasMore ? _warnings.Append(ReasonCode.FileNotLastPage) : _warnings;

    /// <summary>The keys of the record itself.</summary>
    public string[] Names
    {
        get
        {
            var names = new string[_names.Count];
            for (var i = 0; i < names.Length; i++) names[i] = Encoding.UTF8.GetString(NameAt(i));
            return names;
        }
    }

    /// <inheritdoc/>
    public override async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        Begin();
        while (!(form.Shape == JsonShape.Lines ? TryFrameLine() : TryFrameElement()))
        {
            if (_isAtEnd) return false;
            await FillAsync(cancellationToken);
        }

        Complete();
        return true;
    }

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Field(int index)
    {
        foreach (var source in fields.SourcesOf(index))
        {
            ref readonly var value = ref _values[source.Place];
            if (!value.HasText) continue;
            ReadOnlySpan<byte> text = _buffer.AsSpan(_start + value.Start, value.Length);
            return value.HasEscapes || source.Prefix.Length > 0 ? Compose(source.Prefix, text, value.HasEscapes) : text;
        }

        return [];
    }

    /// <inheritdoc/>
    public override bool IsGiven(int index)
    {
        foreach (var source in fields.SourcesOf(index))
        {
            if (_values[source.Place].IsGiven) return true;
        }

        return false;
    }

    /// <inheritdoc/>
    public override bool WasGiven(int index)
    {
        foreach (var source in fields.SourcesOf(index))
        {
            if (_wereGiven[source.Place]) return true;
        }

        return false;
    }

    /// <inheritdoc/>
    public override bool IsTooLong(int index)
    {
        var text = Field(index);
        return text.Length > MaxFieldCharacters && CountCharacters(text) > MaxFieldCharacters;
    }

    private void Begin()
    {
        _start = _scan;
        _isInRecord = false;
        _hasLongToken = false;
        _kept = null;
        _scratchUsed = 0;
        _names.Clear();
        Array.Clear(_values);
        Faults = RowFaults.None;
        FieldCount = fields.Count;
    }

    private bool TryFrameLine()
    {
        if (!_isInRecord && !TryBeginLine()) return false;
        var stop = _buffer.AsSpan(_scan, _end - _scan).IndexOfAny(LineEnds);
        _scan = stop < 0 ? _end : _scan + stop;
        _recordEnd = _scan;
        return stop >= 0 || _isAtEnd;
    }

    private bool TryBeginLine()
    {
        for (; _scan < _end; _scan++)
        {
            var unit = _buffer[_scan];
            if (unit is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n'))
            {
                BeginRecord(_scan, _physicalLine);
                _scanner = default;
                _isAfterCarriageReturn = false;
                return true;
            }

            if (unit == '\r' || (unit == '\n' && !_isAfterCarriageReturn)) _physicalLine++;
            _isAfterCarriageReturn = unit == '\r';
        }

        return false;
    }

    private bool TryFrameElement()
    {
        while (true)
        {
            var level = ElementLevel;
            var token = _scanner.Read(_buffer.AsSpan(0, _end), ref _scan);
            if (token == JsonToken.Broken) throw new InvalidDataException("The document has changed since it was proven.");

            var isStart = token is JsonToken.ObjectStart or JsonToken.ArrayStart;
            var isValue = isStart || (token is JsonToken.More ? _scanner.IsInToken : token is not (JsonToken.Name or JsonToken.ObjectEnd or JsonToken.ArrayEnd));
            if (!_isInRecord && isValue && _scanner.Depth - (isStart ? 1 : 0) == level)
            {
                BeginRecord(_scan - (int)_scanner.TokenLength, _scanner.Lines + 1);
            }

            _hasLongToken |= _isInRecord && _scanner.TokenLength > MaxFieldBytes;
            if (token == JsonToken.More) return false;
            if (_isInRecord && _scanner.Depth == level)
            {
                _recordEnd = _scan;
                return true;
            }

            if (!_isInRecord && form.Shape == JsonShape.Page) FindData(token);
        }
    }

    // The depth at which a value is a record; none before the page's list has been found.
    private int ElementLevel => form.Shape switch { JsonShape.Object => 0, JsonShape.Array => 1, _ => _isInData ? 2 : -1 };

    private void FindData(JsonToken token)
    {
        var depth = _scanner.Depth;
        if (token == JsonToken.Name && depth == 1)
        {
            _path[0] = _scanner.TokenLength == 6 && _buffer.AsSpan(_scan - 6, 6).SequenceEqual("\"data\""u8) ? fields.Root : null;
            return;
        }

        _isInData = token == JsonToken.ArrayStart && depth == 2 && _path[0] is not null;
        if (depth == 1) _path[0] = null;
    }

    private void BeginRecord(int start, long line)
    {
        _isInRecord = true;
        _start = start;
        Line = line;
        _scanner.ForgetFindings();
    }

    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        if (!_isInRecord) _start = _scan - (_scanner.IsInToken && _scanner.TokenLength <= LongestWord ? (int)_scanner.TokenLength : 0);
        if (_scan - _start > MaxRecordBytes) Discard();
        if (_start > 0 && _end > BufferBytes / 2)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _scan -= _start;
            _end -= _start;
            _start = 0;
        }

        var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
        _end += read;
        _isAtEnd = read == 0;
    }

    // Lets go of what has been scanned of an oversized record; a character that is cut by the buffer's end stays.
    private void Discard()
    {
        Keep();
        var piece = _buffer.AsSpan(_start, _scan - _start);
        piece = piece[..^UnfinishedCharacter(piece)];
        CheckBytes(piece);
        ScanPiece(piece);
        _start += piece.Length;
    }

    private void Keep()
    {
        _kept ??= _buffer.AsSpan(_start, KeptOfOversized).ToArray();
        Faults |= RowFaults.Oversized;
    }

    private void Complete()
    {
        Number++;
        _reads++;
        var bytes = _buffer.AsSpan(_start, _recordEnd - _start);
        CheckBytes(bytes);
        if (bytes.Length > MaxRecordBytes) Keep();
        if (_kept is null)
        {
            Parse(bytes);
        }
        else
        {
            ScanPiece(bytes);
            if (form.Shape == JsonShape.Lines && !_scanner.IsDone) Faults |= RowFaults.Json;
            if (_hasLongToken) Faults |= RowFaults.TooLong;
            NoteFindings(_scanner);
        }
    }

    // Of an oversized line nothing but its faults is looked for; an element of a document is scanned already.
    private void ScanPiece(ReadOnlySpan<byte> piece)
    {
        if (form.Shape != JsonShape.Lines) return;
        var at = 0;
        while (_scanner.Read(piece, ref at) is var token)
        {
            _hasLongToken |= _scanner.TokenLength > MaxFieldBytes;
            if (token == JsonToken.Broken) Faults |= RowFaults.Json;
            if (token is JsonToken.Broken or JsonToken.More) return;
        }
    }

    private void NoteFindings(in JsonScanner scanner)
    {
        if (scanner.HasNul) Faults |= RowFaults.ControlChar;
        if (scanner.HasHalfCharacter) Faults |= RowFaults.Encoding;
    }

    private void Parse(ReadOnlySpan<byte> record)
    {
        var scanner = default(JsonScanner);
        var at = 0;
        JsonFields.Key? key = null;
        if (scanner.Read(record, ref at) != JsonToken.ObjectStart)
        {
            Faults |= RowFaults.Json;
            return;
        }

        _path[1] = fields.Root;
        while (true)
        {
            var token = scanner.Read(record, ref at);
            switch (token)
            {
                case JsonToken.More or JsonToken.Broken:
                    NoteFindings(scanner);
                    if (token == JsonToken.Broken || !scanner.IsDone) Faults |= RowFaults.Json;
                    return;
                case JsonToken.Name:
                    key = KeyOf(record, at, scanner);
                    continue;
                case JsonToken.ObjectStart:
                    if (key is { HasChildren: false }) Faults |= RowFaults.Nesting;
                    _path[scanner.Depth] = key;
                    break;
                case JsonToken.ArrayStart:
                    if (key is not null) Faults |= RowFaults.Nesting;
                    _path[scanner.Depth] = null;
                    break;
                case JsonToken.ObjectEnd or JsonToken.ArrayEnd:
                    break;
                default:
                    if (key is not null) Take(key, token, at, scanner);
                    else if (scanner.Depth == 1) CheckLength(record[(at - (int)scanner.TokenLength)..at]);
                    break;
            }

            key = null;
        }
    }

    private JsonFields.Key? KeyOf(ReadOnlySpan<byte> record, int end, in JsonScanner scanner)
    {
        if (_path[scanner.Depth] is not { } parent) return null;
        var (start, length) = (end - (int)scanner.TokenLength + 1, (int)scanner.TokenLength - 2);
        var name = record.Slice(start, length);
        if (scanner.HasEscapes)
        {
            name = Compose([], name, hasEscapes: true);
            start = -_scratchUsed;
            length = name.Length;
        }

        var key = parent.Find(name);
        if (parent == fields.Root) NoteName(name, start, length, isKnown: key is not null);
        if (key is null) return null;
        if (key.Record == _reads) Faults |= RowFaults.RepeatedKey;
        key.Record = _reads;
        if (key.Place < 0) return key;
        _values[key.Place] = new() { IsGiven = true };
        _wereGiven[key.Place] = true;
        return key;
    }

    private void NoteName(ReadOnlySpan<byte> name, int start, int length, bool isKnown)
    {
        if (!isKnown && !fields.Ignores(name)) _warnings.Add(ReasonCode.HeaderExtraColumn);
        if (_names.Count == MaxFields) return;
        for (var i = 0; i < _names.Count; i++)
        {
            if (_names[i].Length == length && NameAt(i).SequenceEqual(name)) Faults |= RowFaults.RepeatedKey;
        }

        _names.Add((start, length));
    }

    // A name with escapes lies in the scratch room: its place is negative, the end of it.
    private ReadOnlySpan<byte> NameAt(int index)
    {
        var (start, length) = _names[index];
        return start >= 0 ? _buffer.AsSpan(_start + start, length) : _scratch.AsSpan(-start - length, length);
    }

    private void Take(JsonFields.Key key, JsonToken token, int end, in JsonScanner scanner)
    {
        if (token == JsonToken.Null) return;
        if (key.Place < 0)
        {
            Faults |= RowFaults.Nesting;
            return;
        }

        var length = (int)scanner.TokenLength;
        var quote = token == JsonToken.Text ? 1 : 0;
        _values[key.Place] = new(end - length + quote, length - (2 * quote), token == JsonToken.Text && scanner.HasEscapes, IsGiven: true, HasText: true);
        if (token == JsonToken.False && key.RemarkWhenFalse is { } remark) _warnings.Add(remark);
    }

    // A value that nobody reads is too long all the same, as in CSV; in formats of others there may be anything.
    private void CheckLength(ReadOnlySpan<byte> value)
    {
        if (!fields.IgnoresOthers && value.Length > MaxFieldCharacters + 2 && CountCharacters(value) > MaxFieldCharacters + 2) Faults |= RowFaults.TooLong;
    }

    private ReadOnlySpan<byte> Compose(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> text, bool hasEscapes)
    {
        // Values composed before stay valid when the room is exchanged for a larger one: their spans keep the old one alive.
        if (_scratch.Length - _scratchUsed < prefix.Length + text.Length)
        {
            var larger = new byte[Math.Max(_scratch.Length * 2, _scratchUsed + prefix.Length + text.Length)];
            _scratch.AsSpan(0, _scratchUsed).CopyTo(larger);
            _scratch = larger;
        }

        var room = _scratch.AsSpan(_scratchUsed);
        prefix.CopyTo(room);
        var used = prefix.Length;
        if (hasEscapes)
        {
            used += JsonText.Unescape(text, room[used..]);
        }
        else
        {
            text.CopyTo(room[used..]);
            used += text.Length;
        }

        _scratchUsed += used;
        return room[..used];
    }

    private readonly record struct Value(int Start, int Length, bool HasEscapes, bool IsGiven, bool HasText);
}
