using System.Buffers;

namespace Payments.Pipeline.Import.Json;

/// <summary>
/// Takes JSON (RFC 8259) apart, token by token, in pieces of any size: unlike <c>Utf8JsonReader</c> it never needs a whole token at once,
/// so that memory is bounded whatever a token's length. Bytes that are not UTF-8 are left to others.
/// </summary>
internal struct JsonScanner
{
    /// <summary>Deeper nesting is <see cref="JsonToken.Broken"/>.</summary>
    public const int MaxDepth = 64;

    private const int Hexadecimals = 4;
    private static readonly SearchValues<byte> TextStops = SearchValues.Create(
        [(byte)'"', (byte)'\\', .. Enumerable.Range(0, 0x20).Select(unit => (byte)unit)]);

    private State _state;
    private ulong _objects;
    private bool _isName;
    private bool _isAfterCarriageReturn;
    private int _progress;
    private int _unit;
    private bool _isHalf;
    private byte _literal;

    private enum State : byte
    {
        Value,
        ValueOrEnd,
        Key,
        KeyOrEnd,
        Colon,
        AfterValue,
        Done,
        Text,
        Escape,
        Hexadecimal,
        Literal,
        Minus,
        Zero,
        Whole,
        Point,
        Fraction,
        ExponentMark,
        ExponentSign,
        Exponent,
    }

    /// <summary>Objects and lists that are open.</summary>
    public int Depth { get; private set; }

    /// <summary>Bytes of the token so far, also of one that goes on behind the bytes given; the quotes of a text included.</summary>
    public long TokenLength { get; private set; }

    /// <summary>Whether the text has escapes.</summary>
    public bool HasEscapes { get; private set; }

    /// <summary>Whether a text since the last <see cref="ForgetFindings"/> had half of a surrogate pair.</summary>
    public bool HasHalfCharacter { get; private set; }

    /// <summary>Whether a text since the last <see cref="ForgetFindings"/> had U+0000, as an escape.</summary>
    public bool HasNul { get; private set; }

    /// <summary>Line ends passed.</summary>
    public long Lines { get; private set; }

    /// <summary>Whether the value is complete.</summary>
    public readonly bool IsDone => _state == State.Done;

    /// <summary>Whether a token has begun and not ended.</summary>
    public readonly bool IsInToken => _state >= State.Text;

    /// <summary>Forgets what texts had so far.</summary>
    public void ForgetFindings() => (HasHalfCharacter, HasNul) = (false, false);

    /// <summary>Goes on to the end of the next token, or of the bytes.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="at">Where to go on; afterwards behind the token (at the byte that breaks it).</param>
    public JsonToken Read(ReadOnlySpan<byte> bytes, ref int at)
    {
        var from = at;
        while (at < bytes.Length)
        {
            var unit = bytes[at];
            if (_state < State.Text)
            {
                if (unit is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r')
                {
                    if (unit == '\r' || (unit == '\n' && !_isAfterCarriageReturn)) Lines++;
                    _isAfterCarriageReturn = unit == '\r';
                    at++;
                    continue;
                }

                _isAfterCarriageReturn = false;
                TokenLength = 0;
                from = at;
                var mark = Begin(unit);
                if (mark == JsonToken.Broken) return mark;
                at++;
                if (mark == JsonToken.More) continue;
                TokenLength = 1;
                return mark;
            }

            var token = _state switch
            {
                State.Text => ReadText(bytes, ref at),
                State.Escape => ReadEscape(unit, ref at),
                State.Hexadecimal => ReadHexadecimal(unit, ref at),
                State.Literal => ReadLiteral(unit, ref at),
                _ => ReadNumber(unit, ref at),
            };
            if (token == JsonToken.More) continue;
            TokenLength += at - from;
            return token;
        }

        if (IsInToken) TokenLength += at - from;
        return JsonToken.More;
    }

    // The first byte of a token, or a mark between two of them (More).
    private JsonToken Begin(byte unit)
    {
        switch (_state)
        {
            case State.Key or State.KeyOrEnd when unit == '"':
                BeginText(isName: true);
                return JsonToken.More;
            case State.KeyOrEnd when unit == '}':
                return End(isObject: true);
            case State.Colon when unit == ':':
                _state = State.Value;
                return JsonToken.More;
            case State.AfterValue when unit == ',':
                _state = IsInObject ? State.Key : State.Value;
                return JsonToken.More;
            case State.AfterValue when unit is (byte)'}' or (byte)']':
                return End(unit == '}');
            case State.ValueOrEnd when unit == ']':
                return End(isObject: false);
            case State.Value or State.ValueOrEnd:
                return BeginValue(unit);
            default:
                return JsonToken.Broken;
        }
    }

    private readonly bool IsInObject => (_objects >> (Depth - 1) & 1) == 1;

    private JsonToken BeginValue(byte unit)
    {
        switch (unit)
        {
            case (byte)'{' or (byte)'[':
                if (Depth == MaxDepth) return JsonToken.Broken;
                var isObject = unit == '{';
                _objects = isObject ? _objects | (1UL << Depth) : _objects & ~(1UL << Depth);
                Depth++;
                _state = isObject ? State.KeyOrEnd : State.ValueOrEnd;
                return isObject ? JsonToken.ObjectStart : JsonToken.ArrayStart;
            case (byte)'"':
                BeginText(isName: false);
                return JsonToken.More;
            case (byte)'t' or (byte)'f' or (byte)'n':
                (_state, _literal, _progress) = (State.Literal, unit, 1);
                return JsonToken.More;
            case (byte)'-':
                _state = State.Minus;
                return JsonToken.More;
            case (byte)'0':
                _state = State.Zero;
                return JsonToken.More;
            case >= (byte)'1' and <= (byte)'9':
                _state = State.Whole;
                return JsonToken.More;
            default:
                return JsonToken.Broken;
        }
    }

    private void BeginText(bool isName)
    {
        _state = State.Text;
        _isName = isName;
        _isHalf = false;
        HasEscapes = false;
    }

    private JsonToken End(bool isObject)
    {
        if (IsInObject != isObject) return JsonToken.Broken;
        Depth--;
        EndValue();
        return isObject ? JsonToken.ObjectEnd : JsonToken.ArrayEnd;
    }

    private void EndValue() => _state = Depth == 0 ? State.Done : State.AfterValue;

    private JsonToken ReadText(ReadOnlySpan<byte> bytes, ref int at)
    {
        var stop = bytes[at..].IndexOfAny(TextStops);
        if (stop != 0 && _isHalf) EndHalf();
        at = stop < 0 ? bytes.Length : at + stop;
        if (stop < 0) return JsonToken.More;
        switch (bytes[at])
        {
            case (byte)'"':
                if (_isHalf) EndHalf();
                at++;
                if (!_isName)
                {
                    EndValue();
                    return JsonToken.Text;
                }

                _state = State.Colon;
                return JsonToken.Name;
            case (byte)'\\':
                at++;
                HasEscapes = true;
                _state = State.Escape;
                return JsonToken.More;
            default:
                return JsonToken.Broken;
        }
    }

    private JsonToken ReadEscape(byte unit, ref int at)
    {
        if (unit == 'u')
        {
            (_state, _progress, _unit) = (State.Hexadecimal, 0, 0);
        }
        else if ("\"\\/bfnrt"u8.Contains(unit))
        {
            if (_isHalf) EndHalf();
            _state = State.Text;
        }
        else
        {
            return JsonToken.Broken;
        }

        at++;
        return JsonToken.More;
    }

    private JsonToken ReadHexadecimal(byte unit, ref int at)
    {
        if (!char.IsAsciiHexDigit((char)unit)) return JsonToken.Broken;
        at++;
        _unit = (_unit << 4) + (unit <= '9' ? unit - '0' : (unit | 0x20) - 'a' + 10);
        if (++_progress < Hexadecimals) return JsonToken.More;

        _state = State.Text;
        HasNul |= _unit == 0;
        var isLow = char.IsLowSurrogate((char)_unit);
        if (isLow != _isHalf) HasHalfCharacter = true;
        _isHalf = char.IsHighSurrogate((char)_unit);
        return JsonToken.More;
    }

    private void EndHalf()
    {
        HasHalfCharacter = true;
        _isHalf = false;
    }

    private JsonToken ReadLiteral(byte unit, ref int at)
    {
        var word = _literal switch { (byte)'t' => "true"u8, (byte)'f' => "false"u8, _ => "null"u8 };
        if (unit != word[_progress]) return JsonToken.Broken;
        at++;
        if (++_progress < word.Length) return JsonToken.More;
        EndValue();
        return _literal switch { (byte)'t' => JsonToken.True, (byte)'f' => JsonToken.False, _ => JsonToken.Null };
    }

    private JsonToken ReadNumber(byte unit, ref int at)
    {
        var isDigit = char.IsAsciiDigit((char)unit);
        State? next = _state switch
        {
            State.Minus when isDigit => unit == '0' ? State.Zero : State.Whole,
            State.Whole when isDigit => State.Whole,
            State.Zero or State.Whole when unit == '.' => State.Point,
            State.Point or State.Fraction when isDigit => State.Fraction,
            State.Zero or State.Whole or State.Fraction when unit is (byte)'e' or (byte)'E' => State.ExponentMark,
            State.ExponentMark when unit is (byte)'+' or (byte)'-' => State.ExponentSign,
            State.ExponentMark or State.ExponentSign or State.Exponent when isDigit => State.Exponent,
            _ => null,
        };
        if (next is { } state)
        {
            _state = state;
            at++;
            return JsonToken.More;
        }

        if (_state is not (State.Zero or State.Whole or State.Fraction or State.Exponent)) return JsonToken.Broken;
        EndValue();
        return JsonToken.Number;
    }
}
