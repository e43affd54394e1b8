using System.Globalization;

namespace Payments.Risk.Rules;

/// <summary>A piece of an expression that has been read and found to be of one type. Its tree is no deeper than the expression is nested.</summary>
/// <param name="Start">Its first character, from 0.</param>
/// <param name="End">The first character behind it.</param>
internal abstract record RuleNode(int Start, int End)
{
    /// <summary>Its type.</summary>
    public abstract RuleType Type { get; }
}

/// <summary>A number; NaN is unknown.</summary>
internal abstract record NumberNode(int Start, int End, bool IsConstant, string Unit) : RuleNode(Start, End)
{
    public override RuleType Type => RuleType.Number;

    public abstract double Value(in RuleInput input);

    /// <summary>The number as a reader wants to see it.</summary>
    public string Words(in RuleInput input, double value)
    {
        if (double.IsNaN(value)) return "unknown";
        var digits = Math.Abs(value) switch
        {
            _ when Unit == "money" && !IsConstant => "#,##0.00",
            >= 1 or 0 => "#,##0.##",
            _ => "0.####",
        };
        var number = value.ToString(digits, CultureInfo.InvariantCulture);
        return Unit == "money" && !IsConstant ? $"{number} {input.Subject.Currency}" : number;
    }
}

/// <summary>A number that the expression gives, maybe calculated.</summary>
internal sealed record ConstantNode(int Start, int End, double Number) : NumberNode(Start, End, IsConstant: true, "")
{
    public override double Value(in RuleInput input) => Number;
}

/// <summary>A feature.</summary>
internal sealed record FeatureNode(int Start, int End, RuleTerm Term) : NumberNode(Start, End, IsConstant: false, Term.Unit)
{
    private readonly int _place = Term.Place;

    public override RuleType Type => Term.Type;

    // A subject whose features are fewer than the catalogue's knows nothing of the others.
    public override double Value(in RuleInput input) => (uint)_place < (uint)input.Features.Length ? input.Features[_place] : double.NaN;
}

/// <summary>A number that the payment tells by itself, or its score.</summary>
internal sealed record AttributeNumberNode(int Start, int End, RuleTerm Term) : NumberNode(Start, End, IsConstant: false, Term.Unit)
{
    public override double Value(in RuleInput input) => Term.Attribute switch
    {
        RuleAttribute.Weekday => ((int)input.Subject.TransactionDate.DayOfWeek + 6) % 7 + 1,
        _ => input.Score,
    };
}

/// <summary>Two numbers and + - * /. What has no finite result (a division by zero) is unknown.</summary>
internal sealed record ArithmeticNode(int Start, int End, char Operator, NumberNode Left, NumberNode Right)
    : NumberNode(Start, End, Left.IsConstant && Right.IsConstant, UnitOf(Operator, Left, Right))
{
    public override double Value(in RuleInput input)
    {
        var left = Left.Value(input);
        var right = Right.Value(input);
        var value = Operator switch
        {
            '+' => left + right,
            '-' => left - right,
            '*' => left * right,
            _ => left / right,
        };
        return double.IsFinite(value) ? value : double.NaN;
    }

    private static string UnitOf(char operation, NumberNode left, NumberNode right) => operation switch
    {
        '+' or '-' => left.Unit == right.Unit || right.IsConstant ? left.Unit : left.IsConstant ? right.Unit : "",
        '*' => left.IsConstant ? right.Unit : right.IsConstant ? left.Unit : "",
        _ => right.IsConstant ? left.Unit : "",
    };
}

/// <summary>A text; null is unknown.</summary>
internal abstract record TextNode(int Start, int End) : RuleNode(Start, End)
{
    public override RuleType Type => RuleType.Text;

    public abstract string? Value(in RuleInput input);
}

/// <summary>A text that the expression gives.</summary>
internal sealed record QuotedNode(int Start, int End, string Text) : TextNode(Start, End)
{
    public override string? Value(in RuleInput input) => Text;
}

/// <summary>A text that the payment tells.</summary>
internal sealed record AttributeTextNode(int Start, int End, RuleTerm Term) : TextNode(Start, End)
{
    public override string? Value(in RuleInput input) => Term.Attribute switch
    {
        RuleAttribute.PaymentMethod => input.Subject.PaymentMethod,
        RuleAttribute.Currency => input.Subject.Currency,
        RuleAttribute.CustomerCountry => input.Subject.CustomerCountry,
        RuleAttribute.MerchantCountry => input.Subject.MerchantCountry,
        RuleAttribute.BusinessType => input.Subject.BusinessType,
        _ => input.Subject.CustomerRisk,
    };
}
