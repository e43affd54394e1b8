using System.Collections.Frozen;
using Microsoft.AspNetCore.Http.HttpResults;
using Payments.Api.Problems;
using Payments.Pipeline.Accept;
using Payments.Pipeline.Validate;

namespace Payments.Api.Payments;

/// <summary>One reason why a payment is refused: the same code and words as in an import.</summary>
/// <param name="Code">The reason code; docs/reason-codes.md lists them.</param>
/// <param name="Field">The field that it is about; null for the payment as a whole.</param>
/// <param name="Text">What is wrong.</param>
/// <param name="Fix">What can be done.</param>
internal sealed record Refusal(string Code, string? Field, string Text, string Fix)
{
    private static readonly FrozenDictionary<string, ReasonCode> Known =
        ReasonCode.OfRows.Concat(ReasonCode.OfValues).Concat(ReasonCode.OfStore).ToFrozenDictionary(reason => reason.Code);

    /// <summary>The reasons of a payment.</summary>
    public static IReadOnlyList<Refusal> Of(AcceptedPayment payment) => [.. payment.Refusals.Select(code => Of(code))];

    /// <summary>The status of a payment that is not stored.</summary>
    public static int StatusOf(AcceptedPayment payment) => payment.Status switch
    {
        AcceptStatus.Conflict => StatusCodes.Status409Conflict,
        AcceptStatus.Failed => StatusCodes.Status500InternalServerError,
        _ => StatusCodes.Status422UnprocessableEntity,
    };

    /// <summary>The problem that tells all reasons of a payment.</summary>
    public static ProblemHttpResult ProblemOf(AcceptedPayment payment)
    {
        var reasons = Of(payment);
        return Problem.Of(
            StatusOf(payment), string.Join(' ', reasons.Select(reason => $"{reason.Text} {reason.Fix}")), ("errors", ErrorsOf(reasons)), ("reasons", reasons));
    }

    private static Dictionary<string, string[]> ErrorsOf(IEnumerable<Refusal> reasons) => reasons
        .GroupBy(reason => reason.Field ?? "payment")
        .ToDictionary(group => group.Key, group => group.Select(reason => $"{reason.Code}: {reason.Text} {reason.Fix}").ToArray());

    private static Refusal Of(string code)
    {
        var known = Known[code];
        var field = LiveFields.OfReason(code);
        // Imports call two columns by names of their own.
        var text = field is null ? known.Meaning : known.Meaning.Replace($"`{code.Split('.')[0]}`", $"`{field}`", StringComparison.Ordinal);
        return new(code, field, text, known.Remedy);
    }
}
