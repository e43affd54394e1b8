using Npgsql;

namespace Payments.Database;

/// <summary>How many generated rows were removed.</summary>
/// <param name="Payments">Payments, with their keys, labels and settlement links.</param>
/// <param name="Settlements">Settlements that held generated payments only.</param>
/// <param name="Customers">Customers that nothing else refers to.</param>
/// <param name="Merchants">Merchants that nothing else refers to.</param>
public sealed record RemovedRows(long Payments, long Settlements, long Customers, long Merchants);

/// <summary>Removes the sample data that the generator marked.</summary>
public static class GeneratedRows
{
    /// <summary>Removes them in one transaction; rollups, keys, labels and settlement links stay exact.</summary>
    /// <exception cref="DatabaseMigrationException">The server is away, the database is missing or not migrated, or generated payments are archived.</exception>
    public static async Task<RemovedRows> RemoveAsync(
        string connectionString,
        MigratorOptions options,
        CancellationToken cancellationToken = default)
    {
        await using var connection = await MigratedDatabase.OpenAsync(connectionString, options, cancellationToken);
        await using var command = new NpgsqlCommand("select payments, settlements, customers, merchants from pipeline.remove_generated()", connection);
        try
        {
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            return new RemovedRows(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3));
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.ObjectNotInPrerequisiteState)
        {
            throw new DatabaseMigrationException(ExitCodes.Failed, $"{error.MessageText}. {error.Hint}", error);
        }
    }
}
