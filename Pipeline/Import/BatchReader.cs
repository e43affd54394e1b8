using Payments.Pipeline.Load;
using Payments.Pipeline.Runs;
using Payments.Pipeline.Validate;

namespace Payments.Pipeline.Import;

/// <summary>Cuts a file, or the records of it that a replay reads again, into batches and stages them, one after the other.</summary>
internal sealed class BatchReader(
    RunContext run,
    long importId,
    ImportFile file,
    ReplayedRecords? replayed,
    RecordStager stager,
    ImportOptions options)
{
    private const int FlushBytes = 256 * 1024;
    private readonly RecordReader _records = replayed is null ? file.Records : new CorrectedRecords(file.Records, file.Header, replayed);
    private bool _hasRecord;
    private long _behind;

    /// <summary>Whether records are left to be staged.</summary>
    public bool HasMore => _hasRecord;

    /// <summary>Passes over records that are accounted for already, and stands on the first that is not.</summary>
    /// <returns>False when there is none.</returns>
    public async Task<bool> GoBehindAsync(long accountedFor, CancellationToken cancellationToken)
    {
        _behind = accountedFor;
        do
        {
            _hasRecord = await NextAsync(cancellationToken);
        }
        while (_hasRecord && _records.Number <= accountedFor);
        return _hasRecord;
    }

    /// <summary>Stages the next batch in the lane.</summary>
    /// <returns>False when the file is at its end.</returns>
    public async Task<bool> StageAsync(Lane lane, CancellationToken cancellationToken)
    {
        if (!_hasRecord) return false;
        lane.Batch.Begin(await BeginBatchAsync(lane, cancellationToken));
        stager.BeginBatch();
        // A crashed run may have left something.
        await EmptyAsync(lane, cancellationToken);

        var sql = $"copy {TableOf(lane)} ({stager.ColumnList}) from stdin (format binary)";
        await using (var copy = await CopyStream.BeginAsync(lane, sql, cancellationToken))
        {
            do
            {
                stager.Append(_records, _records.Number, lane.Rows, lane.Batch.Id, lane.Number);
                if (stager.IsOfPayments && stager.Payment.IsWellFormed) lane.Batch.Payments.Add(stager.Payment);
                lane.Batch.Keep(_records.Number, _records.Raw, _records.Faults.HasFlag(RowFaults.Oversized));
                await copy.FlushOverAsync(FlushBytes, cancellationToken);
                _hasRecord = await NextAsync(cancellationToken);
            }
            while (_hasRecord && lane.Batch.Count < options.BatchRecords && lane.Batch.Bytes < options.BatchBytes);
            await copy.CompleteAsync(cancellationToken);
        }

        _behind = lane.Batch.LastRecord;
        lane.Batch.BytesRead = file.BytesRead;
        await EnsurePartitionsAsync(lane, cancellationToken);
        return true;
    }

    private ValueTask<bool> NextAsync(CancellationToken cancellationToken) =>
        replayed is null ? _records.ReadAsync(cancellationToken) : NextReplayedAsync(replayed, cancellationToken);

    private async ValueTask<bool> NextReplayedAsync(ReplayedRecords wanted, CancellationToken cancellationToken)
    {
        while (!wanted.IsBehindAll(_records.Number) && await _records.ReadAsync(cancellationToken))
        {
            if (wanted.Contains(_records.Number)) return true;
        }

        return false;
    }

    // Batches follow each other without a gap, also where records between them are passed over.
    private async Task<long> BeginBatchAsync(Lane lane, CancellationToken cancellationToken)
    {
        await using var command = lane.Command("select pipeline.begin_batch($1, $2, $3)", run.RunId, importId, _behind + 1);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Clears the lane: payments have one to themselves, the small tables are shared.</summary>
    public async Task EmptyAsync(Lane lane, CancellationToken cancellationToken)
    {
        await using var command = stager.IsOfPayments
            ? lane.Command($"truncate {TableOf(lane)}, staging.payment_verdicts_lane_{lane.Number}")
            : lane.Command("select pipeline.empty_staging($1, $2)", file.Profile.Layout.Subject, importId);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private string TableOf(Lane lane) =>
        stager.IsOfPayments ? $"staging.payments_lane_{lane.Number}" : $"staging.{file.Profile.Layout.Subject}";

    private async Task EnsurePartitionsAsync(Lane lane, CancellationToken cancellationToken)
    {
        if (stager.Months.Starts is not { Length: > 0 } months) return;
        await using var command = lane.Command(
            "select pipeline.ensure_payment_partitions(month, month) from unnest($1) as month order by month", months);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
