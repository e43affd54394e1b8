using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;
using Payments.Pipeline.Import.Csv;
using Payments.Pipeline.Load;
using Payments.Pipeline.Runs;
using Payments.Pipeline.Validate;

namespace Payments.Pipeline.Import;

/// <summary>Brings a spooled file into the store, batch by batch; a run that is taken over goes on behind the last whole batch.</summary>
public sealed class ImportStage
{
    private static readonly Counter<long> Records =
        PipelineTelemetry.Meter.CreateCounter<long>("payments.import.records", "{record}", "Records accounted for, by profile and outcome.");

    private readonly Spool _spool;
    private readonly ImportOptions _options;
    private readonly ILogger<ImportStage> _logger;

    internal ImportStage(Spool spool, IOptions<ImportOptions> options, ILogger<ImportStage> logger)
    {
        _spool = spool;
        _options = options.Value;
        _logger = logger;
    }

    /// <summary>Runs the import to its end: steps import, validate, score (payments only) and load, in turns for each batch.</summary>
    /// <returns>Its account; a file that is rejected as a whole is an account too, not an exception.</returns>
    /// <exception cref="ArgumentException">The run has no such import.</exception>
    public async Task<ImportAccount> RunAsync(RunContext run, long importId, CancellationToken cancellationToken)
    {
        var work = await ImportWork.StartAsync(run, importId, cancellationToken);
        if (!work.IsDone)
        {
            var steps = await ImportSteps.BeginAsync(run, work.Profile.Layout == StagingLayout.Payments, cancellationToken);
            try
            {
                await ImportAsync(run, importId, work, steps, cancellationToken);
                await steps.SucceedAsync(cancellationToken);
            }
            catch (Exception error)
            {
                await steps.FailAsync(error);
                throw;
            }
        }

        return await AccountAsync(run.DataSource, importId, cancellationToken);
    }

    private async Task ImportAsync(RunContext run, long importId, ImportWork work, ImportSteps steps, CancellationToken cancellationToken)
    {
        await using var file = _spool.OpenRead(work.Sha256);
        await using var content = SpooledContent.Open(file, work.IsGzip);
        var records = new CsvRecordReader(content);
        ImportHeader header;
        try
        {
            header = await steps.TurnAsync(steps.Import, () => ReadHeaderAsync(records, work, cancellationToken));
        }
        catch (FileRejectedException rejected)
        {
            _logger.LogWarning("Import {ImportId} is rejected as a file: {Reason}", importId, rejected.Code);
            await FinishAsync(run, importId, [], rejected, cancellationToken);
            return;
        }

        var context = new RecordContext(
            await Currencies.LoadAsync(run.DataSource, cancellationToken), PostgresInstant.FromTicks(run.Clock.GetUtcNow().Ticks));
        var replayed = work.IsReplay ? await ReplayedRecords.LoadAsync(run.DataSource, importId, cancellationToken) : null;
        var stager = new RecordStager(work.Profile, header, context);
        var batches = new BatchReader(run, importId, work.Profile, records, replayed, file, stager, _options);
        var hasRecords = await steps.TurnAsync(steps.Import, () => batches.GoBehindAsync(work.NextRecord, cancellationToken));
        if (hasRecords)
        {
            var loop = new BatchLoop(run, importId, work.Profile, header, batches, steps);
            await loop.RunAsync(counts => Report(importId, work.Profile.Name, counts), cancellationToken);
        }

        string[] warnings = hasRecords || work.NextRecord > 0 ? [.. header.Warnings] : [.. header.Warnings, ReasonCode.FileNoRecords];
        await FinishAsync(run, importId, warnings, null, cancellationToken);
    }

    private async Task<ImportHeader> ReadHeaderAsync(CsvRecordReader records, ImportWork work, CancellationToken cancellationToken)
    {
        if (work is { IsGzip: true, NextRecord: 0 })
        {
            await using var file = _spool.OpenRead(work.Sha256);
            await SpooledContent.ProveAsync(file, _options, cancellationToken);
        }

        return await ImportHeader.ReadAsync(records, work.Profile, cancellationToken);
    }

    private void Report(long importId, string profile, BatchCounts counts)
    {
        Records.Add(counts.Accepted, new("profile", profile), new("outcome", "accepted"));
        Records.Add(counts.Duplicates, new("profile", profile), new("outcome", "duplicate"));
        Records.Add(counts.Rejected, new("profile", profile), new("outcome", "rejected"));
        _logger.LogInformation(
            "Import {ImportId}: {Records} records, {Accepted} accepted, {Duplicates} duplicates, {Rejected} rejected, {Elapsed:F1} s in this batch",
            importId, counts.Records, counts.Accepted, counts.Duplicates, counts.Rejected, counts.Elapsed.TotalSeconds);
    }

    private static async Task FinishAsync(
        RunContext run, long importId, string[] warnings, FileRejectedException? rejected, CancellationToken cancellationToken)
    {
        await using var command = run.DataSource.CreateCommand("select pipeline.finish_import($1, $2, $3, $4, $5, $6)");
        command.Parameters.Add(new() { Value = run.RunId });
        command.Parameters.Add(new() { Value = run.Attempt });
        command.Parameters.Add(new() { Value = importId });
        command.Parameters.Add(new() { Value = warnings });
        command.Parameters.Add(new() { Value = (object?)rejected?.Code ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = (object?)rejected?.Message ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<ImportAccount> AccountAsync(NpgsqlDataSource dataSource, long importId, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("select * from pipeline.import_account($1)");
        command.Parameters.Add(new() { Value = importId });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new(
            reader.GetString(0),
            reader.GetInt64(1),
            reader.GetInt64(2),
            reader.GetInt64(3),
            reader.GetInt64(4),
            await reader.IsDBNullAsync(5, cancellationToken) ? null : reader.GetString(5));
    }
}
