using Payments.Pipeline.Runs;

namespace Payments.Pipeline.Import;

/// <summary>What an import's row says is to be done.</summary>
/// <param name="Profile">The name of the profile, or family of profiles, that was asked for or found; null: the content tells.</param>
/// <param name="Sha256">The file's name in the spool.</param>
/// <param name="Compression">What the file is declared to be.</param>
/// <param name="IsDone">Completed or rejected before: a run that was taken over after its last word.</param>
/// <param name="NextRecord">Records that are accounted for.</param>
/// <param name="IsReplay">Only <see cref="ReplayedRecords"/> of the file are read.</param>
/// <param name="FileName">What the sender calls the file.</param>
/// <param name="SizeBytes">The size of the file as it was sent.</param>
/// <param name="BytesRead">How much of it is accounted for.</param>
internal sealed record ImportWork(
    string? Profile, string Sha256, Compression Compression, bool IsDone, long NextRecord, bool IsReplay, string? FileName, long SizeBytes, long BytesRead)
{
    /// <summary>Marks the import as running and reads its row.</summary>
    /// <exception cref="ArgumentException">The run has no such import.</exception>
    public static async Task<ImportWork> StartAsync(RunContext run, long importId, CancellationToken cancellationToken)
    {
        await using var command = run.DataSource.CreateCommand("select * from pipeline.start_import($1, $2, $3)");
        command.Parameters.Add(new() { Value = run.RunId });
        command.Parameters.Add(new() { Value = run.Attempt });
        command.Parameters.Add(new() { Value = importId });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new(
                await reader.IsDBNullAsync(0, cancellationToken) ? null : reader.GetString(0),
                reader.GetString(1),
                await reader.IsDBNullAsync(2, cancellationToken) ? Compression.None : Enum.Parse<Compression>(reader.GetString(2), ignoreCase: true),
                reader.GetBoolean(3),
                reader.GetInt64(4),
                reader.GetBoolean(5),
                await reader.IsDBNullAsync(6, cancellationToken) ? null : reader.GetString(6),
                reader.GetInt64(7),
                reader.GetInt64(8))
            : throw new ArgumentException($"Run {run.RunId} has no import {importId}.", nameof(importId));
    }
}
