namespace Payments.Risk.Rules;

/// <summary>The kinds of words of an expression.</summary>
internal enum RuleTokenKind
{
    End,
    Name,
    Keyword,
    Number,
    Text,
    Symbol,
}

/// <summary>A word of an expression.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Start">Its first character, from 0.</param>
/// <param name="Length">Its characters.</param>
/// <param name="Word">A name or symbol as it is, a keyword in lower case, a text without its quotes.</param>
/// <param name="Number">A number's value.</param>
internal readonly record struct RuleToken(RuleTokenKind Kind, int Start, int Length, string Word, double Number = 0)
{
    public int End => Start + Length;

    public bool Is(string word) => Kind is RuleTokenKind.Keyword or RuleTokenKind.Symbol && Word == word;
}
