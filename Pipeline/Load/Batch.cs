using Payments.Pipeline.Validate;

namespace Payments.Pipeline.Load;

/// <summary>A slice of a file: staged, and its records kept as they came until it is loaded, so that refused ones can be quoted.</summary>
internal sealed class Batch
{
    private readonly List<Kept> _records = [];
    private byte[] _bytes = new byte[64 * 1024];

    /// <summary>Its id in <c>ops.batches</c>.</summary>
    public long Id { get; private set; }

    /// <summary>Number of its last record in the file, from 1.</summary>
    public long LastRecord => _records[^1].Number;

    /// <summary>How far the file had been read when the batch was whole, in bytes as sent.</summary>
    public long BytesRead { get; set; }

    /// <summary>Its well-formed payments, in the order of their records, where it has payments.</summary>
    public List<StagedPayment> Payments { get; } = [];

    /// <summary>Rules that began to be capped by it, if it was scored.</summary>
    public long[] NewlyCapped { get; set; } = [];

    /// <summary>Records in it.</summary>
    public int Count => _records.Count;

    /// <summary>Bytes of the records kept.</summary>
    public int Bytes { get; private set; }

    /// <summary>Starts anew; the room is kept.</summary>
    public void Begin(long id)
    {
        Id = id;
        Bytes = 0;
        NewlyCapped = [];
        _records.Clear();
        Payments.Clear();
    }

    /// <summary>Keeps the next record.</summary>
    public void Keep(long recordNumber, ReadOnlySpan<byte> raw, bool isCut)
    {
        if (_bytes.Length - Bytes < raw.Length) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Bytes + raw.Length));
        raw.CopyTo(_bytes.AsSpan(Bytes));
        _records.Add(new(recordNumber, Bytes, raw.Length, isCut));
        Bytes += raw.Length;
    }

    /// <summary>A record as it came, and whether it is only its beginning.</summary>
    public ReadOnlySpan<byte> Raw(long recordNumber, out bool isCut)
    {
        var kept = _records[_records.BinarySearch(new(recordNumber, 0, 0, false))];
        isCut = kept.IsCut;
        return _bytes.AsSpan(kept.Start, kept.Length);
    }

    // Numbers have gaps where a replay passes over records.
    private readonly record struct Kept(long Number, int Start, int Length, bool IsCut) : IComparable<Kept>
    {
        public int CompareTo(Kept other) => Number.CompareTo(other.Number);
    }
}
