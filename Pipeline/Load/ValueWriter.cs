namespace Payments.Pipeline.Load;

/// <summary>Where values go: one call a value, in the order of their columns.</summary>
internal abstract class ValueWriter
{
    /// <summary>No value.</summary>
    public abstract void Null();

    /// <summary>Yes or no.</summary>
    public abstract void Boolean(bool value);

    /// <summary>A whole number of four bytes.</summary>
    public abstract void Int32(int value);

    /// <summary>A whole number of eight bytes; an instant in PostgreSQL's time (<see cref="PostgresInstant"/>).</summary>
    public abstract void Int64(long value);

    /// <summary>A text as UTF-8.</summary>
    public abstract void Text(ReadOnlySpan<byte> utf8);

    /// <summary>A text.</summary>
    public abstract void Text(string text);

    /// <summary>Bytes.</summary>
    public abstract void Bytes(ReadOnlySpan<byte> bytes);

    /// <summary>A uuid of 16 bytes in network order.</summary>
    public abstract void Uuid(ReadOnlySpan<byte> bytes);

    /// <summary>A day.</summary>
    public abstract void Date(DateOnly day);

    /// <summary>A numeric: <paramref name="unscaled"/> divided by ten to the power of <paramref name="scale"/>, at most 4.</summary>
    public abstract void Numeric(long unscaled, int scale);

    /// <summary>A numeric with so many fraction digits.</summary>
    public abstract void Numeric(decimal value, int scale);
}
