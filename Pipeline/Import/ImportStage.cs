using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;
using Payments.Pipeline.Load;
using Payments.Pipeline.Runs;
using Payments.Pipeline.Score;
using Payments.Pipeline.Validate;

namespace Payments.Pipeline.Import;

/// <summary>Brings a spooled file into the store, batch by batch; a run that is taken over goes on behind the last whole batch.</summary>
public sealed class ImportStage
{
    private readonly Spool _spool;
    private readonly ImportOptions _options;
    private readonly CardHash? _cards;
    private readonly BatchScorer _scorer;
    private readonly ILogger<ImportStage> _logger;

    internal ImportStage(Spool spool, IOptions<ImportOptions> options, IOptions<CardOptions> cards, BatchScorer scorer, ILogger<ImportStage> logger)
    {
        _spool = spool;
        _cards = string.IsNullOrEmpty(cards.Value.HashKey) ? null : new(cards.Value.HashKey);
        _options = options.Value;
        _scorer = scorer;
        _logger = logger;
    }

    /// <summary>Runs the import to its end: steps import, validate, score (payments only) and load, in turns for each batch.</summary>
    /// <returns>Its account; a file that is rejected as a whole is an account too, not an exception.</returns>
    /// <exception cref="ArgumentException">The run has no such import.</exception>
    /// <exception cref="IOException">The spool does not have the file.</exception>
    /// <exception cref="InvalidDataException">The spool's file is not what was received.</exception>
    public async Task<ImportAccount> RunAsync(RunContext run, long importId, CancellationToken cancellationToken)
    {
        var work = await ImportWork.StartAsync(run, importId, cancellationToken);
        if (!work.IsDone)
        {
            var steps = await ImportSteps.BeginAsync(run, cancellationToken);
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

        // Also by a run that was taken over: a crash between the last word and here must not leave the file.
        await _spool.RemoveCardsAsync(run.DataSource, importId, cancellationToken);
        return await AccountAsync(run.DataSource, importId, cancellationToken);
    }

    private async Task ImportAsync(RunContext run, long importId, ImportWork work, ImportSteps steps, CancellationToken cancellationToken)
    {
        var context = new RecordContext(
            await Currencies.LoadAsync(run.DataSource, cancellationToken), _cards, PostgresInstant.FromTicks(run.Clock.GetUtcNow().Ticks));
        ImportFile file;
        IReadOnlyList<string> remarks;
        try
        {
            (file, remarks) = await steps.TurnAsync(steps.Import, () => OpenProvenAsync(work, context, cancellationToken));
        }
        catch (FileRejectedException rejected)
        {
            _logger.LogWarning("Import {ImportId} is rejected as a file: {Reason}", importId, rejected.Code);
            await FinishAsync(run, importId, [], rejected, rejected.Code == ReasonCode.FileCardKey, cancellationToken);
            return;
        }

        await using var opened = file;
        await RecognizeAsync(run, importId, file.Profile, cancellationToken);
        await steps.AddLoadingAsync(file.Profile.Layout == StagingLayout.Payments, cancellationToken);
        var replayed = work.IsReplay ? await ReplayedRecords.LoadAsync(run.DataSource, importId, cancellationToken) : null;
        var batches = new BatchReader(run, importId, file, replayed, new RecordStager(file.Profile, file.Header, _options, context), _options);
        var hasRecords = await steps.TurnAsync(steps.Import, () => batches.GoBehindAsync(work.NextRecord, cancellationToken));
        var progress = new ImportProgress(importId, work, file.Profile.Name, run.Clock, _logger);
        if (hasRecords)
        {
            var loop = new BatchLoop(run, importId, file.Profile, file.Header, batches, steps, new(_scorer, file.Profile.Labels?.KnownAfter));
            await loop.RunAsync(progress.Report, cancellationToken);
        }

        var isEmpty = !hasRecords && work.NextRecord == 0;
        string[] warnings = [.. file.Header.Warnings, .. file.Records.Warnings, .. remarks, .. isEmpty ? [ReasonCode.FileNoRecords] : Array.Empty<string>()];
        await FinishAsync(run, importId, warnings, null, file.HasSecrets, cancellationToken);
        progress.End();
    }

    // A replay reads records of a file that held when it was imported.
    private async Task<(ImportFile File, IReadOnlyList<string> Remarks)> OpenProvenAsync(ImportWork work, RecordContext context, CancellationToken cancellationToken)
    {
        var file = await OpenAsync(work, cancellationToken);
        if (work.IsReplay || !FileProof.IsNeeded(file.Profile)) return (file, []);
        IReadOnlyList<string> remarks;
        await using (file) remarks = await FileProof.RunAsync(file, _options, context, cancellationToken);
        return (await OpenFileAsync(work, cancellationToken), remarks);
    }

    private async Task<ImportFile> OpenAsync(ImportWork work, CancellationToken cancellationToken)
    {
        if (work is { NextRecord: 0, Compression: not Compression.None })
        {
            await CompressionProof.RunAsync(() => Open(work), work.Compression, _options, cancellationToken);
        }

        if (_cards is null)
        {
            var first = await OpenFileAsync(work, cancellationToken);
            if (!first.MayHaveSecrets) return first;
            await using var looked = first;
            if (await first.HasAnySecretsAsync(cancellationToken)) throw new FileRejectedException(ReasonCode.FileCardKey, "The file has card numbers, and Cards:HashKey is not set.");
        }

        return await OpenFileAsync(work, cancellationToken);
    }

    private Task<ImportFile> OpenFileAsync(ImportWork work, CancellationToken cancellationToken) =>
        ImportFile.OpenAsync(() => SpooledContent.Open(Open(work), work.Compression), work.Profile, cancellationToken);

    private static async Task RecognizeAsync(RunContext run, long importId, ImportProfile profile, CancellationToken cancellationToken)
    {
        await using var command = run.DataSource.CreateCommand("select pipeline.recognize_import($1, $2, $3, $4, $5)");
        command.Parameters.Add(new() { Value = run.RunId });
        command.Parameters.Add(new() { Value = run.Attempt });
        command.Parameters.Add(new() { Value = importId });
        command.Parameters.Add(new() { Value = profile.Name });
        command.Parameters.Add(new() { Value = profile.Version });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    // Its name says what it holds; that it is whole shows at a glance.
    private FileStream Open(ImportWork work)
    {
        var file = _spool.OpenRead(work.Sha256);
        if (file.Length == work.SizeBytes) return file;
        using (file) throw new InvalidDataException($"The spool's file {work.Sha256} has {file.Length} bytes; {work.SizeBytes} were received.");
    }

    private static async Task FinishAsync(
        RunContext run, long importId, string[] warnings, FileRejectedException? rejected, bool hasCards, CancellationToken cancellationToken)
    {
        await using var command = run.DataSource.CreateCommand("select pipeline.finish_import($1, $2, $3, $4, $5, $6, $7)");
        command.Parameters.Add(new() { Value = run.RunId });
        command.Parameters.Add(new() { Value = run.Attempt });
        command.Parameters.Add(new() { Value = importId });
        command.Parameters.Add(new() { Value = warnings });
        command.Parameters.Add(new() { Value = (object?)rejected?.Code ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = (object?)rejected?.Message ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = hasCards });
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
