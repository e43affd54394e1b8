using System.Globalization;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;
using Payments.Pipeline.Rescore;
using Payments.Pipeline.Runs;
using Payments.Risk.Evaluation;
using Payments.Risk.Features;

namespace Payments.Pipeline.Quality;

/// <summary>What measuring drift has found.</summary>
/// <param name="From">First UTC day measured; null: there is no reference yet, or no payment behind it.</param>
/// <param name="To">Last UTC day measured, included.</param>
/// <param name="Payments">Payments of these days.</param>
/// <param name="Moderate">Features, or the score, that have shifted somewhat.</param>
/// <param name="Shifted">Features, or the score, that have shifted so far that it is to be acted on.</param>
public sealed record DriftResult(DateOnly? From, DateOnly? To, long Payments, IReadOnlyList<string> Moderate, IReadOnlyList<string> Shifted)
{
    /// <summary>There was nothing to measure.</summary>
    public static DriftResult None { get; } = new(null, null, 0, [], []);
}

/// <summary>
/// Holds each feature and the score of the newest days against a reference window, by the population stability index
/// (<see cref="ReferenceDistribution.StabilityIndex(ReadOnlySpan{double})"/>). The window's bins are taken once and stored.
/// </summary>
public sealed class DriftStage
{
    private const string Score = "score";
    private static readonly string[] Subjects = [.. FeatureCatalogue.All.Select(feature => feature.Name), Score];
    private readonly QualityOptions _options;

    internal DriftStage(IOptions<QualityOptions> options) => _options = options.Value;

    /// <summary>Measures the newest complete days.</summary>
    public Task<DriftResult> RunAsync(RunContext run, CancellationToken cancellationToken) =>
        run.StepAsync("drift", step => MeasureAsync(run, step, cancellationToken), cancellationToken);

    private async Task<DriftResult> MeasureAsync(RunContext run, RunStep step, CancellationToken cancellationToken)
    {
        var today = DateOnly.FromDateTime(run.Clock.GetUtcNow().UtcDateTime);
        if (await WindowAsync(run, today, cancellationToken) is not { } window) return DriftResult.None;
        if (await NewestDayAsync(run, today, cancellationToken) is not { } to || to <= window.To) return DriftResult.None;

        var referenceId = await FindReferenceAsync(run, window, cancellationToken) ?? await TakeReferenceAsync(run, step, window, cancellationToken);
        if (referenceId is not { } id) return DriftResult.None;
        var counts = await BinsAsync(run, id, cancellationToken);
        var from = to.AddDays(1 - _options.DriftDays);
        var payments = 0L;
        await foreach (var page in ReadAsync(run, from, to, cancellationToken))
        {
            foreach (var payment in page)
            {
                payments++;
                for (var subject = 0; subject < counts.Length; subject++) counts[subject]?.Add(ValueOf(payment, subject));
            }
        }

        step.RowsIn += payments;
        if (payments == 0) return DriftResult.None;
        var found = Subjects.Zip(counts).Where(pair => pair.Second is not null)
            .Select(pair => new Found(pair.First, pair.Second!.StabilityIndex!.Value, pair.Second.Shares)).ToList();
        await KeepAsync(run, id, from, to, payments, found, cancellationToken);
        step.RowsOut = found.Count;
        foreach (var drift in found) RiskMeters.Drifted(drift.Subject, drift.Index);
        return new(from, to, payments, [.. OfStability(found, Stability.Moderate)], [.. OfStability(found, Stability.Shifted)]);
    }

    private static IEnumerable<string> OfStability(IEnumerable<Found> found, Stability stability) =>
        found.Where(drift => drift.Stability == stability).Select(drift => drift.Subject);

    private static double ValueOf(HistoricalPayment payment, int subject) =>
        subject < FeatureCatalogue.Count ? payment.Subject.Features.Span[subject] : (double)payment.Stored.RiskScore;

    private static IAsyncEnumerable<IReadOnlyList<HistoricalPayment>> ReadAsync(RunContext run, DateOnly from, DateOnly to, CancellationToken cancellationToken) =>
        new HistoricalFeatures(run.DataSource).ReadAsync(
            from.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc), to.AddDays(1).ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc), cancellationToken);

    private async Task<ReferenceWindow?> WindowAsync(RunContext run, DateOnly today, CancellationToken cancellationToken)
    {
        await using var command = run.DataSource.CreateCommand("select source, from_day, to_day, models_version from pipeline.find_reference_window($1, $2)");
        command.Parameters.Add(new() { Value = _options.ReferenceDays });
        command.Parameters.Add(new() { Value = today });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new(reader.GetString(0), reader.GetFieldValue<DateOnly>(1), reader.GetFieldValue<DateOnly>(2), reader.GetInt64(3))
            : null;
    }

    private static async Task<DateOnly?> NewestDayAsync(RunContext run, DateOnly today, CancellationToken cancellationToken)
    {
        await using var command = run.DataSource.CreateCommand("select pipeline.find_newest_day($1)");
        command.Parameters.Add(new() { Value = today });
        return await command.ExecuteScalarAsync(cancellationToken) is DateOnly day ? day : null;
    }

    /// <summary>The stored reference of these days, if it has the features of now.</summary>
    private static async Task<long?> FindReferenceAsync(RunContext run, ReferenceWindow window, CancellationToken cancellationToken)
    {
        long id;
        await using (var command = run.DataSource.CreateCommand("select reference_id, source, from_day, to_day, models_version from pipeline.find_reference()"))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            if (!await reader.ReadAsync(cancellationToken)) return null;
            id = reader.GetInt64(0);
            if (!window.IsSameAs(new(reader.GetString(1), reader.GetFieldValue<DateOnly>(2), reader.GetFieldValue<DateOnly>(3), reader.GetInt64(4)))) return null;
        }

        return (await BinsAsync(run, id, cancellationToken)).All(bins => bins is not null) ? id : null;
    }

    /// <summary>Passes over the reference window and keeps its bins.</summary>
    private async Task<long?> TakeReferenceAsync(RunContext run, RunStep step, ReferenceWindow window, CancellationToken cancellationToken)
    {
        var sample = new EvenSample(Subjects.Length, _options.ReferencePayments);
        var row = new double[Subjects.Length];
        await foreach (var page in ReadAsync(run, window.From, window.To, cancellationToken))
        {
            foreach (var payment in page)
            {
                for (var subject = 0; subject < row.Length; subject++) row[subject] = ValueOf(payment, subject);
                sample.Add(row);
            }
        }

        step.RowsIn += sample.Seen;
        if (sample.Count == 0) return null;
        var bins = Subjects.Select((subject, place) => Bins(subject, ReferenceDistribution.Of(sample.Column(place)))).ToList();
        await using var connection = await run.DataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await run.AssertOwnedAsync(connection, cancellationToken);
        await using var command = new NpgsqlCommand("select pipeline.add_reference($1, $2, $3, $4, $5, $6, $7)", connection);
        foreach (var value in (object[])[window.Source, window.From, window.To, window.ModelsVersion, sample.Seen, (long)sample.Count]) command.Parameters.Add(new() { Value = value });
        command.Parameters.Add(new() { Value = RunJson.Write(bins), NpgsqlDbType = NpgsqlDbType.Jsonb });
        var id = (long)(await command.ExecuteScalarAsync(cancellationToken))!;
        await transaction.CommitAsync(cancellationToken);
        return id;
    }

    private static object Bins(string subject, ReferenceDistribution reference) =>
        new { Subject = subject, Edges = reference.Edges.Select(Text), Shares = reference.Shares.Select(Text) };

    /// <summary>Counts for each subject; null where the reference does not know it.</summary>
    private static async Task<BinCounts?[]> BinsAsync(RunContext run, long referenceId, CancellationToken cancellationToken)
    {
        await using var command = run.DataSource.CreateCommand("select subject, edges, shares from pipeline.list_reference_bins($1)");
        command.Parameters.Add(new() { Value = referenceId });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var bins = new BinCounts?[Subjects.Length];
        while (await reader.ReadAsync(cancellationToken))
        {
            var place = Array.IndexOf(Subjects, reader.GetString(0));
            if (place >= 0) bins[place] = new(new([.. reader.GetFieldValue<string[]>(1).Select(Number)], [.. reader.GetFieldValue<string[]>(2).Select(Number)]));
        }

        return bins;
    }

    private static async Task KeepAsync(
        RunContext run, long referenceId, DateOnly from, DateOnly to, long payments, List<Found> found, CancellationToken cancellationToken)
    {
        await using var connection = await run.DataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await run.AssertOwnedAsync(connection, cancellationToken);
        await using var command = new NpgsqlCommand("select pipeline.keep_drift($1, $2, $3, $4, $5, $6, $7)", connection);
        foreach (var value in (object[])[from, to, referenceId, run.RunId, run.Clock.GetUtcNow().UtcDateTime, payments]) command.Parameters.Add(new() { Value = value });
        command.Parameters.Add(new()
        {
            Value = RunJson.Write(found.Select(drift => new
            {
                drift.Subject,
                StabilityIndex = drift.Index,
                Stability = drift.Stability.ToString().ToLowerInvariant(),
                Shares = drift.Shares.Select(Text),
            })),
            NpgsqlDbType = NpgsqlDbType.Jsonb,
        });
        await command.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    // Every digit: an edge is a value that many payments have.
    private static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private sealed record Found(string Subject, double Index, IReadOnlyList<double> Shares)
    {
        public Stability Stability => StabilityIndexes.Read(Index);
    }
}
