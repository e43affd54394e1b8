namespace Payments.Risk.Rules;

/// <summary>What a rule's hits do. In the API and the database its name in lower case.</summary>
public enum RuleMode
{
    /// <summary>Nothing: the rule is not looked at.</summary>
    Off,

    /// <summary>They are counted and stored, and change nothing.</summary>
    Shadow,

    /// <summary>They count.</summary>
    Live,
}
