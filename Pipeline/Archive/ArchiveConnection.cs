using System.Data;
using Npgsql;
using Payments.Pipeline.Runs;

namespace Payments.Pipeline.Archive;

/// <summary>One connection for a whole archive or restore: what a survey leaves in temporary tables is there at its end, and one at a time is under way (lock 7405).</summary>
internal sealed class ArchiveConnection : IAsyncDisposable
{
    private const int Patience = 60;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private ArchiveConnection(NpgsqlConnection connection) => Connection = connection;

    public NpgsqlConnection Connection { get; }

    /// <summary>Waits for its turn.</summary>
    public static async Task<ArchiveConnection> OpenAsync(NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        try
        {
            await ExecuteAsync(connection, "select pg_advisory_lock(pipeline.lock_key('archive'))", cancellationToken);
            return new(connection);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Does a short transaction that keeps everybody from payments: it gives way to a long report after some seconds, and comes again.</summary>
    public async Task ShutOutAsync(RunContext run, Func<Task> work, CancellationToken cancellationToken)
    {
        for (var turn = 1; ; turn++)
        {
            try
            {
                await using var transaction = await Connection.BeginTransactionAsync(cancellationToken);
                await ExecuteAsync(Connection, "set local lock_timeout = '3s'", cancellationToken);
                await work();
                await transaction.CommitAsync(cancellationToken);
                return;
            }
            catch (PostgresException error) when (
                turn < Patience && error.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected)
            {
                await Task.Delay(Pause, run.Clock, cancellationToken);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        // A pooled session lives on: its lock must not. A broken one has lost it already.
        if (Connection.FullState == ConnectionState.Open)
            await ExecuteAsync(Connection, "select pg_advisory_unlock(pipeline.lock_key('archive'))", CancellationToken.None);
        await Connection.DisposeAsync();
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
