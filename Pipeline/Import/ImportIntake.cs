using Npgsql;
using NpgsqlTypes;
using Payments.Pipeline.Runs;
using Payments.Pipeline.Validate;

namespace Payments.Pipeline.Import;

/// <summary>Receives files: spooled first, then recorded together with the run that imports them.</summary>
public sealed class ImportIntake
{
    private const int LongestFileName = 260;
    private readonly NpgsqlDataSource _dataSource;
    private readonly Spool _spool;

    internal ImportIntake(NpgsqlDataSource dataSource, Spool spool)
    {
        _dataSource = dataSource;
        _spool = spool;
    }

    /// <summary>Streams the file to the spool and asks for its import. When it returns, a crash of any process loses nothing.</summary>
    /// <exception cref="ArgumentException">There is no such profile.</exception>
    /// <exception cref="FileTooLargeException">The file exceeds the limit; nothing was kept.</exception>
    public async Task<ImportTicket> AcceptAsync(Stream body, ImportRequest request, CancellationToken cancellationToken)
    {
        ImportProfiles.Check(request.Profile);
        var file = await _spool.WriteAsync(body, cancellationToken);

        await using var connection = await _dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var importId = await ReceiveAsync(connection, file, request, cancellationToken);
        var runId = await RunQueue.RequestAsync(
            connection, RunKind.Import, request.RequestKey ?? $"import:{importId}", request.RequestedBy, new { ImportId = importId }, cancellationToken);
        await _spool.HoldAsync(connection, file.Sha256, cancellationToken);
        var (joinedId, isSame) = await JoinAsync(connection, importId, runId, cancellationToken);

        // The request was made before: what this one has written goes again.
        if (joinedId == importId) await transaction.CommitAsync(cancellationToken);
        return new(joinedId, runId, isSame);
    }

    /// <summary>Spools what <paramref name="write"/> writes as an import of a run that is under way (the caller then runs <see cref="ImportStage"/> with it); the same content in the same run is the same import.</summary>
    /// <returns>The import's id.</returns>
    public async Task<long> AttachAsync(
        RunContext run, ImportRequest request, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        ImportProfiles.Check(request.Profile);
        var file = await _spool.WriteAsync(write, cancellationToken);

        await using var connection = await _dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await run.AssertOwnedAsync(connection, cancellationToken);
        var importId = await ReceiveAsync(connection, file, request, cancellationToken);
        await _spool.HoldAsync(connection, file.Sha256, cancellationToken);
        var (joinedId, _) = await JoinAsync(connection, importId, run.RunId, cancellationToken);
        if (joinedId == importId) await transaction.CommitAsync(cancellationToken);
        return joinedId;
    }

    private static async Task<long> ReceiveAsync(
        NpgsqlConnection connection, SpooledFile file, ImportRequest request, CancellationToken cancellationToken)
    {
        var fileName = request.FileName is { } name ? CardNumberText.Mask(Path.GetFileName(name)) : null;
        await using var command = new NpgsqlCommand("select pipeline.receive_import($1, $2, $3, $4, $5, $6, $7)", connection);
        command.Parameters.Add(new() { Value = (object?)request.Profile ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = request.Mode });
        command.Parameters.Add(new()
        {
            Value = string.IsNullOrEmpty(fileName) ? DBNull.Value : fileName[..Math.Min(fileName.Length, LongestFileName)],
            NpgsqlDbType = NpgsqlDbType.Text,
        });
        command.Parameters.Add(new() { Value = file.Sha256 });
        command.Parameters.Add(new() { Value = file.Size });
        command.Parameters.Add(new()
        {
            Value = request.DeclaredCompression switch { Compression.Gzip => "gzip", Compression.Zip => "zip", _ => DBNull.Value },
            NpgsqlDbType = NpgsqlDbType.Text,
        });
        command.Parameters.Add(new() { Value = ImportProfiles.Find(request.Profile)?.IsGenerated ?? false });
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task<(long ImportId, bool IsSame)> JoinAsync(NpgsqlConnection connection, long importId, long runId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select joined_id, is_same from pipeline.join_import($1, $2)", connection);
        command.Parameters.Add(new() { Value = importId });
        command.Parameters.Add(new() { Value = runId });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt64(0), reader.GetBoolean(1));
    }
}
