using NpgsqlTypes;
using Payments.Pipeline.Alerts;
using Payments.Pipeline.Import;
using Payments.Pipeline.Validate;

namespace Payments.Pipeline.Load;

/// <summary>Loads a validated and scored batch (<c>30_load</c>, <c>40_aggregate</c>) and accounts for every record of it.</summary>
internal static class LoadStage
{
    private const string Cards = "card_number";

    /// <summary>Loads what was accepted, quarantines what was refused, moves the import's account on, and raises alerts: all in the caller's transaction.</summary>
    public static async Task<BatchCounts> RunAsync(
        Lane lane, long importId, ImportProfile profile, ImportHeader header, IReadOnlyList<RefusedRecord> refused, DateTime now, CancellationToken cancellationToken)
    {
        var (accepted, duplicates) = await LoadAsync(lane, profile, cancellationToken);
        if (profile.Labels is { } labels) await LoadLabelsAsync(lane, labels, cancellationToken);
        if (header.IndexOf(Cards) >= 0) await LoadCardsAsync(lane, cancellationToken);
        await Quarantine.WriteAsync(lane, importId, refused, header.HasSecrets, cancellationToken);

        await using var command = lane.Command(
            "select pipeline.advance_import($1, $2, $3, $4, $5, $6)",
            lane.Batch.Id, (long)lane.Batch.Count, lane.Batch.LastRecord, lane.Batch.BytesRead, accepted, duplicates);
        await command.ExecuteNonQueryAsync(cancellationToken);
        var raised = profile.Layout == StagingLayout.Payments ? await RaiseStage.RunAsync(lane, withApproved: false, now, cancellationToken) : new(0, 0);
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

    private static async Task<(long Accepted, long Duplicates)> LoadAsync(Lane lane, ImportProfile profile, CancellationToken cancellationToken)
    {
        var function = profile.Layout == StagingLayout.Payments ? "load_batch" : $"upsert_{profile.Layout.Subject}";
        await using var command = lane.Command($"select accepted, duplicates from pipeline.{function}($1)", lane.Batch.Id);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt64(0), reader.GetInt64(1));
    }
}
