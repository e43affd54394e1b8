using Npgsql;

namespace Payments.Faults;

/// <summary>
/// Places between two steps of the work, each named by what the next step must lock: who is held up there stands exactly between them when it is killed.
/// </summary>
internal static class Held
{
    /// <summary>Where to hold up, and by which statement.</summary>
    public static IReadOnlyList<(string Where, string Sql)> Places { get; } =
    [
        ("between the spool and the row of the import", On("ops.imports")),
        ("between the claim and the first step", On("ops.run_steps")),
        ("between two batches", On("ops.batches")),
        ("between validating and claiming keys", On("public.payment_keys")),
        ("between scoring and loading", On("public.payments")),
        ("between payments and rollups", On("rollup.day_totals")),
        ("between rollups and quarantine", On("ops.quarantine")),
        ("between refunds and what follows from them", On("public.refunds")),
        ("between adjustments", On("public.settlement_adjustments")),
        ("between payments that move and their history", On("ops.payment_history")),
        ("between loading and settling", On("public.settlements")),
        ("between settlements and their payments", On("public.settlement_payments")),
        ("between settling and incidents", On("sla.incidents")),
        ("between incidents and assertions", On("ops.assertion_results")),
        ("between the last step and the end of the run", On("ops.runs")),
        ("between a fire of the schedule and its run", On("quartz.qrtz_fired_triggers")),
        ("before a partition is made", Advisory("partitions")),
        ("between making a partition and attaching it", On("public.payments", "share update exclusive")),
        ("before customers change or payments count", Advisory("parties")),
    ];

    /// <summary>Holds whoever comes there up for a while, does the deed, and lets the others go on.</summary>
    public static async Task StrikeAsync(string connectionString, string sql, TimeSpan duration, Func<Task> deed, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var hold = new NpgsqlCommand(sql, connection)) await hold.ExecuteNonQueryAsync(cancellationToken);
        await Task.Delay(duration, cancellationToken);
        await deed();
    }

    private static string On(string table, string mode = "exclusive") => $"lock table {table} in {mode} mode";

    private static string Advisory(string name) => $"select pg_advisory_xact_lock(pipeline.lock_key('{name}'))";
}
