using Npgsql;

namespace Payments.Database;

/// <summary>Opens a database that must be at this version already.</summary>
internal static class MigratedDatabase
{
    public static async Task<NpgsqlConnection> OpenAsync(string connectionString, MigratorOptions options, CancellationToken cancellationToken)
    {
        var connection = await ServerConnection.OpenAsync(connectionString, options, createMissing: false, cancellationToken)
            ?? throw new DatabaseMigrationException(ExitCodes.Failed, "The database does not exist: migrate first.");
        var plan = await MigrationPlan.ReadAsync(connection, [], cancellationToken);
        if (plan.Actions.Count == 0)
        {
            return connection;
        }

        await connection.DisposeAsync();
        throw new DatabaseMigrationException(ExitCodes.Failed, $"The database is not at this version: migrate first ({plan.Actions[0]}, …).");
    }
}
