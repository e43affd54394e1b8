using Microsoft.Extensions.Logging;
using Npgsql;
using Payments.Pipeline.Load;
using Payments.Pipeline.Runs;

namespace Payments.Pipeline.Archive;

/// <summary>What a restore has put back.</summary>
/// <param name="Month">YYYY-MM.</param>
/// <param name="Files">Files that were read; they stay.</param>
/// <param name="Payments">Payments that are in the store again.</param>
public sealed record RestoredMonth(string Month, int Files, long Payments);

/// <summary>
/// Puts an archived month back: each of its files is read into a table of the shape of payments, proved equal to what was archived, and
/// becomes the month's partition (or part of it, where late payments have made one). One transaction per file: a crash leaves the month as it was.
/// </summary>
public sealed class RestoreStage
{
    private const int FlushBytes = 1024 * 1024;
    private readonly ArchiveFolder _folder;
    private readonly ILogger<RestoreStage> _logger;

    internal RestoreStage(ArchiveFolder folder, ILogger<RestoreStage> logger) => (_folder, _logger) = (folder, logger);

    /// <summary>Restores what is archived of the month; nothing when an attempt before this has done it.</summary>
    /// <exception cref="ArchiveRefusedException">A file is not there or not the one that was written.</exception>
    public async Task<RestoredMonth> RunAsync(RunContext run, DateOnly month, CancellationToken cancellationToken)
    {
        await using var turn = await ArchiveConnection.OpenAsync(run.DataSource, cancellationToken);
        var archives = await ListAsync(turn.Connection, month, cancellationToken);
        long payments = 0;
        foreach (var archive in archives)
        {
            payments += await run.StepAsync("restore", step => RestoreAsync(run, turn.Connection, step, month, archive, cancellationToken), cancellationToken);
            _logger.LogInformation("Run {RunId}: the payments of {File} are in the store again", run.RunId, archive.FileName);
        }

        return new(PaymentMonth.Write(month), archives.Count, payments);
    }

    private static async Task<List<Archive>> ListAsync(NpgsqlConnection connection, DateOnly month, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select * from pipeline.list_restorable_archives($1)", connection);
        command.Parameters.Add(new() { Value = month });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var archives = new List<Archive>();
        while (await reader.ReadAsync(cancellationToken))
        {
            archives.Add(new(reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetFieldValue<string[]>(3)));
        }

        return archives;
    }

    private async Task<long> RestoreAsync(
        RunContext run, NpgsqlConnection connection, RunStep step, DateOnly month, Archive archive, CancellationToken cancellationToken)
    {
        await CheckFileAsync(archive, cancellationToken);
        var columns = (await ArchiveColumns.LoadAsync(connection, cancellationToken)).Only(archive.Columns);

        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var table = await CreateTableAsync(connection, month, cancellationToken);
        step.RowsIn = await CopyAsync(connection, table, columns, archive.FileName, cancellationToken);
        await using var command = new NpgsqlCommand("select pipeline.complete_restore($1, $2, $3, $4)", connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = run.RunId });
        command.Parameters.Add(new() { Value = run.Attempt });
        command.Parameters.Add(new() { Value = archive.ArchiveId });
        command.Parameters.Add(new() { Value = table });
        await command.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return step.RowsOut = step.RowsIn;
    }

    private async Task CheckFileAsync(Archive archive, CancellationToken cancellationToken)
    {
        var path = _folder.PathOf(archive.FileName);
        if (!File.Exists(path)) throw new ArchiveRefusedException($"{path} is not there: bring it back from the backup and ask again.");
        var file = await _folder.MeasureAsync(archive.FileName, cancellationToken);
        if (file.Sha256 != archive.Sha256)
        {
            throw new ArchiveRefusedException($"{path} is not the file that was archived (SHA-256 {file.Sha256} instead of {archive.Sha256}): bring that one back from the backup and ask again.");
        }
    }

    private static async Task<string> CreateTableAsync(NpgsqlConnection connection, DateOnly month, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select pipeline.create_restored_table($1)", connection);
        command.Parameters.Add(new() { Value = month });
        return (string)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private async Task<long> CopyAsync(NpgsqlConnection connection, string table, ArchiveColumns columns, string fileName, CancellationToken cancellationToken)
    {
        var target = new CopyRows();
        target.Header();
        long count = 0;
        await using var copy = await connection.BeginRawBinaryCopyAsync(
            $"copy {table} ({string.Join(", ", columns.Payment.Select(column => column.Name))}) from stdin (format binary)", cancellationToken);
        try
        {
            await _folder.ReadAsync(
                fileName,
                columns,
                async rows =>
                {
                    for (var row = 0; row < rows; row++)
                    {
                        target.Row((short)columns.Payment.Count);
                        foreach (var column in columns.Payment) column.Put(target, row);
                        if (target.Length > FlushBytes) await FlushAsync();
                    }

                    count += rows;
                },
                cancellationToken);
            target.Trailer();
            await FlushAsync();
        }
        catch
        {
            await copy.CancelAsync();
            throw;
        }

        return count;

        async ValueTask FlushAsync()
        {
            await copy.WriteAsync(target.Written, cancellationToken);
            target.Clear();
        }
    }

    private sealed record Archive(long ArchiveId, string FileName, string Sha256, string[] Columns);
}
