namespace Payments.Risk.Rules;

/// <summary>Holds or does not; a comparison with something unknown does not hold.</summary>
internal abstract record ConditionNode(int Start, int End) : RuleNode(Start, End)
{
    public override RuleType Type => RuleType.Condition;

    public abstract bool Holds(in RuleInput input);

    /// <summary>Adds the comparisons that make it hold, or that keep it from holding, as <paramref name="holds"/> says it does.</summary>
    public abstract void Explain(in RuleInput input, bool holds, string expression, List<RuleFinding> findings);
}

/// <summary>All of them, or any.</summary>
internal sealed record JunctionNode(int Start, int End, bool NeedsAll, ConditionNode[] Parts) : ConditionNode(Start, End)
{
    public override bool Holds(in RuleInput input)
    {
        foreach (var part in Parts)
        {
            if (part.Holds(input) != NeedsAll) return !NeedsAll;
        }

        return NeedsAll;
    }

    public override void Explain(in RuleInput input, bool holds, string expression, List<RuleFinding> findings)
    {
        foreach (var part in Parts)
        {
            if (part.Holds(input) == holds) part.Explain(input, holds, expression, findings);
        }
    }
}

/// <summary>The opposite.</summary>
internal sealed record NotNode(int Start, int End, ConditionNode Part) : ConditionNode(Start, End)
{
    public override bool Holds(in RuleInput input) => !Part.Holds(input);

    public override void Explain(in RuleInput input, bool holds, string expression, List<RuleFinding> findings) => Part.Explain(input, !holds, expression, findings);
}

/// <summary>A condition that looks at one value.</summary>
internal abstract record ComparisonNode(int Start, int End) : ConditionNode(Start, End)
{
    public override void Explain(in RuleInput input, bool holds, string expression, List<RuleFinding> findings)
    {
        var finding = Find(input, expression);
        if (holds || finding.Observed == "unknown")
        {
            findings.Add(holds ? finding : finding with { Threshold = "" });
            return;
        }

        // A comparison that does not hold for a known value: its threshold, denied.
        findings.Add(finding with { Threshold = finding.Threshold.Length == 0 ? "" : $"not {finding.Threshold}" });
    }

    protected abstract RuleFinding Find(in RuleInput input, string expression);

    /// <summary>A piece of the expression on one line.</summary>
    protected static string Source(RuleNode node, string expression) =>
        string.Join(' ', expression[node.Start..node.End].Split([' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries));
}

/// <summary>Two numbers compared.</summary>
internal sealed record NumberComparisonNode(int Start, int End, string Operator, NumberNode Left, NumberNode Right) : ComparisonNode(Start, End)
{
    private readonly RuleOperator _operator = RuleOperators.Of(Operator);

    public override bool Holds(in RuleInput input)
    {
        var left = Left.Value(input);
        var right = Right.Value(input);
        return _operator switch
        {
            RuleOperator.Less => left < right,
            RuleOperator.AtMost => left <= right,
            RuleOperator.More => left > right,
            RuleOperator.AtLeast => left >= right,
            RuleOperator.Equal => left == right,
            _ => left != right && !double.IsNaN(left) && !double.IsNaN(right),
        };
    }

    protected override RuleFinding Find(in RuleInput input, string expression)
    {
        var right = Right.Value(input);
        var threshold = Right.IsConstant ? Right.Words(input, right) : $"{Source(Right, expression)} ({Right.Words(input, right)})";
        return new(Source(Left, expression), Left.Words(input, Left.Value(input)), $"{RuleOperators.Words(_operator)} {threshold}");
    }
}

/// <summary>A flag that stands for the condition that it is 1.</summary>
internal sealed record FlagNode(int Start, int End, FeatureNode Feature) : ComparisonNode(Start, End)
{
    public override bool Holds(in RuleInput input) => Feature.Value(input) > 0.5;

    protected override RuleFinding Find(in RuleInput input, string expression) =>
        new(Feature.Term.Name, Feature.Value(input) switch { double.NaN => "unknown", > 0.5 => "true", _ => "false" }, "");
}

/// <summary>A number in a range that has both its ends.</summary>
internal sealed record BetweenNode(int Start, int End, bool IsDenied, NumberNode Value, NumberNode Least, NumberNode Most) : ComparisonNode(Start, End)
{
    public override bool Holds(in RuleInput input)
    {
        var value = Value.Value(input);
        var least = Least.Value(input);
        var most = Most.Value(input);
        return IsDenied ? value < least || value > most : value >= least && value <= most;
    }

    protected override RuleFinding Find(in RuleInput input, string expression) => new(
        Source(Value, expression),
        Value.Words(input, Value.Value(input)),
        $"{(IsDenied ? "not " : "")}between {Least.Words(input, Least.Value(input))} and {Most.Words(input, Most.Value(input))}");
}

/// <summary>A number among some.</summary>
internal sealed record NumberInNode(int Start, int End, bool IsDenied, NumberNode Value, double[] Members) : ComparisonNode(Start, End)
{
    public override bool Holds(in RuleInput input)
    {
        var value = Value.Value(input);
        return !double.IsNaN(value) && Members.AsSpan().Contains(value) != IsDenied;
    }

    protected override RuleFinding Find(in RuleInput input, string expression)
    {
        var members = new List<string>();
        foreach (var member in Members)
        {
            members.Add(new ConstantNode(Start, End, member).Words(input, member));
        }

        return new(Source(Value, expression), Value.Words(input, Value.Value(input)), $"{(IsDenied ? "none" : "one")} of {string.Join(", ", members)}");
    }
}

/// <summary>Two texts compared; their case does not count.</summary>
internal sealed record TextComparisonNode(int Start, int End, bool IsDenied, TextNode Left, TextNode Right) : ComparisonNode(Start, End)
{
    public override bool Holds(in RuleInput input) =>
        Left.Value(input) is { } left && Right.Value(input) is { } right && string.Equals(left, right, StringComparison.OrdinalIgnoreCase) != IsDenied;

    protected override RuleFinding Find(in RuleInput input, string expression)
    {
        var right = Right.Value(input) ?? "unknown";
        var threshold = Right is QuotedNode ? right : $"{Source(Right, expression)} ({right})";
        return new(Source(Left, expression), Left.Value(input) ?? "unknown", (IsDenied, Right is QuotedNode) switch
        {
            (true, _) => $"other than {threshold}",
            (false, true) => "",
            _ => $"as {threshold}",
        });
    }
}

/// <summary>A text among some; its case does not count.</summary>
internal sealed record TextInNode(int Start, int End, bool IsDenied, TextNode Value, string[] Members) : ComparisonNode(Start, End)
{
    private readonly HashSet<string> _members = new(Members, StringComparer.OrdinalIgnoreCase);

    public override bool Holds(in RuleInput input) => Value.Value(input) is { } value && _members.Contains(value) != IsDenied;

    protected override RuleFinding Find(in RuleInput input, string expression) =>
        new(Source(Value, expression), Value.Value(input) ?? "unknown", $"{(IsDenied ? "none" : "one")} of {string.Join(", ", Members)}");
}

/// <summary>Whether something is known.</summary>
internal sealed record KnownNode(int Start, int End, bool IsKnown, RuleNode Value) : ComparisonNode(Start, End)
{
    public override bool Holds(in RuleInput input) => IsKnown == (Value switch
    {
        NumberNode number => !double.IsNaN(number.Value(input)),
        TextNode text => text.Value(input) is not null,
        _ => true,
    });

    protected override RuleFinding Find(in RuleInput input, string expression)
    {
        var observed = Value switch
        {
            NumberNode number => number.Words(input, number.Value(input)),
            TextNode text => text.Value(input) ?? "unknown",
            _ => "known",
        };
        return new(Source(Value, expression), observed, "");
    }
}
