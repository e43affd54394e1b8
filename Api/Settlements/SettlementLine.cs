using Payments.Api.Docs;
using Payments.Api.Reading;

namespace Payments.Api.Settlements;

/// <summary>A part of a settlement; the lines of one add up to its net amount.</summary>
/// <param name="LineKind">sales, fee (exact), rounding (of the fees' sum), refund, chargeback, reserve_held, reserve_released, carried_in, carried_out; archived_sales and archived_fee for payments that left the database.</param>
/// <param name="PaymentMethod">Of sales and fees.</param>
/// <param name="FeeId">Of fees: the fee; null: the merchant's commission rate.</param>
/// <param name="CounterpartId">Of reserve and balances carried: the settlement that released, held, gave or takes it; null while there is none.</param>
/// <param name="ItemCount">Payments, refunds or chargebacks in it.</param>
/// <param name="Amount">What it adds to the net amount; fees before they are rounded.</param>
/// <param name="Currency">ISO 4217.</param>
internal sealed record SettlementLine(
    string LineKind,
    string? PaymentMethod,
    long? FeeId,
    string? CounterpartId,
    long ItemCount,
    [property: Money(IsExact = true)] decimal Amount,
    string Currency) : IInCurrency, IExample<SettlementLine>
{
    // As people read an account: what was sold, what it cost, what was taken back, what is held or carried.
    private static readonly string[] Kinds =
        ["sales", "archived_sales", "fee", "archived_fee", "rounding", "refund", "chargeback", "reserve_held", "reserve_released", "carried_in", "carried_out"];

    /// <inheritdoc/>
    public static SettlementLine Example { get; } = new("fee", "CREDIT_CARD", 9, null, 31, -105.2637m, "USD");

    /// <summary>The lines of a settlement.</summary>
    public static async Task<IReadOnlyList<SettlementLine>> ReadAsync(Settlement settlement, Reader reader, CancellationToken cancellationToken)
    {
        var lines = await reader.StreamAsync(
            new RowQuery<SettlementLine>(
                "(select line.*, @currency::varchar as currency from pipeline.list_settlement_lines(@id) as line) as line",
                new("payment_method"), new("fee_id"), new("counterpart_id"))
                .With("id", settlement.SettlementId)
                .With("currency", settlement.Currency),
            cancellationToken).ToListAsync(cancellationToken);
        return [.. lines.OrderBy(line => Array.IndexOf(Kinds, line.LineKind))];
    }
}
