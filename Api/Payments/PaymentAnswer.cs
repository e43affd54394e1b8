using Payments.Api.Docs;
using Payments.Pipeline.Accept;
using Payments.Risk.Engine;

namespace Payments.Api.Payments;

/// <summary>Why a payment has its score.</summary>
/// <param name="Code">The rule's code, the feature's name or the list's kind.</param>
/// <param name="Text">In words that a reviewer can paste.</param>
/// <param name="Contribution">Points of the score that it is answerable for; negative where it lowered the score.</param>
internal sealed record RiskReason(string Code, string Text, double Contribution);

/// <summary>A payment that is in the store, and how it is scored.</summary>
/// <param name="PaymentId">The payment; <c>/api/payments/{id}</c> shows all of it.</param>
/// <param name="RiskScore">0 (no sign of risk) to 100; null only for a payment that is archived.</param>
/// <param name="Decision">APPROVE, REVIEW or BLOCK, by the score and the thresholds.</param>
/// <param name="Reasons">Why, weightiest first.</param>
/// <param name="IsSuspicious">A rule that is a flag hit, or a block list; never the score alone.</param>
/// <param name="ScoredBy">What carries the score: rules, forest (needs no labels), model (learnt from labels of fraud; not there until enough are known). Of a duplicate none.</param>
/// <param name="RulesVersion">The rules that it was scored by; null for a duplicate.</param>
/// <param name="ModelsVersion">The models that it was scored by; null for a duplicate.</param>
/// <param name="Duplicate">The store had it already, with the same content; nothing has changed.</param>
internal sealed record PaymentAnswer(
    string PaymentId,
    decimal? RiskScore,
    string? Decision,
    IReadOnlyList<RiskReason> Reasons,
    bool IsSuspicious,
    IReadOnlyList<string> ScoredBy,
    long? RulesVersion,
    long? ModelsVersion,
    bool Duplicate) : IExample<PaymentAnswer>
{
    /// <inheritdoc/>
    public static PaymentAnswer Example { get; } = new(
        "PAY-000123", 71.25m, "REVIEW", [new("amount_over_10000", "The amount of 12,500.00 USD is over 10,000.", 40)], true, ["rules", "forest"], 4, 2, false);

    /// <summary>The answer about a stored payment.</summary>
    public static PaymentAnswer Of(AcceptedPayment payment) => new(
        payment.PaymentId,
        payment.RiskScore,
        payment.Decision?.Name(),
        [.. payment.Reasons.Select(reason => new RiskReason(reason.Code, reason.Text, reason.Contribution))],
        payment.IsSuspicious,
        payment.ScoredBy,
        payment.Versions?.Rules,
        payment.Versions?.Models,
        payment.Status == AcceptStatus.Duplicate);
}
