using System.Buffers;
using System.Runtime.CompilerServices;

namespace Payments.Pipeline.Import.Csv;

/// <summary>
/// Reads RFC 4180 records from bytes, whatever they contain: a record that breaks the rules is given with its faults, and the next one follows.
/// A record ends with LF, CRLF or a lone CR outside quotes; empty lines are skipped; a quote that is never closed holds all that follows.
/// </summary>
/// <param name="stream">The bytes, behind a byte order mark.</param>
/// <param name="maxFields">Fields that can be asked for; further ones are counted only.</param>
internal sealed class CsvRecordReader(Stream stream, int maxFields = RecordReader.MaxFields) : RecordReader
{
    // A field of 256 characters takes at most 4 bytes for each, or 2 where quotes are doubled, and its own quotes.
    private const int MaxFieldBytes = (MaxFieldCharacters * 4) + 2;
    private const int BufferBytes = MaxRecordBytes * 2;

    private static readonly SearchValues<byte> UnquotedStops = SearchValues.Create(",\"\r\n"u8);
    private static readonly SearchValues<byte> QuotedStops = SearchValues.Create("\"\r\n"u8);

    private readonly byte[] _buffer = new byte[BufferBytes];
    private readonly FieldSlice[] _fields = new FieldSlice[maxFields + 1];
    private byte[] _unescaped = new byte[1024];
    private int _unescapedUsed;

    private int _start;
    private int _scan;
    private int _end;
    private bool _isAtEnd;
    private bool _isRecordDone = true;
    private bool _isAfterCarriageReturn;
    private long _physicalLine = 1;

    private State _state;
    private long _discarded;
    private long _fieldStart;
    private long _closingQuote;
    private bool _fieldIsEscaped;
    private byte[]? _kept;

    private enum State
    {
        FieldStart,
        Unquoted,
        Quoted,
        AfterQuote,
    }

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Raw => Faults.HasFlag(RowFaults.Oversized) ? _kept : _buffer.AsSpan(_start, RecordEnd - _start);

    private int RecordEnd { get; set; }

    /// <inheritdoc/>
    public override ValueTask<bool> ReadAsync(CancellationToken cancellationToken) =>
        TryRead() ? new(true) : ReadMoreAsync(cancellationToken);

    /// <summary>A field's value: without its quotes, doubled quotes made single.</summary>
    public override ReadOnlySpan<byte> Field(int index)
    {
        var slice = _fields[index];
        var text = _buffer.AsSpan(_start + slice.Start, slice.Length);
        return slice.IsEscaped ? Unescape(text) : text;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public override bool IsTooLong(int index) => _fields[index].Length > MaxFieldCharacters && CountCharacters(Field(index)) > MaxFieldCharacters;

    private async ValueTask<bool> ReadMoreAsync(CancellationToken cancellationToken)
    {
        while (!_isAtEnd)
        {
            await FillAsync(cancellationToken);
            if (TryRead()) return true;
        }

        return false;
    }

    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        if (_isRecordDone) _start = _scan;
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

    private bool TryRead()
    {
        if (_isRecordDone) Begin();
        while (true)
        {
            var rest = _buffer.AsSpan(_scan, _end - _scan);
            if (rest.IsEmpty) return _isAtEnd && EndOfFile();

            switch (_state)
            {
                case State.FieldStart:
                    if (_isAfterCarriageReturn)
                    {
                        _isAfterCarriageReturn = false;
                        if (rest[0] == '\n')
                        {
                            _start = ++_scan;
                            continue;
                        }
                    }

                    _fieldIsEscaped = false;
                    if (rest[0] == '"')
                    {
                        _scan++;
                        _state = State.Quoted;
                        _fieldStart = Position;
                        continue;
                    }

                    _state = State.Unquoted;
                    _fieldStart = Position;
                    goto case State.Unquoted;

                case State.Unquoted:
                    var stop = rest.IndexOfAny(UnquotedStops);
                    if (stop < 0)
                    {
                        _scan = _end;
                        continue;
                    }

                    _scan += stop;
                    switch (rest[stop])
                    {
                        case (byte)',':
                            EndField(Position);
                            _scan++;
                            continue;
                        case (byte)'"':
                            Faults |= RowFaults.Quote;
                            _scan++;
                            continue;
                        default:
                            if (Position == 0)
                            {
                                SkipEmptyLine();
                                continue;
                            }

                            EndField(Position);
                            return EndRecord();
                    }

                case State.Quoted:
                    ScanQuoted(rest);
                    continue;

                case State.AfterQuote:
                    switch (rest[0])
                    {
                        case (byte)'"':
                            _fieldIsEscaped = true;
                            _scan++;
                            _state = State.Quoted;
                            continue;
                        case (byte)',':
                            EndField(_closingQuote);
                            _scan++;
                            continue;
                        case (byte)'\r' or (byte)'\n':
                            EndField(_closingQuote);
                            return EndRecord();
                        default:
                            Faults |= RowFaults.Quote;
                            _state = State.Unquoted;
                            continue;
                    }
            }
        }
    }

    // Where the scan is within the record, in bytes.
    private long Position => _discarded + _scan - _start;

    private void Begin()
    {
        _isRecordDone = false;
        _start = _scan;
        _state = State.FieldStart;
        _discarded = 0;
        _unescapedUsed = 0;
        _kept = null;
        FieldCount = 0;
        Faults = RowFaults.None;
        Line = _physicalLine;
    }

    private void ScanQuoted(ReadOnlySpan<byte> rest)
    {
        var stop = rest.IndexOfAny(QuotedStops);
        if (stop != 0)
        {
            _isAfterCarriageReturn = false;
            _scan += stop < 0 ? rest.Length : stop;
            return;
        }

        switch (rest[0])
        {
            case (byte)'"':
                _closingQuote = Position;
                _state = State.AfterQuote;
                _isAfterCarriageReturn = false;
                break;
            case (byte)'\r':
                _physicalLine++;
                _isAfterCarriageReturn = true;
                break;
            default:
                if (!_isAfterCarriageReturn) _physicalLine++;
                _isAfterCarriageReturn = false;
                break;
        }

        _scan++;
    }

    private void EndField(long end)
    {
        var length = end - _fieldStart;
        if (length > MaxFieldBytes) Faults |= RowFaults.TooLong;
        if (FieldCount < _fields.Length) _fields[FieldCount] = new((int)_fieldStart, (int)length, _fieldIsEscaped);
        FieldCount++;
        _state = State.FieldStart;
    }

    private void SkipEmptyLine()
    {
        TakeLineEnd();
        _start = _scan;
        _state = State.FieldStart;
        Line = _physicalLine;
    }

    private bool EndRecord()
    {
        RecordEnd = _scan;
        TakeLineEnd();
        return Complete();
    }

    private void TakeLineEnd()
    {
        _isAfterCarriageReturn = _buffer[_scan] == '\r';
        _physicalLine++;
        _scan++;
    }

    private bool EndOfFile()
    {
        if (Position == 0 && FieldCount == 0) return false;
        RecordEnd = _scan;
        switch (_state)
        {
            case State.FieldStart:
                _fieldStart = Position;
                EndField(Position);
                break;
            case State.AfterQuote:
                EndField(_closingQuote);
                break;
            default:
                if (_state == State.Quoted) Faults |= RowFaults.Quote;
                EndField(Position);
                break;
        }

        return Complete();
    }

    private bool Complete()
    {
        _isRecordDone = true;
        Number++;
        CheckBytes(_buffer.AsSpan(_start, RecordEnd - _start));
        // Whether a large record still fitted the buffer depends on how the stream came: its size alone decides.
        if (RecordEnd - _start > MaxRecordBytes) Keep();
        if (_kept is null) Faults &= ~RowFaults.TooLong;
        return true;
    }

    // Lets go of what has been scanned of an oversized record; a character that is cut by the buffer's end stays.
    private void Discard()
    {
        Keep();
        var keepFrom = _scan - UnfinishedCharacter(_buffer.AsSpan(_start, _scan - _start));
        CheckBytes(_buffer.AsSpan(_start, keepFrom - _start));
        _discarded += keepFrom - _start;
        _start = keepFrom;
    }

    private void Keep()
    {
        _kept ??= _buffer.AsSpan(_start, KeptOfOversized).ToArray();
        Faults |= RowFaults.Oversized;
    }

    private ReadOnlySpan<byte> Unescape(ReadOnlySpan<byte> text)
    {
        // Values read before stay valid when the room is exchanged for a larger one: their spans keep the old one alive.
        if (_unescaped.Length - _unescapedUsed < text.Length)
        {
            _unescaped = new byte[Math.Max(_unescaped.Length * 2, text.Length)];
            _unescapedUsed = 0;
        }

        var room = _unescaped.AsSpan(_unescapedUsed);
        var used = 0;
        for (var quote = text.IndexOf((byte)'"'); quote >= 0; quote = text.IndexOf((byte)'"'))
        {
            text[..(quote + 1)].CopyTo(room[used..]);
            used += quote + 1;
            text = text[(quote + 2)..];
        }

        text.CopyTo(room[used..]);
        used += text.Length;
        _unescapedUsed += used;
        return room[..used];
    }

    private readonly record struct FieldSlice(int Start, int Length, bool IsEscaped);
}
