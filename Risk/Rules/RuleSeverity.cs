namespace Payments.Risk.Rules;

/// <summary>How serious a hit is for who works on alerts. In the API and the database its name in capitals.</summary>
public enum RuleSeverity
{
    /// <summary>Worth knowing.</summary>
    Low,

    /// <summary>Worth a look.</summary>
    Medium,

    /// <summary>Look soon.</summary>
    High,

    /// <summary>Look now.</summary>
    Critical,
}
