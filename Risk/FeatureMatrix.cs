namespace Payments.Risk;

/// <summary>
/// Rows of features in one piece of memory, row after row, as models take them. The matrix is a view: it does not copy the values,
/// and they must not change while a model reads them.
/// </summary>
public sealed class FeatureMatrix
{
    private readonly ReadOnlyMemory<double> _values;

    /// <summary>Views values as rows of the given number of features.</summary>
    /// <param name="values">The rows, one after the other. NaN is a missing value, infinities are ordinary extreme values.</param>
    /// <param name="features">The features of one row, at least 1.</param>
    /// <exception cref="ArgumentException">The values do not make whole rows.</exception>
    public FeatureMatrix(ReadOnlyMemory<double> values, int features)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        if (values.Length % features != 0)
        {
            throw new ArgumentException($"{values.Length} values do not make whole rows of {features} features.", nameof(values));
        }

        _values = values;
        Features = features;
    }

    /// <summary>The number of features of a row, at least 1.</summary>
    public int Features { get; }

    /// <summary>The number of rows, 0 and more.</summary>
    public int Rows => _values.Length / Features;

    /// <summary>All rows, one after the other.</summary>
    internal ReadOnlySpan<double> Values => _values.Span;

    /// <summary>The features of one row.</summary>
    /// <param name="row">The row, counted from 0.</param>
    public ReadOnlySpan<double> this[int row] => Slice(row, 1);

    /// <summary>The features of neighbouring rows, one row after the other.</summary>
    /// <param name="first">The first row, counted from 0.</param>
    /// <param name="count">How many rows.</param>
    public ReadOnlySpan<double> Slice(int first, int count) => _values.Span.Slice(first * Features, count * Features);
}
