namespace Payments.Pipeline.Validate;

/// <summary>What a rule finds wrong with one value; together with the column it is a reason code (<see cref="ReasonCode"/>).</summary>
internal enum Fault
{
    None,
    Missing,
    Format,
    Invalid,
    Unknown,
    TooLong,
    NotPositive,
    Negative,
    Precision,
    TooLarge,
    OutOfRange,
    Future,
    TooOld,
    OutOfPlace,
    Unbalanced,
}
