using System.Globalization;
using Npgsql;
using Payments.Pipeline.Import;
using Payments.Pipeline.Runs;
using Payments.Worker.Runs;

namespace Payments.Worker.Simulations;

/// <summary>A file whose records lack a mandatory value each, and a day of sample payments that has never come.</summary>
internal sealed class MissingData(ImportIntake intake, ImportStage import) : ISimulation
{
    private const string Profile = "payments";

    /// <inheritdoc/>
    public async Task<object> HarmAsync(RunContext run, CancellationToken cancellationToken)
    {
        var whole = await WholeRecordAsync(run, cancellationToken);
        var importId = await intake.AttachAsync(
            run,
            new(Profile, ImportMode.Insert, "payments with missing values.csv", RunRequester.Api),
            (file, _) => WriteAsync(run.RunId, whole, file),
            cancellationToken);
        var account = await import.RunAsync(run, importId, cancellationToken);
        var day = await run.StepAsync("simulate", step => TakeDayOutAsync(run, step, cancellationToken), cancellationToken);
        return new { ImportId = importId, account.Read, account.Rejected, day?.MissingDay, day?.Payments, day?.Settlements };
    }

    /// <summary>The values of a payment that would be taken, by column, its id left out.</summary>
    private static async Task<Dictionary<string, string>> WholeRecordAsync(RunContext run, CancellationToken cancellationToken)
    {
        await using var command = run.DataSource.CreateCommand(
            "select (select min(customer_id) from public.customers), (select min(merchant_id) from public.merchants)");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        if (reader.IsDBNull(0) || reader.IsDBNull(1)) throw new RunGivenUpException("The store is empty; POST /api/etl/run fills it.");

        return new()
        {
            ["customer_id"] = reader.GetString(0),
            ["merchant_id"] = reader.GetString(1),
            ["amount"] = "10.00",
            ["currency"] = "USD",
            ["payment_method"] = "WALLET",
            ["status"] = "SUCCESS",
            ["payment_date"] = run.Clock.GetUtcNow().ToString("yyyy-MM-dd'T'00:00:00'Z'", CultureInfo.InvariantCulture),
        };
    }

    private static async Task WriteAsync(long runId, Dictionary<string, string> whole, Stream file)
    {
        await using var writer = new StreamWriter(file, leaveOpen: true);
        await writer.WriteAsync($"payment_id,{string.Join(',', whole.Keys)}\n");
        foreach (var missing in whole.Keys)
        {
            var values = whole.Select(value => value.Key == missing ? "" : value.Value);
            await writer.WriteAsync($"SIM-{runId}-{missing},{string.Join(',', values)}\n");
        }
    }

    private static async Task<MissingDayFound?> TakeDayOutAsync(RunContext run, RunStep step, CancellationToken cancellationToken)
    {
        await using var connection = await run.DataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await run.AssertOwnedAsync(connection, cancellationToken);
        MissingDayFound? day = null;
        await using (var command = new NpgsqlCommand("select missing_day, payments, settlements from pipeline.simulate_missing_day($1)", connection) { CommandTimeout = 0 })
        {
            command.Parameters.Add(new() { Value = DateOnly.FromDateTime(run.Clock.GetUtcNow().UtcDateTime) });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            if (await reader.ReadAsync(cancellationToken)) day = new(reader.GetFieldValue<DateOnly>(0), reader.GetInt64(1), reader.GetInt64(2));
        }

        await transaction.CommitAsync(cancellationToken);
        step.RowsOut = day?.Payments ?? 0;
        return day;
    }

    private sealed record MissingDayFound(DateOnly MissingDay, long Payments, long Settlements);
}
