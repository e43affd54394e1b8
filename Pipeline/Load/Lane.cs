using Npgsql;

namespace Payments.Pipeline.Load;

/// <summary>A connection that owns one of the staging lanes by a session lock, until it is disposed or the process dies.</summary>
internal sealed class Lane : IAsyncDisposable
{
    private const int StatementSeconds = 30 * 60;
    private const short Lanes = 8;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly bool _isClaimed;

    private Lane(NpgsqlConnection connection, short number, bool isClaimed)
    {
        Connection = connection;
        Number = number;
        _isClaimed = isClaimed;
    }

    public NpgsqlConnection Connection { get; }

    /// <summary>1 to 8; of payments of the API a greater one, which each transaction gets anew.</summary>
    public short Number { get; set; }

    /// <summary>Rows on their way into the lane.</summary>
    public CopyRows Rows { get; } = new();

    /// <summary>The slice that it holds.</summary>
    public Batch Batch { get; } = new();

    /// <summary>A statement about the batch in the lane: it may take as long as a large batch on a busy server takes.</summary>
    public NpgsqlCommand Command(string sql, params object[] parameters)
    {
        var command = new NpgsqlCommand(sql, Connection) { CommandTimeout = StatementSeconds };
        foreach (var parameter in parameters) command.Parameters.Add(new() { Value = parameter });
        return command;
    }

    /// <summary>A connection without a lane of its own: its transactions get one each (<c>pipeline.open_payments</c>).</summary>
    /// <param name="dataSource">Connections.</param>
    /// <param name="isForMany">Its batches are large: each is planned for as many payments as it has.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<Lane> OpenAsync(NpgsqlDataSource dataSource, bool isForMany, CancellationToken cancellationToken)
    {
        var lane = new Lane(await dataSource.OpenConnectionAsync(cancellationToken), 0, isClaimed: false);
        return isForMany ? await PlanningAsync(lane, cancellationToken) : lane;
    }

    /// <summary>Waits for a free lane.</summary>
    public static async Task<Lane> ClaimAsync(NpgsqlDataSource dataSource, TimeProvider clock, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await TryClaimAsync(dataSource, cancellationToken) is { } lane) return lane;
            await Task.Delay(Pause, clock, cancellationToken);
        }
    }

    /// <summary>A free lane; null when all are taken. Who has one already never waits for another, or all might wait for ever.</summary>
    public static async Task<Lane?> TryClaimAsync(NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        try
        {
            for (short number = 1; number <= Lanes; number++)
            {
                if (await LockAsync(connection, "select pg_try_advisory_lock(pipeline.lock_key('lane'), $1)", number, cancellationToken))
                    return await PlanningAsync(new(connection, number, isClaimed: true), cancellationToken);
            }
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }

        await connection.DisposeAsync();
        return null;
    }

    public async ValueTask DisposeAsync()
    {
        // A pooled session lives on: its lock must not. A broken one has lost it already.
        if (_isClaimed && Connection.FullState == System.Data.ConnectionState.Open)
        {
            await LockAsync(Connection, "select pg_advisory_unlock(pipeline.lock_key('lane'), $1)", Number, CancellationToken.None);
        }

        await Connection.DisposeAsync();
    }

    // A plan for the lane's own rows: as many as they are, and without a lock on other lanes. A batch's statements run once each:
    // compiling one takes longer than it saves, and what they sort and hash is a batch. Set here once, and not by each function: for a
    // payment of the API that took as long as a look-up.
    private static async Task<Lane> PlanningAsync(Lane lane, CancellationToken cancellationToken)
    {
        await using var command = lane.Command("set plan_cache_mode = force_custom_plan; set jit = off; set work_mem = '64MB'");
        await command.ExecuteNonQueryAsync(cancellationToken);
        return lane;
    }

    private static async Task<bool> LockAsync(NpgsqlConnection connection, string sql, short number, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new() { Value = (int)number });
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
