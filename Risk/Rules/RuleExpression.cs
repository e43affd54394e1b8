using Payments.Risk.Engine;

namespace Payments.Risk.Rules;

/// <summary>A rule's condition: read, typed and ready to be asked. Immutable.</summary>
public sealed class RuleExpression
{
    /// <summary>Characters of an expression at the most.</summary>
    public const int MaxLength = 2000;

    private const int MostFindings = 6;

    private readonly ConditionNode _condition;

    private RuleExpression(string text, ConditionNode condition, IReadOnlyList<RuleTerm> terms)
    {
        Text = text;
        _condition = condition;
        Terms = terms;
        UsesScore = terms.Any(term => term.Attribute == RuleAttribute.Score);
        NeedsLabels = terms.Any(term => term.NeedsLabels);
    }

    /// <summary>The expression as it was written.</summary>
    public string Text { get; }

    /// <summary>The features and attributes that it looks at, by name.</summary>
    public IReadOnlyList<RuleTerm> Terms { get; }

    /// <summary>Whether it asks for the score, and so is asked when that is known.</summary>
    public bool UsesScore { get; }

    /// <summary>Whether it looks at a feature that is made from fraud labels.</summary>
    public bool NeedsLabels { get; }

    /// <summary>Reads an expression over <see cref="RuleVocabulary.Standard"/>.</summary>
    /// <exception cref="RuleExpressionException">It is none: the message says where and why.</exception>
    public static RuleExpression Parse(string text) => Parse(text, RuleVocabulary.Standard);

    /// <summary>Reads an expression.</summary>
    /// <param name="text">At most <see cref="MaxLength"/> characters.</param>
    /// <param name="vocabulary">The names that it may use.</param>
    /// <exception cref="RuleExpressionException">It is none: the message says where and why.</exception>
    public static RuleExpression Parse(string text, RuleVocabulary vocabulary)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(vocabulary);
        if (text.Length > MaxLength) throw RuleLexer.Fault($"An expression has at most {MaxLength} characters: make two rules of it.", MaxLength, text.Length - MaxLength);
        var (condition, terms) = new RuleParser(text, vocabulary).Read();
        return new(text, condition, terms);
    }

    /// <summary>Whether it holds for a payment.</summary>
    /// <param name="subject">The payment.</param>
    /// <param name="score">Its score, 0 to 100; NaN where it is not known yet.</param>
    public bool Holds(RiskSubject subject, double score = double.NaN)
    {
        ArgumentNullException.ThrowIfNull(subject);
        return Holds(new RuleInput(subject, subject.Features.Span, score));
    }

    /// <summary>The same, for many expressions about one payment.</summary>
    internal bool Holds(in RuleInput input) => _condition.Holds(input);

    /// <summary>The comparisons that made it hold.</summary>
    internal IReadOnlyList<RuleFinding> Explain(RiskSubject subject, double score)
    {
        var findings = new List<RuleFinding>();
        _condition.Explain(new RuleInput(subject, subject.Features.Span, score), holds: true, Text, findings);
        return findings.Count <= MostFindings ? findings : findings[..MostFindings];
    }
}
