using Payments.Pipeline.Load;

namespace Payments.Pipeline.Validate;

/// <summary>Reads a value and writes it in its one canonical form, or says what is wrong (what it has written is then taken back).</summary>
/// <param name="text">The value as UTF-8, neither empty nor blank, not trimmed.</param>
/// <param name="row">Where it goes.</param>
/// <param name="context">The record that it belongs to.</param>
internal delegate Fault ReadValue(ReadOnlySpan<byte> text, ValueWriter row, RecordContext context);

/// <summary>A rule for values.</summary>
/// <param name="Shape">What values look like, for people: completes "is not …".</param>
/// <param name="Read">The rule.</param>
/// <param name="Faults">All that it may find.</param>
internal sealed record Rule(string Shape, ReadValue Read, params Fault[] Faults)
{
    /// <summary>Judges values over the reader's length limit by itself, where what it finds says more than "too long".</summary>
    public bool JudgesLongText { get; init; }
}
