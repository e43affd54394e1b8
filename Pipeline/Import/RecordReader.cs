using System.Text.Unicode;

namespace Payments.Pipeline.Import;

/// <summary>
/// Reads records from bytes, whatever they contain: a record that breaks the rules of its syntax is given with its faults, and the next one
/// follows. Memory is bounded: of a record over <see cref="MaxRecordBytes"/> only the beginning and the faults are kept.
/// </summary>
/// <remarks>A reader is a cursor: its properties describe the record that <see cref="ReadAsync"/> has just read, until the next call.</remarks>
internal abstract class RecordReader : Record
{
    /// <summary>A header with more names is refused; with this bound an oversized record of CSV always has a fault of its own.</summary>
    public const int MaxFields = 200;

    /// <summary>Room for <see cref="MaxFields"/> of the longest fields allowed.</summary>
    public const int MaxRecordBytes = 256 * 1024;

    /// <summary>Kept of an oversized record, to quote it.</summary>
    public const int KeptOfOversized = 16 * 1024;

    /// <summary>The record's number, from 1; a header is not counted once it is known to be one (<see cref="EndHeader"/>).</summary>
    public long Number { get; protected set; }

    /// <summary>Its bytes as they came, without the line end; of an oversized record the first <see cref="KeptOfOversized"/>.</summary>
    public abstract ReadOnlySpan<byte> Raw { get; }

    /// <summary>Remarks about the records read so far.</summary>
    public virtual IEnumerable<string> Warnings => [];

    /// <summary>Goes to the next record.</summary>
    /// <returns>False when there is none.</returns>
    public abstract ValueTask<bool> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Whether any record read so far said anything of the field.</summary>
    public virtual bool WasGiven(int index) => true;

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
}
