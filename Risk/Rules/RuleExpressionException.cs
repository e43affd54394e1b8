namespace Payments.Risk.Rules;

/// <summary>A rule's expression is not one: says what is wrong, where, and what to write instead. The only error that parsing has.</summary>
/// <param name="message">What is wrong and how to put it right.</param>
/// <param name="position">The first character that it is about, from 1; one behind the last where something is missing at the end.</param>
/// <param name="length">How many characters it is about, 0 where something is missing.</param>
public sealed class RuleExpressionException(string message, int position, int length) : Exception(message)
{
    /// <summary>The first character that it is about, from 1.</summary>
    public int Position => position;

    /// <summary>How many characters it is about.</summary>
    public int Length => length;
}
