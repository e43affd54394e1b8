using System.Buffers.Binary;
using System.Text;

namespace Payments.Pipeline.Load;

/// <summary>
/// Rows in PostgreSQL's binary COPY format, built without an object per value. A value's bytes are the same wherever it came from,
/// so that a record's content can be hashed as it lies here.
/// </summary>
internal sealed class CopyRows : ValueWriter
{
    private const uint TextOid = 25;
    private byte[] _bytes = new byte[256 * 1024];

    /// <summary>Bytes written since the last <see cref="Clear"/>.</summary>
    public int Length { get; private set; }

    /// <summary>The bytes written.</summary>
    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    /// <summary>The bytes written from a place on.</summary>
    public ReadOnlySpan<byte> WrittenFrom(int start) => _bytes.AsSpan(start, Length - start);

    /// <summary>Forgets what was written; the room is kept.</summary>
    public void Clear() => Length = 0;

    /// <summary>Takes back what was written after a place.</summary>
    public void CutTo(int length) => Length = length;

    /// <summary>The start of the format, once.</summary>
    public void Header()
    {
        Append("PGCOPY\n"u8);
        Append([0xFF, (byte)'\r', (byte)'\n', 0]);
        Append(stackalloc byte[8]);
    }

    /// <summary>The end of the format, once.</summary>
    public void Trailer() => BinaryPrimitives.WriteInt16BigEndian(Take(2), -1);

    /// <summary>Begins a row of so many values.</summary>
    public void Row(short values) => BinaryPrimitives.WriteInt16BigEndian(Take(2), values);

    /// <summary>Four bytes that are no value by themselves.</summary>
    public void Bare(int number) => BinaryPrimitives.WriteInt32BigEndian(Take(4), number);

    /// <inheritdoc/>
    public override void Null() => BinaryPrimitives.WriteInt32BigEndian(Take(4), -1);

    /// <inheritdoc/>
    public override void Boolean(bool value)
    {
        var room = Value(1);
        room[0] = value ? (byte)1 : (byte)0;
    }

    public void Int16(short value) => BinaryPrimitives.WriteInt16BigEndian(Value(2), value);

    /// <inheritdoc/>
    public override void Int32(int value) => BinaryPrimitives.WriteInt32BigEndian(Value(4), value);

    /// <inheritdoc/>
    public override void Int64(long value) => BinaryPrimitives.WriteInt64BigEndian(Value(8), value);

    public void Double(double? value)
    {
        if (value is { } number)
        {
            BinaryPrimitives.WriteDoubleBigEndian(Value(8), number);
        }
        else
        {
            Null();
        }
    }

    /// <summary>A document, in the first version of jsonb's format.</summary>
    public void Jsonb(ReadOnlySpan<byte> utf8)
    {
        var room = Value(1 + utf8.Length);
        room[0] = 1;
        utf8.CopyTo(room[1..]);
    }

    /// <inheritdoc/>
    public override void Text(ReadOnlySpan<byte> utf8) => utf8.CopyTo(Value(utf8.Length));

    /// <inheritdoc/>
    public override void Bytes(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Value(bytes.Length));

    /// <inheritdoc/>
    public override void Text(string text) => Encoding.UTF8.GetBytes(text, Value(Encoding.UTF8.GetByteCount(text)));

    /// <inheritdoc/>
    public override void Uuid(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Value(16));

    /// <inheritdoc/>
    public override void Date(DateOnly day) => Int32(day.DayNumber - DateOnly.FromDateTime(PostgresInstant.Epoch).DayNumber);

    /// <inheritdoc/>
    public override void Numeric(long unscaled, int scale)
    {
        // Groups of four decimal digits, the fraction's group last; leading zero groups are left out.
        var power = PowerOfTen(scale);
        Span<short> groups = stackalloc short[6];
        var isNegative = unscaled < 0;
        unscaled = Math.Abs(unscaled);
        groups[5] = (short)(unscaled % power * PowerOfTen(4 - scale));
        var first = 5;
        for (var whole = unscaled / power; whole > 0; whole /= 10_000) groups[--first] = (short)(whole % 10_000);
        var weight = 4 - first;
        var end = groups[5] == 0 ? 5 : 6;
        if (first == 5 && end == 5) weight = 0;

        var room = Value(8 + (2 * (end - first)));
        BinaryPrimitives.WriteInt16BigEndian(room, (short)(end - first));
        BinaryPrimitives.WriteInt16BigEndian(room[2..], (short)weight);
        BinaryPrimitives.WriteUInt16BigEndian(room[4..], isNegative ? (ushort)0x4000 : (ushort)0);
        BinaryPrimitives.WriteInt16BigEndian(room[6..], (short)scale);
        for (var i = first; i < end; i++) BinaryPrimitives.WriteInt16BigEndian(room[(8 + (2 * (i - first)))..], groups[i]);
    }

    /// <summary>
    /// The very bytes in which the server sends a numeric of this scale: groups of four digits around the point, none of them zero at
    /// either end.
    /// </summary>
    public override void Numeric(decimal value, int scale)
    {
        Span<short> groups = stackalloc short[16];
        var (whole, fraction) = (decimal.Truncate(Math.Abs(value)), Math.Abs(value) - decimal.Truncate(Math.Abs(value)));
        var point = 8;
        var first = point;
        for (; whole > 0; whole = decimal.Truncate(whole / 10_000)) groups[--first] = (short)(whole % 10_000);
        var end = point;
        for (; fraction > 0; fraction -= decimal.Truncate(fraction))
        {
            fraction *= 10_000;
            groups[end++] = (short)decimal.Truncate(fraction);
        }

        while (first < end && groups[first] == 0) first++;
        while (end > first && groups[end - 1] == 0) end--;
        var room = Value(8 + (2 * (end - first)));
        BinaryPrimitives.WriteInt16BigEndian(room, (short)(end - first));
        BinaryPrimitives.WriteInt16BigEndian(room[2..], (short)(end == first ? 0 : point - first - 1));
        BinaryPrimitives.WriteUInt16BigEndian(room[4..], value < 0 ? (ushort)0x4000 : (ushort)0);
        BinaryPrimitives.WriteInt16BigEndian(room[6..], (short)scale);
        for (var i = first; i < end; i++) BinaryPrimitives.WriteInt16BigEndian(room[(8 + (2 * (i - first)))..], groups[i]);
    }

    /// <summary>An instant.</summary>
    public void Instant(DateTime utc) => Int64(PostgresInstant.FromTicks(utc.Ticks));

    /// <summary>An array of texts.</summary>
    public void TextArray(IReadOnlyList<string> texts)
    {
        var lengthAt = Length;
        var room = Value(texts.Count == 0 ? 12 : 20);
        BinaryPrimitives.WriteInt32BigEndian(room, texts.Count == 0 ? 0 : 1);
        BinaryPrimitives.WriteInt32BigEndian(room[4..], 0);
        BinaryPrimitives.WriteUInt32BigEndian(room[8..], TextOid);
        if (texts.Count == 0) return;

        BinaryPrimitives.WriteInt32BigEndian(room[12..], texts.Count);
        BinaryPrimitives.WriteInt32BigEndian(room[16..], 1);
        foreach (var text in texts) Text(text);
        BinaryPrimitives.WriteInt32BigEndian(_bytes.AsSpan(lengthAt), Length - lengthAt - 4);
    }

    private static int PowerOfTen(int exponent) => exponent switch { 0 => 1, 1 => 10, 2 => 100, 3 => 1_000, _ => 10_000 };

    private Span<byte> Value(int length)
    {
        BinaryPrimitives.WriteInt32BigEndian(Take(4), length);
        return Take(length);
    }

    private void Append(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    private Span<byte> Take(int count)
    {
        if (_bytes.Length - Length < count) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + count));
        var room = _bytes.AsSpan(Length, count);
        Length += count;
        return room;
    }
}
