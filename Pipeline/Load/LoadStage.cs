using Npgsql;
using NpgsqlTypes;
using Payments.Pipeline.Alerts;
using Payments.Pipeline.Import;
using Payments.Pipeline.Score;

namespace Payments.Pipeline.Load;

/// <summary>Loads a validated and scored batch (<c>30_load</c>, <c>40_aggregate</c>) and accounts for every record of it.</summary>
internal static class LoadStage
{
    private const string Cards = "card_number";

    /// <summary>Inserts the scored payments of a batch; <see cref="RunAsync"/> counts them.</summary>
    public static async Task<long> InsertAsync(Lane lane, ScoreColumns scores, CancellationToken cancellationToken)
    {
        await using var command = OfPayments(lane, "select pipeline.insert_payments", scores);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Loads what was accepted, quarantines what was refused, moves the import's account on, and raises alerts: all in the caller's transaction.</summary>
    public static async Task<BatchCounts> RunAsync(
        OpenBatch batch, long importId, ImportProfile profile, ImportHeader header, DateTime now, CancellationToken cancellationToken)
    {
        var (lane, refused) = (batch.Lane, batch.Validated.Refused);
        var (accepted, duplicates) = await LoadAsync(batch, profile, cancellationToken);
        if (profile.Labels is { } labels) await LoadLabelsAsync(lane, labels, cancellationToken);
        if (header.IndexOf(Cards) >= 0) await LoadCardsAsync(lane, cancellationToken);
        await Quarantine.WriteAsync(lane, importId, refused, header.HasSecrets, cancellationToken);

        await using var command = lane.Command(
            "select pipeline.advance_import($1, $2, $3, $4, $5, $6)",
            lane.Batch.Id, (long)lane.Batch.Count, lane.Batch.LastRecord, lane.Batch.BytesRead, accepted, duplicates);
        await command.ExecuteNonQueryAsync(cancellationToken);
        var raised = batch.Scores is { } scores ? await RaiseStage.RunAsync(lane, scores, now, cancellationToken) : new(0, 0);
        return new(lane.Batch.Count, accepted, duplicates, refused.Count) { BytesRead = lane.Batch.BytesRead, Raised = raised };
    }

    private static async Task LoadLabelsAsync(Lane lane, LabelSource labels, CancellationToken cancellationToken)
    {
        await using var command = lane.Command("select pipeline.load_labels($1, $2, $3, $4)", lane.Batch.Id, labels.Name);
        command.Parameters.Add(new() { Value = (object?)labels.KnownAfter ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Interval });
        command.Parameters.Add(new() { Value = labels.TellsGenuine });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task LoadCardsAsync(Lane lane, CancellationToken cancellationToken)
    {
        await using var command = lane.Command("select pipeline.load_cards($1)", lane.Batch.Id);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<(long Accepted, long Duplicates)> LoadAsync(
        OpenBatch batch, ImportProfile profile, CancellationToken cancellationToken)
    {
        await using var command = batch.Scores is { } scores
            ? OfPayments(batch.Lane, "select accepted, duplicates from pipeline.load_batch", scores.Columns)
            : batch.Lane.Command($"select accepted, duplicates from pipeline.upsert_{profile.Layout.Subject}($1)", batch.Lane.Batch.Id);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt64(0), reader.GetInt64(1));
    }

    private static NpgsqlCommand OfPayments(Lane lane, string function, ScoreColumns scores) => lane.Command(
        $"{function}($1, pipeline.score_payments($1, $2, $3, $4, $5, $6))",
        lane.Batch.Id, lane.Number, scores.Records, scores.Scores, scores.Flags, scores.Countries);
}
