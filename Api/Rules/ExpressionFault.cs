using System.Globalization;
using Payments.Risk.Rules;

namespace Payments.Api.Rules;

/// <summary>What is wrong with an expression.</summary>
/// <param name="Message">What it is, and what to write instead.</param>
/// <param name="Position">The first character that it is about, from 1.</param>
/// <param name="Length">How many characters it is about; 0 where something is missing.</param>
internal sealed record ExpressionFault(string Message, int Position, int Length)
{
    /// <summary>The fault as one sentence with its place.</summary>
    public string Text => string.Create(CultureInfo.InvariantCulture, $"At character {Position}: {Message}");

    /// <summary>The engine's fault in the API's words.</summary>
    public static ExpressionFault Of(RuleExpressionException fault) => new(fault.Message, fault.Position, fault.Length);
}
