using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Payments.Pipeline.Import;
using Payments.Pipeline.Runs;

namespace Payments.Pipeline.Retention;

/// <summary>What has had its time and went.</summary>
/// <param name="SpoolFiles">Received files whose imports have ended long ago.</param>
/// <param name="SpoolBytes">Their bytes.</param>
/// <param name="UnfinishedFiles">What archives that died have left.</param>
/// <param name="RunSteps">Steps of old runs.</param>
/// <param name="AssertionResults">Results of old assertions.</param>
/// <param name="RuleCounts">Rows of what rules did in old hours.</param>
public sealed record SweepResult(long SpoolFiles, long SpoolBytes, long UnfinishedFiles, long RunSteps, long AssertionResults, long RuleCounts);

/// <summary>Clears away received files and history that <see cref="RetentionOptions"/> no longer keeps; safe to repeat, and to die in.</summary>
public sealed class SweepStage
{
    private const string Unfinished = ".*.part";
    private static readonly TimeSpan LongestWrite = TimeSpan.FromDays(1);
    private readonly StorageOptions _storage;
    private readonly RetentionOptions _retention;
    private readonly ILogger<SweepStage> _logger;

    internal SweepStage(IOptions<StorageOptions> storage, IOptions<RetentionOptions> retention, ILogger<SweepStage> logger) =>
        (_storage, _retention, _logger) = (storage.Value, retention.Value, logger);

    /// <summary>Clears away.</summary>
    public Task<SweepResult> RunAsync(RunContext run, CancellationToken cancellationToken) =>
        run.StepAsync("sweep", step => SweepAsync(run, step, cancellationToken), cancellationToken);

    private async Task<SweepResult> SweepAsync(RunContext run, RunStep step, CancellationToken cancellationToken)
    {
        var now = run.Clock.GetUtcNow().UtcDateTime;
        var (files, bytes) = await SweepSpoolAsync(run.DataSource, now - TimeSpan.FromDays(_retention.SpoolDays), cancellationToken);
        var unfinished = SweepUnfinished(_storage.ArchivePath, now);
        var (steps, results, counts) = await SweepHistoryAsync(run, now - TimeSpan.FromDays(_retention.HistoryDays), cancellationToken);
        step.RowsOut = files + unfinished + steps + results + counts;
        if (step.RowsOut > 0)
        {
            _logger.LogInformation(
                "Run {RunId}: cleared away {Files} spooled files ({Bytes} bytes), {Unfinished} unfinished ones, {Steps} steps, {Results} assertion results and {Counts} counts of rules",
                run.RunId, files, bytes, unfinished, steps, results, counts);
        }

        return new(files, bytes, unfinished, steps, results, counts);
    }

    private async Task<(long Files, long Bytes)> SweepSpoolAsync(NpgsqlDataSource dataSource, DateTime before, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(_storage.SpoolPath)) return (0, 0);
        long files = 0, bytes = 0;
        foreach (var chunk in new DirectoryInfo(_storage.SpoolPath).EnumerateFiles().Where(file => !file.Name.StartsWith('.') && file.LastWriteTimeUtc < before).Chunk(1000))
        {
            foreach (var name in await ListExpendableAsync(dataSource, [.. chunk.Select(file => file.Name)], before, cancellationToken))
            {
                var file = chunk.Single(candidate => candidate.Name == name);
                if (!TryRemove(file, before)) continue;
                files++;
                bytes += file.Length;
            }
        }

        return (files, bytes);
    }

    // The same content may arrive again at this moment, over the old file. What was put aside is looked at once more: a fresh one goes back.
    private static bool TryRemove(FileInfo file, DateTime before)
    {
        var aside = Path.Combine(file.DirectoryName!, $".{Guid.NewGuid():N}.part");
        File.Move(file.FullName, aside);
        if (File.GetLastWriteTimeUtc(aside) < before)
        {
            File.Delete(aside);
            return true;
        }

        File.Move(aside, file.FullName, overwrite: true);
        return false;
    }

    private static async Task<List<string>> ListExpendableAsync(NpgsqlDataSource dataSource, string[] names, DateTime before, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("select content_sha256 from pipeline.list_expendable_files($1, $2)");
        command.Parameters.Add(new() { Value = names });
        command.Parameters.Add(new() { Value = before });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var expendable = new List<string>();
        while (await reader.ReadAsync(cancellationToken)) expendable.Add(reader.GetString(0));
        return expendable;
    }

    private static long SweepUnfinished(string folder, DateTime now)
    {
        if (!Directory.Exists(folder)) return 0;
        var abandoned = new DirectoryInfo(folder).EnumerateFiles(Unfinished).Where(file => file.LastWriteTimeUtc < now - LongestWrite).ToList();
        abandoned.ForEach(file => file.Delete());
        return abandoned.Count;
    }

    private static async Task<(long Steps, long Results, long Counts)> SweepHistoryAsync(RunContext run, DateTime before, CancellationToken cancellationToken)
    {
        await using var connection = await run.DataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await run.AssertOwnedAsync(connection, cancellationToken);
        await using var command = new NpgsqlCommand("select run_steps, assertion_results, rule_counts from pipeline.sweep_history($1)", connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = before });
        (long, long, long) swept;
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            await reader.ReadAsync(cancellationToken);
            swept = (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
        }

        await transaction.CommitAsync(cancellationToken);
        return swept;
    }
}
