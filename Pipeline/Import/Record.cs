namespace Payments.Pipeline.Import;

/// <summary>A record as rules look at it: its fields, and what is wrong with it as a whole.</summary>
internal abstract class Record
{
    /// <summary>A longer field is <c>field.too_long</c>; in Unicode characters.</summary>
    public const int MaxFieldCharacters = 256;

    /// <summary>What is wrong with a record that cannot be taken apart: it has no fields to be looked at.</summary>
    protected const RowFaults Unreadable = RowFaults.Quote | RowFaults.Oversized | RowFaults.Json;

    /// <summary>The physical line where the record starts, from 1.</summary>
    public long Line { get; protected set; } = 1;

    /// <summary>How many fields it has; in a record that cannot be taken apart a guess.</summary>
    public int FieldCount { get; protected set; }

    /// <summary>What is wrong with it as a whole.</summary>
    public RowFaults Faults { get; protected set; }

    /// <summary>Whether its fields can be told apart.</summary>
    public bool HasFields => (Faults & Unreadable) == 0;

    /// <summary>A field's value, unescaped. Only where <see cref="HasFields"/>.</summary>
    public abstract ReadOnlySpan<byte> Field(int index);

    /// <summary>Whether the record says anything of the field, be it that it has no value.</summary>
    public virtual bool IsGiven(int index) => true;

    /// <summary>Whether the field has more characters than <see cref="MaxFieldCharacters"/>.</summary>
    public abstract bool IsTooLong(int index);

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
