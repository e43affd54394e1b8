using Npgsql;

namespace Payments.Database;

/// <summary>Reaches the database: waits for a server that is starting, creates the database when it is missing, refuses an old server.</summary>
internal static class ServerConnection
{
    private const int OldestMajorVersion = 14;

    /// <summary>An open connection of its own (not pooled, so that a session lock ends with it); null when the database is missing and must not be created.</summary>
    public static async Task<NpgsqlConnection?> OpenAsync(
        string connectionString,
        MigratorOptions options,
        bool createMissing,
        CancellationToken cancellationToken)
    {
        var settings = Parse(connectionString);
        var clock = TimeProvider.System;
        var from = clock.GetTimestamp();
        var pause = TimeSpan.FromMilliseconds(100);
        while (true)
        {
            try
            {
                return await OpenCheckedAsync(settings, cancellationToken);
            }
            catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.InvalidCatalogName)
            {
                if (!createMissing)
                {
                    return null;
                }

                await CreateDatabaseAsync(settings, options, cancellationToken);
            }
            catch (NpgsqlException error) when (error.IsTransient && clock.GetElapsedTime(from) < options.ServerTimeout)
            {
                if (pause == TimeSpan.FromMilliseconds(100))
                {
                    options.Report($"waiting for PostgreSQL at {settings.Host}:{settings.Port} ({error.Message})");
                }

                await Task.Delay(pause, clock, cancellationToken);
                pause = pause < TimeSpan.FromSeconds(2) ? pause * 2 : pause;
            }
            catch (NpgsqlException error)
            {
                throw new DatabaseMigrationException(
                    ExitCodes.Unreachable,
                    $"PostgreSQL at {settings.Host}:{settings.Port}, database {settings.Database}, user {settings.Username}: {error.Message}",
                    error);
            }
        }
    }

    /// <summary>Throws when the server is older than PostgreSQL 14.</summary>
    public static void DemandVersion(Version version)
    {
        if (version.Major < OldestMajorVersion)
        {
            throw new DatabaseMigrationException(
                ExitCodes.ServerTooOld,
                $"The server is PostgreSQL {version}; this platform needs PostgreSQL {OldestMajorVersion} or newer.");
        }
    }

    private static NpgsqlConnectionStringBuilder Parse(string connectionString)
    {
        try
        {
            var settings = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, ApplicationName = "payments-migrator", CommandTimeout = 0 };
            return string.IsNullOrEmpty(settings.Host) || string.IsNullOrEmpty(settings.Database)
                ? throw new DatabaseMigrationException(ExitCodes.Usage, "The connection string names no Host or no Database.")
                : settings;
        }
        catch (ArgumentException error)
        {
            throw new DatabaseMigrationException(ExitCodes.Usage, $"The connection string cannot be read: {error.Message}", error);
        }
    }

    private static async Task<NpgsqlConnection> OpenCheckedAsync(NpgsqlConnectionStringBuilder settings, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(settings.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            DemandVersion(connection.PostgreSqlVersion);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private static async Task CreateDatabaseAsync(NpgsqlConnectionStringBuilder settings, MigratorOptions options, CancellationToken cancellationToken)
    {
        var elsewhere = new NpgsqlConnectionStringBuilder(settings.ConnectionString) { Database = "postgres" };
        await using var connection = await OpenCheckedAsync(elsewhere, cancellationToken);
        var name = settings.Database!.Replace("\"", "\"\"", StringComparison.Ordinal);
        await using var create = new NpgsqlCommand($"create database \"{name}\" template template0 encoding 'UTF8'", connection);
        try
        {
            await create.ExecuteNonQueryAsync(cancellationToken);
            options.Report($"created database {settings.Database}");
        }
        catch (PostgresException error) when (error.SqlState is PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.UniqueViolation)
        {
            // Another migrator was quicker.
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new DatabaseMigrationException(
                ExitCodes.Failed,
                $"Database {settings.Database} does not exist and user {settings.Username} may not create it.",
                error);
        }
    }
}
