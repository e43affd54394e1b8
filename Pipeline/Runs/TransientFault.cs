using Npgsql;

namespace Payments.Pipeline.Runs;

/// <summary>Which faults are worth another attempt, and which mean that the run belongs to somebody else.</summary>
public static class TransientFault
{
    /// <summary>SQLSTATE of <c>pipeline.assert_run_owner</c>: another worker has claimed the run since.</summary>
    public const string RunTakenOver = "PR001";

    /// <summary>Whether trying again later may help: a lost connection, a deadlock or serialisation failure, a server that stops or lacks resources, a disk that fails.</summary>
    public static bool Is(Exception error) => error switch
    {
        PostgresException postgres => postgres.IsTransient || postgres.SqlState is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown,
        NpgsqlException { IsTransient: true } => true,
        // A file that is not there does not come back by waiting.
        FileNotFoundException or DirectoryNotFoundException or PathTooLongException => false,
        IOException or TimeoutException => true,
        AggregateException several => several.InnerExceptions.All(Is),
        { InnerException: { } inner } => Is(inner),
        _ => false,
    };

    /// <summary>Whether the attempt has lost its run to a newer one.</summary>
    public static bool IsTakenOver(Exception error) =>
        error is PostgresException { SqlState: RunTakenOver }
        || (error is AggregateException several && several.InnerExceptions.Any(IsTakenOver))
        || (error.InnerException is { } inner && IsTakenOver(inner));
}
