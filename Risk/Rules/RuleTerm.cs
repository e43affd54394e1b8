namespace Payments.Risk.Rules;

/// <summary>What a term of an expression is.</summary>
public enum RuleType
{
    /// <summary>A number.</summary>
    Number,

    /// <summary>A text.</summary>
    Text,

    /// <summary>A number that is 0 or 1, and may stand where a condition does.</summary>
    Flag,

    /// <summary>Holds or does not.</summary>
    Condition,
}

/// <summary>A name that an expression may use.</summary>
/// <param name="Name">Snake case; case counts.</param>
/// <param name="Type">Number, text or flag.</param>
/// <param name="Unit">What a number counts; empty for a text.</param>
/// <param name="Description">What it says.</param>
/// <param name="Values">Every value that a text can have, or empty where that is open.</param>
/// <param name="NeedsLabels">Whether it is made from fraud labels: without any it is unknown or 0.</param>
public sealed record RuleTerm(string Name, RuleType Type, string Unit, string Description, IReadOnlyList<string> Values, bool NeedsLabels)
{
    /// <summary>Where the term's value comes from; null for a feature.</summary>
    internal RuleAttribute? Attribute { get; init; }

    /// <summary>The feature's place, or -1.</summary>
    internal int Place { get; init; } = -1;
}

/// <summary>Values of a payment that are no features.</summary>
internal enum RuleAttribute
{
    PaymentMethod,
    Currency,
    CustomerCountry,
    MerchantCountry,
    BusinessType,
    CustomerRisk,
    Weekday,
    Score,
}
