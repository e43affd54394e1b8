namespace Payments.Risk.Evaluation;

/// <summary>
/// An even sample of rows that come by in an order: every one at first, and whenever there are too many, every second of those is given up and half as many
/// are taken from then on. No chance is in it: the same rows in the same order give the same sample.
/// </summary>
public sealed class EvenSample
{
    private readonly int _columns;
    private readonly int _most;
    private readonly List<double[]> _rows = [];
    private long _every = 1;

    /// <summary>An empty sample.</summary>
    /// <param name="columns">Values of a row, at least 1.</param>
    /// <param name="most">Rows that it has at most, at least 2.</param>
    public EvenSample(int columns, int most)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 2);
        (_columns, _most) = (columns, most);
    }

    /// <summary>Rows that have come by.</summary>
    public long Seen { get; private set; }

    /// <summary>Rows of the sample.</summary>
    public int Count => _rows.Count;

    /// <summary>A row comes by; its values are copied if it is taken.</summary>
    /// <exception cref="ArgumentException">It has another number of values.</exception>
    public void Add(ReadOnlySpan<double> row)
    {
        if (row.Length != _columns) throw new ArgumentException($"A row has {_columns} values, not {row.Length}.", nameof(row));
        if (Seen++ % _every != 0) return;
        if (_rows.Count == _most)
        {
            Thin();
            if ((Seen - 1) % _every != 0) return;
        }

        _rows.Add(row.ToArray());
    }

    /// <summary>A column of the sample.</summary>
    /// <param name="column">Counted from 0.</param>
    public double[] Column(int column) => [.. _rows.Select(row => row[column])];

    private void Thin()
    {
        var kept = 0;
        for (var i = 0; i < _rows.Count; i += 2) _rows[kept++] = _rows[i];
        _rows.RemoveRange(kept, _rows.Count - kept);
        _every *= 2;
    }
}
