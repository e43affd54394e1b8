using Npgsql;
using NpgsqlTypes;
using Payments.Pipeline.Runs;

namespace Payments.Pipeline.Generate;

/// <summary>Pays sample settlements, as processors would: runs after settling and before the SLA check.</summary>
/// <remarks>A day's payouts become known when the day is over, so the settlements of the last two days are always PENDING.</remarks>
public static class PayoutStage
{
    /// <summary>Applies the payouts whose day has come.</summary>
    /// <returns>Settlements paid or failed.</returns>
    public static async Task<long> RunAsync(RunContext run, GenerateOptions options, CancellationToken cancellationToken) =>
        await run.StepAsync("payout", step => PayAsync(run, step, options.Seed, cancellationToken), cancellationToken);

    private static async Task<long> PayAsync(RunContext run, RunStep step, int seed, CancellationToken cancellationToken)
    {
        var lastDay = DateOnly.FromDateTime(run.Clock.GetUtcNow().UtcDateTime).AddDays(-1);
        await using var connection = await run.DataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await run.AssertOwnedAsync(connection, cancellationToken);
        var open = await ReadOpenAsync(connection, lastDay, cancellationToken);
        step.RowsIn = open.Count;

        await using (var staging = await connection.BeginBinaryImportAsync(
            "copy staging.payouts (run_id, merchant_id, currency, period_start, outcome, paid_on) from stdin (format binary)", cancellationToken))
        {
            foreach (var settlement in open)
            {
                if (SamplePayouts.Of(seed, settlement.MerchantId, settlement.Day) is not { } payout || payout.On > lastDay)
                {
                    continue;
                }

                await staging.StartRowAsync(cancellationToken);
                await staging.WriteAsync(run.RunId, NpgsqlDbType.Bigint, cancellationToken);
                await staging.WriteAsync(settlement.MerchantId, NpgsqlDbType.Varchar, cancellationToken);
                await staging.WriteAsync(settlement.Currency, NpgsqlDbType.Char, cancellationToken);
                await staging.WriteAsync(settlement.Day, NpgsqlDbType.Date, cancellationToken);
                await staging.WriteAsync(payout.Outcome, NpgsqlDbType.Varchar, cancellationToken);
                await staging.WriteAsync(payout.On, NpgsqlDbType.Date, cancellationToken);
            }

            await staging.CompleteAsync(cancellationToken);
        }

        await using var apply = new NpgsqlCommand("select pipeline.apply_payouts($1, $2)", connection);
        apply.Parameters.Add(new() { Value = run.RunId });
        apply.Parameters.Add(new() { Value = lastDay });
        step.RowsOut = (long)(await apply.ExecuteScalarAsync(cancellationToken))!;
        await transaction.CommitAsync(cancellationToken);
        return step.RowsOut;
    }

    private static async Task<List<OpenSettlement>> ReadOpenAsync(NpgsqlConnection connection, DateOnly lastDay, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "select merchant_id, currency, period_start from pipeline.open_sample_settlements($1)", connection);
        command.Parameters.Add(new() { Value = lastDay });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var open = new List<OpenSettlement>();
        while (await reader.ReadAsync(cancellationToken))
        {
            open.Add(new(reader.GetString(0), reader.GetString(1), reader.GetFieldValue<DateOnly>(2)));
        }

        return open;
    }

    private sealed record OpenSettlement(string MerchantId, string Currency, DateOnly Day);
}
