using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;
using Payments.Pipeline.Runs;
using Payments.Risk.Engine;
using Payments.Risk.Evaluation;

namespace Payments.Pipeline.Quality;

/// <summary>What judging weeks has found.</summary>
/// <param name="Weeks">Weeks looked at: new ones, and those that have changed.</param>
/// <param name="WithFigures">Those whose labels are known and due.</param>
public sealed record QualityResult(long Weeks, long WithFigures);

/// <summary>
/// Judges the decisions of each ISO week once its labels are known: precision, recall, false-positive rate, and the scores' average precision. A week without any label, or
/// whose labels are not due yet, is kept without figures. When they are due, a payment that nobody has called a fraud counts as genuine.
/// </summary>
public sealed class QualityStage
{
    private readonly QualityOptions _options;

    internal QualityStage(IOptions<QualityOptions> options) => _options = options.Value;

    /// <summary>Judges the weeks that are new or have changed, each in a transaction of its own.</summary>
    public Task<QualityResult> RunAsync(RunContext run, CancellationToken cancellationToken) =>
        run.StepAsync("quality", step => JudgeAsync(run, step, cancellationToken), cancellationToken);

    private async Task<QualityResult> JudgeAsync(RunContext run, RunStep step, CancellationToken cancellationToken)
    {
        var now = run.Clock.GetUtcNow().UtcDateTime;
        await using var connection = await run.DataSource.OpenConnectionAsync(cancellationToken);
        var weeks = await WeeksAsync(connection, now, cancellationToken);
        var withFigures = 0;
        DecisionQuality? newest = null;
        foreach (var (week, isMature) in weeks)
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await run.AssertOwnedAsync(connection, cancellationToken);
            var (payments, labelled) = await PaymentsAsync(connection, week, now, cancellationToken);
            var quality = isMature && labelled > 0 ? DecisionQuality.Of(payments) : null;
            await KeepAsync(connection, run, week, payments.Count, labelled, isMature, quality, now, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            step.RowsIn += payments.Count;
            step.RowsOut++;
            if (quality is null) continue;
            withFigures++;
            newest = quality;
        }

        if (newest is not null) RiskMeters.Judged(newest);
        return new(weeks.Count, withFigures);
    }

    private async Task<List<(DateOnly Start, bool IsMature)>> WeeksAsync(NpgsqlConnection connection, DateTime now, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select week_start, is_mature from pipeline.list_weeks_to_judge($1, $2) order by week_start", connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = now });
        command.Parameters.Add(new() { Value = _options.LabelDelay });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var weeks = new List<(DateOnly Start, bool IsMature)>();
        while (await reader.ReadAsync(cancellationToken)) weeks.Add((reader.GetFieldValue<DateOnly>(0), reader.GetBoolean(1)));
        return weeks;
    }

    private static async Task<(List<JudgedPayment> Payments, long Labelled)> PaymentsAsync(
        NpgsqlConnection connection, DateOnly week, DateTime now, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select score, decision, is_fraud from pipeline.list_judged_payments($1, $2, $3)", connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = week.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc) });
        command.Parameters.Add(new() { Value = week.AddDays(7).ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc) });
        command.Parameters.Add(new() { Value = now });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var payments = new List<JudgedPayment>();
        var labelled = 0L;
        while (await reader.ReadAsync(cancellationToken))
        {
            var isLabelled = !reader.IsDBNull(2);
            if (isLabelled) labelled++;
            payments.Add(new((double)reader.GetDecimal(0), DecisionNames.Parse(reader.GetString(1)), isLabelled && reader.GetBoolean(2)));
        }

        return (payments, labelled);
    }

    private static async Task KeepAsync(
        NpgsqlConnection connection, RunContext run, DateOnly week, long payments, long labelled, bool isMature, DecisionQuality? quality, DateTime now, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select pipeline.keep_quality($1, $2, $3, $4, $5, $6, $7)", connection);
        foreach (var value in (object[])[week, payments, labelled, isMature]) command.Parameters.Add(new() { Value = value });
        command.Parameters.Add(new() { Value = quality is null ? DBNull.Value : RunJson.Write(Figures(quality)), NpgsqlDbType = NpgsqlDbType.Jsonb });
        foreach (var value in (object[])[run.RunId, now]) command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static object Figures(DecisionQuality quality) => new
    {
        Frauds = quality.Review.TruePositives + quality.Review.FalseNegatives,
        ReviewTruePositives = quality.Review.TruePositives,
        ReviewFalsePositives = quality.Review.FalsePositives,
        ReviewPrecision = quality.Review.Precision,
        ReviewRecall = quality.Review.Recall,
        ReviewFalsePositiveRate = quality.Review.FalsePositiveRate,
        BlockTruePositives = quality.Block.TruePositives,
        BlockFalsePositives = quality.Block.FalsePositives,
        BlockPrecision = quality.Block.Precision,
        BlockRecall = quality.Block.Recall,
        BlockFalsePositiveRate = quality.Block.FalsePositiveRate,
        quality.AveragePrecision,
        AucRoc = quality.AucRoc,
    };
}
