using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;
using Payments.Pipeline.Runs;

namespace Payments.Pipeline.Reconcile;

/// <summary>
/// Holds processors' lines, payouts and bank lines against our payments and settlements: exact first, then one with several, then proposals for a person;
/// what disagrees becomes a difference, and what the bank has becomes paid. Step by step, the lines bucket by bucket, each in a transaction
/// that says how far it is: a later attempt goes on behind it, and finds nothing twice.
/// </summary>
/// <remarks>A dry run is the same in one transaction that is taken back; only its figures are kept, and the first of its findings, for people to look at.</remarks>
public sealed class ReconcileStage
{
    /// <summary>Files that come while it runs are taken in so often at most; what comes later waits for the next run.</summary>
    private const int MostPasses = 10;

    private readonly ILogger<ReconcileStage> _logger;

    internal ReconcileStage(ILogger<ReconcileStage> logger) => _logger = logger;

    /// <summary>Reconciles.</summary>
    public async Task<ReconcileResult> RunAsync(RunContext run, ReconcileRequest request, CancellationToken cancellationToken)
    {
        await using var connection = await run.DataSource.OpenConnectionAsync(cancellationToken);
        return request.DryRun
            ? await run.StepAsync("dry_run", step => DryRunAsync(run, step, connection, request, cancellationToken), cancellationToken)
            : await RealRunAsync(run, connection, request, cancellationToken);
    }

    private async Task<ReconcileResult> RealRunAsync(RunContext run, NpgsqlConnection connection, ReconcileRequest request, CancellationToken cancellationToken)
    {
        var progress = await InTransactionAsync(run, connection, () => BeginAsync(run, connection, request, cancellationToken), cancellationToken);
        if (progress is not { StepsDone: 0, BucketsDone: 0 })
        {
            _logger.LogInformation("Run {RunId}: goes on behind step {Step}, bucket {Bucket}", run.RunId, progress.StepsDone, progress.BucketsDone);
        }

        for (var pass = 1; ; pass++)
        {
            foreach (var part in Parts(request.Level).Where(part => part.Number > progress.StepsDone))
            {
                await run.StepAsync(
                    part.Stage,
                    async step =>
                    {
                        (step.RowsIn, step.RowsOut) = part.Number == Lines.Number
                            ? await MatchLinesAsync(run, connection, progress.BucketsDone, cancellationToken)
                            : (0, await InTransactionAsync(run, connection, () => DoAsync(run, connection, part, cancellationToken), cancellationToken));
                        return step;
                    },
                    cancellationToken);
            }

            if (pass == MostPasses || !await InTransactionAsync(run, connection, () => ScalarAsync<bool>(connection, "select pipeline.extend_reconciliation($1)", cancellationToken, run.RunId), cancellationToken))
            {
                break;
            }

            _logger.LogInformation("Run {RunId}: files have come meanwhile", run.RunId);
            progress = new(0, 0);
        }

        await InTransactionAsync(run, connection, () => AdvanceAsync(run, connection, Parts(request.Level)[^1].Number, isFinished: true, cancellationToken), cancellationToken);
        return await ResultAsync(run, connection, request, cancellationToken);
    }

    private static async Task<ReconcileResult> DryRunAsync(
        RunContext run, RunStep step, NpgsqlConnection connection, ReconcileRequest request, CancellationToken cancellationToken)
    {
        ReconcileResult result;
        string findings;
        await using (var transaction = await connection.BeginTransactionAsync(cancellationToken))
        {
            await run.AssertOwnedAsync(connection, cancellationToken);
            await BeginAsync(run, connection, request, cancellationToken);
            var firstMatch = await ScalarAsync<long>(connection, "select nextval('reconciliation.matches_match_id_seq')", cancellationToken);
            foreach (var part in Parts(request.Level))
            {
                if (part.Number == Lines.Number)
                {
                    var buckets = await ResolveAsync(run, connection, cancellationToken);
                    for (var bucket = 0; bucket < buckets; bucket++) step.RowsIn += await MatchBucketAsync(run, connection, bucket, cancellationToken);
                    await SampleAsync(run, connection, Lines, cancellationToken);
                }
                else
                {
                    await DoAsync(run, connection, part, cancellationToken);
                }
            }

            result = await ResultAsync(run, connection, request, cancellationToken);
            findings = await ScalarAsync<string>(
                connection, "select coalesce(jsonb_agg(to_jsonb(finding)), '[]')::text from pipeline.list_dry_findings($1, $2) as finding", cancellationToken, run.RunId, firstMatch);
            await transaction.RollbackAsync(cancellationToken);
        }

        await InTransactionAsync(
            run,
            connection,
            async () =>
            {
                await BeginAsync(run, connection, request, cancellationToken);
                await KeepFiguresAsync(run, connection, result, cancellationToken);
                await ScalarAsync<object>(connection, "select pipeline.keep_dry_findings($1, $2::jsonb)", cancellationToken, run.RunId, findings);
                return await AdvanceAsync(run, connection, Parts(request.Level)[^1].Number, isFinished: true, cancellationToken);
            },
            cancellationToken);
        step.RowsOut = result.Count("matched");
        return result;
    }

    private static readonly Part Lines = new(1, "match_lines", ReconcileLevel.Payment, "");

    // Each with the level that asks for it; null: every one.
    private static readonly Part[] AllParts =
    [
        Lines,
        new(2, "find_unreported", ReconcileLevel.Payment, "select pipeline.find_unreported_payments($1, $2)"),
        new(3, "match_payouts", ReconcileLevel.Payout, "select pipeline.match_payouts($1, $2)", Matches: true),
        new(4, "match_bank", ReconcileLevel.Bank, "select pipeline.match_bank_lines($1, $2)", Matches: true),
        new(5, "complete", ReconcileLevel.Bank, "select pipeline.complete_banked_settlements($1, $2)"),
        new(6, "close", null, "select pipeline.close_differences($1, $2)"),
    ];

    private static Part[] Parts(string? level) => [.. AllParts.Where(part => level is null || part.Level is null || part.Level == level)];

    private static async Task<(long Lines, long Done)> MatchLinesAsync(RunContext run, NpgsqlConnection connection, int bucketsDone, CancellationToken cancellationToken)
    {
        var buckets = await InTransactionAsync(run, connection, () => ResolveAsync(run, connection, cancellationToken), cancellationToken);
        var lines = 0L;
        for (var bucket = bucketsDone; bucket < buckets; bucket++)
        {
            var current = bucket;
            lines += await InTransactionAsync(run, connection, () => MatchBucketAsync(run, connection, current, cancellationToken), cancellationToken);
        }

        await InTransactionAsync(
            run,
            connection,
            async () =>
            {
                await SampleAsync(run, connection, Lines, cancellationToken);
                return await AdvanceAsync(run, connection, Lines.Number, isFinished: false, cancellationToken);
            },
            cancellationToken);
        return (lines, lines);
    }

    private static async Task<int> ResolveAsync(RunContext run, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await ScalarAsync<long>(connection, "select pipeline.resolve_lines($1)", cancellationToken, run.RunId);
        return await ScalarAsync<int>(connection, "select buckets from reconciliation.runs where run_id = $1", cancellationToken, run.RunId);
    }

    private static Task<long> MatchBucketAsync(RunContext run, NpgsqlConnection connection, int bucket, CancellationToken cancellationToken) =>
        ScalarAsync<long>(connection, "select pipeline.match_lines($1, $2, $3)", cancellationToken, run.RunId, bucket, run.Clock.GetUtcNow().UtcDateTime);

    private static async Task<long> DoAsync(RunContext run, NpgsqlConnection connection, Part part, CancellationToken cancellationToken)
    {
        var done = await ScalarAsync<long>(connection, part.Statement, cancellationToken, run.RunId, run.Clock.GetUtcNow().UtcDateTime);
        if (part.Matches) await SampleAsync(run, connection, part, cancellationToken);
        await AdvanceAsync(run, connection, part.Number, isFinished: false, cancellationToken);
        return done;
    }

    private static Task<object> SampleAsync(RunContext run, NpgsqlConnection connection, Part part, CancellationToken cancellationToken) =>
        ScalarAsync<object>(connection, "select pipeline.analyze_matches($1, $2)", cancellationToken, run.RunId, part.Level!);

    private static async Task<Progress> BeginAsync(RunContext run, NpgsqlConnection connection, ReconcileRequest request, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select steps_done, buckets_done from pipeline.begin_reconciliation($1, $2, $3, $4, $5, $6)", connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = run.RunId });
        command.Parameters.Add(new() { Value = request.DryRun });
        command.Parameters.Add(new() { Value = (object?)request.Level ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = (object?)request.From ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Date });
        command.Parameters.Add(new() { Value = (object?)request.To ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Date });
        command.Parameters.Add(new() { Value = run.Clock.GetUtcNow().UtcDateTime });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new(reader.GetInt32(0), reader.GetInt32(1));
    }

    private static async Task<long> AdvanceAsync(RunContext run, NpgsqlConnection connection, int stepsDone, bool isFinished, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select pipeline.advance_reconciliation($1, $2, $3)", connection);
        command.Parameters.Add(new() { Value = run.RunId });
        command.Parameters.Add(new() { Value = stepsDone });
        command.Parameters.Add(new() { Value = isFinished ? run.Clock.GetUtcNow().UtcDateTime : DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        await command.ExecuteNonQueryAsync(cancellationToken);
        return 0;
    }

    private static async Task<ReconcileResult> ResultAsync(RunContext run, NpgsqlConnection connection, ReconcileRequest request, CancellationToken cancellationToken)
    {
        var lines = await ScalarAsync<long>(connection, "select lines_expected from reconciliation.runs where run_id = $1", cancellationToken, run.RunId);
        await using var command = new NpgsqlCommand(
            "select level, outcome, class, currency, item_count, expected_amount, actual_amount from pipeline.list_reconciliation_figures($1)", connection);
        command.Parameters.Add(new() { Value = run.RunId });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var figures = new List<ReconcileFigure>();
        while (await reader.ReadAsync(cancellationToken))
        {
            figures.Add(new(
                reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetInt64(4), reader.GetDecimal(5), reader.GetDecimal(6)));
        }

        return new(request.DryRun, lines, figures);
    }

    private static async Task KeepFiguresAsync(RunContext run, NpgsqlConnection connection, ReconcileResult result, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select pipeline.keep_dry_figures($1, $2, $3, $4, $5, $6, $7, $8, $9)", connection);
        var figures = result.Figures;
        object[] values =
        [
            run.RunId,
            result.Lines,
            figures.Select(figure => figure.Level).ToArray(),
            figures.Select(figure => figure.Outcome).ToArray(),
            figures.Select(figure => figure.Class).ToArray(),
            figures.Select(figure => figure.Currency).ToArray(),
            figures.Select(figure => figure.ItemCount).ToArray(),
            figures.Select(figure => figure.ExpectedAmount).ToArray(),
            figures.Select(figure => figure.ActualAmount).ToArray(),
        ];
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<T> InTransactionAsync<T>(RunContext run, NpgsqlConnection connection, Func<Task<T>> work, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await run.AssertOwnedAsync(connection, cancellationToken);
        var result = await work();
        await transaction.CommitAsync(cancellationToken);
        return result;
    }

    private static async Task<T> ScalarAsync<T>(NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        return (T)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private sealed record Part(int Number, string Stage, string? Level, string Statement, bool Matches = false);

    private sealed record Progress(int StepsDone, int BucketsDone);
}
