namespace Payments.Risk.Rules;

/// <summary>How two numbers are compared.</summary>
internal enum RuleOperator
{
    Less,
    AtMost,
    More,
    AtLeast,
    Equal,
    Unequal,
}

/// <summary>The signs and words of comparisons.</summary>
internal static class RuleOperators
{
    public static RuleOperator Of(string sign) => sign switch
    {
        "<" => RuleOperator.Less,
        "<=" => RuleOperator.AtMost,
        ">" => RuleOperator.More,
        ">=" => RuleOperator.AtLeast,
        "=" => RuleOperator.Equal,
        _ => RuleOperator.Unequal,
    };

    /// <summary>The sign for the same comparison with its sides exchanged.</summary>
    public static string Mirrored(string sign) => sign switch
    {
        "<" => ">",
        "<=" => ">=",
        ">" => "<",
        ">=" => "<=",
        _ => sign,
    };

    public static string Words(RuleOperator comparison) => comparison switch
    {
        RuleOperator.Less => "under",
        RuleOperator.AtMost => "at most",
        RuleOperator.More => "over",
        RuleOperator.AtLeast => "at least",
        RuleOperator.Equal => "exactly",
        _ => "other than",
    };
}
