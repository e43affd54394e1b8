using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Payments.Api.Docs;
using Payments.Api.Reading;

namespace Payments.Api.Settlements;

/// <summary>Where to read on.</summary>
/// <param name="Payments">Its payments with their exact fees.</param>
/// <param name="Lineage">Where each payment came from.</param>
/// <param name="SettlementTerms">The merchant's terms.</param>
/// <param name="Fees">The merchant's fees.</param>
internal sealed record SettlementLinks(string Payments, string Lineage, string SettlementTerms, string Fees);

/// <summary>One settlement and what it consists of.</summary>
/// <param name="Settlement">The settlement.</param>
/// <param name="Lines">Sales, fees, refunds, chargebacks, reserve and balances carried: they add up to net_amount.</param>
/// <param name="Links">Where to read on.</param>
internal sealed record SettlementAccount(Settlement Settlement, IReadOnlyList<SettlementLine> Lines, SettlementLinks Links) : IExample<SettlementAccount>
{
    /// <inheritdoc/>
    public static SettlementAccount Example { get; } = Of(
        Settlement.Example,
        [
            new("sales", "CREDIT_CARD", null, null, 31, 4_210.55m, "USD"),
            new("fee", "CREDIT_CARD", 9, null, 31, -105.26375m, "USD"),
            new("rounding", null, null, null, 1, 0.00375m, "USD"),
            new("refund", null, null, null, 1, -29.90m, "USD"),
        ]);

    /// <summary>One settlement.</summary>
    /// <remarks>With the lines that add up to its net amount, and links to its payments and where they came from.</remarks>
    public static async Task<Results<Ok<SettlementAccount>, ProblemHttpResult>> GetAsync(
        [Description("The settlement.")] string id, Reader reader, TimeProvider clock, CancellationToken cancellationToken) =>
        await Settlement.FindAsync(id, reader, clock, cancellationToken) is { } settlement
            ? TypedResults.Ok(Of(settlement, await SettlementLine.ReadAsync(settlement, reader, cancellationToken)))
            : Settlement.NotFound(id);

    private static SettlementAccount Of(Settlement settlement, IReadOnlyList<SettlementLine> lines)
    {
        var (id, merchant) = (Uri.EscapeDataString(settlement.SettlementId), Uri.EscapeDataString(settlement.MerchantId));
        return new(settlement, lines, new(
            $"/api/settlements/{id}/payments", $"/api/lineage/settlements/{id}", $"/api/merchants/{merchant}/settlement-terms", $"/api/merchants/{merchant}/fees"));
    }
}
