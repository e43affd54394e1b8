using System.Text.Unicode;

namespace Payments.Pipeline.Import;

/// <summary>
/// Reads records from bytes, whatever they contain: a record that breaks the rules of its syntax is given with its faults, and the next one
/// follows. Memory is bounded: of a record over <see cref="MaxRecordBytes"/> only the beginning and the faults are kept.
/// </summary>
/// <remarks>A reader is a cursor: its properties describe the record that <see cref="ReadAsync"/> has just read, until the next call.</remarks>
internal abstract class RecordReader
{
    /// <summary>A longer field is <c>field.too_long</c>; in Unicode characters.</summary>
    public const int MaxFieldCharacters = 256;

    /// <summary>A header with more names is refused; with this bound an oversized record of CSV always has a fault of its own.</summary>
    public const int MaxFields = 200;

    /// <summary>Room for <see cref="MaxFields"/> of the longest fields allowed.</summary>
    public const int MaxRecordBytes = 256 * 1024;

    /// <summary>Kept of an oversized record, to quote it.</summary>
    public const int KeptOfOversized = 16 * 1024;

    /// <summary>What is wrong with a record that cannot be taken apart: it has no fields to be looked at.</summary>
    protected const RowFaults Unreadable = RowFaults.Quote | RowFaults.Oversized | RowFaults.Json;

    /// <summary>The record's number, from 1; a header is not counted once it is known to be one (<see cref="EndHeader"/>).</summary>
    public long Number { get; protected set; }

    /// <summary>The physical line where the record starts, from 1.</summary>
    public long Line { get; protected set; } = 1;

    /// <summary>How many fields it has; in a record that cannot be taken apart a guess.</summary>
    public int FieldCount { get; protected set; }

    /// <summary>What is wrong with it as a whole.</summary>
    public RowFaults Faults { get; protected set; }

    /// <summary>Whether its fields can be told apart.</summary>
    public bool HasFields => (Faults & Unreadable) == 0;

    /// <summary>Its bytes as they came, without the line end; of an oversized record the first <see cref="KeptOfOversized"/>.</summary>
    public abstract ReadOnlySpan<byte> Raw { get; }

    /// <summary>Remarks about the records read so far.</summary>
    public virtual IEnumerable<string> Warnings => [];

    /// <summary>Goes to the next record.</summary>
    /// <returns>False when there is none.</returns>
    public abstract ValueTask<bool> ReadAsync(CancellationToken cancellationToken);

    /// <summary>A field's value, unescaped. Only where <see cref="HasFields"/>.</summary>
    public abstract ReadOnlySpan<byte> Field(int index);

    /// <summary>Whether the record says anything of the field, be it that it has no value.</summary>
    public virtual bool IsGiven(int index) => true;

    /// <summary>Whether any record read so far said anything of the field.</summary>
    public virtual bool WasGiven(int index) => true;

    /// <summary>Whether the field has more characters than <see cref="MaxFieldCharacters"/>.</summary>
    public abstract bool IsTooLong(int index);

    /// <summary>What was read so far was the header: records are counted from the next one on.</summary>
    public void EndHeader() => Number = 0;

    /// <summary>Notes what is wrong with bytes of a record, as bytes.</summary>
    protected void CheckBytes(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.ContainsAnyExceptInRange((byte)0x01, (byte)0x7F)) return;
        if (bytes.Contains((byte)0)) Faults |= RowFaults.ControlChar;
        if (!Utf8.IsValid(bytes)) Faults |= RowFaults.Encoding;
    }

    /// <summary>How many bytes at the end belong to a character that goes on behind them.</summary>
    protected static int UnfinishedCharacter(ReadOnlySpan<byte> bytes)
    {
        for (var back = 1; back <= 3 && back <= bytes.Length; back++)
        {
            var unit = bytes[^back];
            if ((unit & 0xC0) == 0x80) continue;
            var needed = unit >= 0xF0 ? 4 : unit >= 0xE0 ? 3 : unit >= 0xC0 ? 2 : 1;
            return needed > back ? back : 0;
        }

        return 0;
    }

    /// <summary>The characters of a text.</summary>
    protected static int CountCharacters(ReadOnlySpan<byte> utf8)
    {
        var count = 0;
        foreach (var unit in utf8)
        {
            if ((unit & 0xC0) != 0x80) count++;
        }

        return count;
    }
}
