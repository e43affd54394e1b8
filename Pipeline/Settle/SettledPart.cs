using Npgsql;

namespace Payments.Pipeline.Settle;

/// <summary>What <c>settle_merchants</c> did with a plan, and what is left to do about it at the end (<c>finish_settling</c>).</summary>
/// <param name="Added">New settlements.</param>
/// <param name="Recomputed">Settlements that took more payments.</param>
/// <param name="Payments">Payments put into a settlement.</param>
/// <param name="WaitingBatches">Batches with payments that wait on.</param>
/// <param name="WaitingFrom">The days of the first of these.</param>
/// <param name="ClaimedPayments">Payments that have refunds or disputes.</param>
internal sealed record SettledPart(
    long Added, long Recomputed, long Payments, long[] WaitingBatches, DateOnly[] WaitingFrom, string[] ClaimedPayments)
{
    public static async Task<SettledPart> SettleAsync(NpgsqlConnection connection, DateOnly asOf, SettlePlan plan, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            select settlements_added, settlements_recomputed, payments_settled, waiting_batches, waiting_from, claimed_payments
            from pipeline.settle_merchants($1, $2, $3, $4, $5, $6)
            """,
            connection)
        { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = asOf });
        command.Parameters.Add(new() { Value = plan.DueBatches });
        command.Parameters.Add(new() { Value = plan.LookedAtBatches });
        command.Parameters.Add(new() { Value = plan.MerchantIds });
        command.Parameters.Add(new() { Value = plan.SettlesFrom });
        command.Parameters.Add(new() { Value = plan.SeenFrom });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new(
            reader.GetInt64(0),
            reader.GetInt64(1),
            reader.GetInt64(2),
            reader.GetFieldValue<long[]>(3),
            reader.GetFieldValue<DateOnly[]>(4),
            reader.GetFieldValue<string[]>(5));
    }

    /// <summary>Both together.</summary>
    public static SettledPart operator +(SettledPart one, SettledPart other) => new(
        one.Added + other.Added,
        one.Recomputed + other.Recomputed,
        one.Payments + other.Payments,
        [.. one.WaitingBatches, .. other.WaitingBatches],
        [.. one.WaitingFrom, .. other.WaitingFrom],
        [.. one.ClaimedPayments, .. other.ClaimedPayments]);

    /// <summary>Ends the run that did this of the plan.</summary>
    public async Task FinishAsync(NpgsqlConnection connection, DateOnly asOf, SettlePlan plan, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select pipeline.finish_settling($1, $2, $3, $4, $5, $6, $7, $8)", connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = asOf });
        command.Parameters.Add(new() { Value = plan.DueBatches });
        command.Parameters.Add(new() { Value = WaitingBatches });
        command.Parameters.Add(new() { Value = WaitingFrom });
        command.Parameters.Add(new() { Value = plan.MerchantIds });
        command.Parameters.Add(new() { Value = plan.SettlesFrom });
        command.Parameters.Add(new() { Value = ClaimedPayments });
        command.Parameters.Add(new() { Value = Payments });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
