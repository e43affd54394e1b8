using System.Net.Sockets;
using Npgsql;

namespace Payments.Api.Problems;

/// <summary>What a fault of the database means to a caller.</summary>
internal static class DatabaseFault
{
    private const string Away = "The database cannot be reached; the API recovers by itself when it is back.";
    private const string NotMigrated = "The database is not migrated: run 'dotnet run --project Database', or start everything with 'dotnet run --project AppHost'.";

    private const string TooLong = "The database took too long to answer; GET /api/slow-queries shows what keeps it busy.";

    /// <summary>The reason for a 503; null for a fault that waiting does not mend.</summary>
    public static string? Unavailability(Exception error) => error switch
    {
        PostgresException postgres => postgres.SqlState switch
        {
            PostgresErrorCodes.InvalidCatalogName
                or PostgresErrorCodes.InvalidSchemaName
                or PostgresErrorCodes.UndefinedTable
                or PostgresErrorCodes.UndefinedColumn
                or PostgresErrorCodes.UndefinedFunction => NotMigrated,
            PostgresErrorCodes.InvalidPassword
                or PostgresErrorCodes.InvalidAuthorizationSpecification => "The database refuses the API's login: check ConnectionStrings__payments.",
            PostgresErrorCodes.InsufficientPrivilege => "The API's database login lacks a right: run the migrator, which grants it.",
            PostgresErrorCodes.QueryCanceled => TooLong,
            var state when state.StartsWith("53", StringComparison.Ordinal) => "The database has run out of disk, memory or connections; the API recovers by itself when it has room again.",
            _ => postgres.IsTransient || postgres.SqlState.StartsWith("57P", StringComparison.Ordinal) ? Away : null,
        },
        NpgsqlException { InnerException: TimeoutException } => TooLong,
        NpgsqlException or SocketException or TimeoutException => Away,
        _ => null,
    };
}
