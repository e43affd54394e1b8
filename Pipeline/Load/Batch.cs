namespace Payments.Pipeline.Load;

/// <summary>A slice of a file: staged, and its records kept as they came until it is loaded, so that refused ones can be quoted.</summary>
internal sealed class Batch
{
    private readonly List<Kept> _records = [];
    private byte[] _bytes = new byte[64 * 1024];

    /// <summary>Its id in <c>ops.batches</c>.</summary>
    public long Id { get; private set; }

    /// <summary>Number of its first record in the file, from 1.</summary>
    public long FirstRecord { get; private set; }

    /// <summary>Records in it.</summary>
    public int Count => _records.Count;

    /// <summary>Bytes of the records kept.</summary>
    public int Bytes { get; private set; }

    /// <summary>Starts anew; the room is kept.</summary>
    public void Begin(long id, long firstRecord)
    {
        Id = id;
        FirstRecord = firstRecord;
        Bytes = 0;
        _records.Clear();
    }

    /// <summary>Keeps the next record.</summary>
    public void Keep(ReadOnlySpan<byte> raw, bool isCut)
    {
        if (_bytes.Length - Bytes < raw.Length) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Bytes + raw.Length));
        raw.CopyTo(_bytes.AsSpan(Bytes));
        _records.Add(new(Bytes, raw.Length, isCut));
        Bytes += raw.Length;
    }

    /// <summary>A record as it came, and whether it is only its beginning.</summary>
    public ReadOnlySpan<byte> Raw(long recordNumber, out bool isCut)
    {
        var kept = _records[(int)(recordNumber - FirstRecord)];
        isCut = kept.IsCut;
        return _bytes.AsSpan(kept.Start, kept.Length);
    }

    private readonly record struct Kept(int Start, int Length, bool IsCut);
}
