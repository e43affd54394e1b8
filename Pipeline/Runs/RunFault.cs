using System.Net.Sockets;
using Npgsql;

namespace Payments.Pipeline.Runs;

/// <summary>What a fault means for the run that met it.</summary>
public enum RunFault
{
    /// <summary>Another attempt would meet it again: the run fails with its error, until somebody has mended the cause and runs it again.</summary>
    Permanent,

    /// <summary>Another attempt may do better; a bounded number of them is made.</summary>
    Transient,

    /// <summary>Something that the run needs is away or exhausted: database, disk, memory. It is tried again until that is back, however long it takes.</summary>
    Outage,
}

/// <summary>The one table of faults.</summary>
public static class RunFaults
{
    /// <summary>SQLSTATE of <c>pipeline.assert_run_owner</c>: another worker has claimed the run since.</summary>
    public const string RunTakenOver = "PR001";

    private const string IdleInTransactionTimeout = "25P03";

    /// <summary>What the fault means.</summary>
    public static RunFault Of(Exception error) => error switch
    {
        // It has ended the session too, whatever its number says.
        PostgresException { InvariantSeverity: "FATAL" or "PANIC" } => RunFault.Outage,
        PostgresException postgres => OfSqlState(postgres.SqlState),
        NpgsqlException { InnerException: TimeoutException } => RunFault.Transient,
        NpgsqlException { InnerException: IOException or SocketException } => RunFault.Outage,
        NpgsqlException { IsTransient: true } or SocketException => RunFault.Outage,
        _ when DiskFull.Is(error) => RunFault.Outage,
        // A file that is not there does not come back by waiting.
        FileNotFoundException or DirectoryNotFoundException or PathTooLongException => RunFault.Permanent,
        IOException or TimeoutException => RunFault.Transient,
        AggregateException several => several.InnerExceptions.Min(Of),
        { InnerException: { } inner } => Of(inner),
        _ => RunFault.Permanent,
    };

    /// <summary>Whether the attempt has lost its run to a newer one.</summary>
    public static bool IsTakenOver(Exception error) =>
        error is PostgresException { SqlState: RunTakenOver }
        || (error is AggregateException several && several.InnerExceptions.Any(IsTakenOver))
        || (error.InnerException is { } inner && IsTakenOver(inner));

    private static RunFault OfSqlState(string state) => state switch
    {
        // Class 08: connections; 53: disk, memory, connections; 57P: the server stops, starts or ends sessions; 58: its files.
        _ when state.StartsWith("08", StringComparison.Ordinal) || state.StartsWith("53", StringComparison.Ordinal)
            || state.StartsWith("57P", StringComparison.Ordinal) || state.StartsWith("58", StringComparison.Ordinal) => RunFault.Outage,
        // The login is not let in, the database is not there, or it is a standby: somebody is at work on the server.
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification
            or PostgresErrorCodes.InvalidCatalogName or PostgresErrorCodes.ReadOnlySqlTransaction => RunFault.Outage,
        // Class 40: deadlocks and serialisation failures; others that hold what is needed, for the moment.
        _ when state.StartsWith("40", StringComparison.Ordinal) => RunFault.Transient,
        PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.ObjectInUse or PostgresErrorCodes.QueryCanceled
            or IdleInTransactionTimeout => RunFault.Transient,
        _ => RunFault.Permanent,
    };
}
