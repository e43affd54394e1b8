using Npgsql;

namespace Payments.Database;

/// <summary>One row in which what is kept differs from what the base tables say.</summary>
/// <param name="Subject">The table that is wrong, for example <c>rollup.day_totals</c>.</param>
/// <param name="Key">Its row.</param>
/// <param name="Expected">What the base tables say; null: there should be no row.</param>
/// <param name="Actual">What is kept; null: the row is missing.</param>
public sealed record RollupDifference(string Subject, string Key, string? Expected, string? Actual)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Subject} {Key}: expected {Expected ?? "no row"}, found {Actual ?? "no row"}";
}

/// <summary>Proves the rollups, payment keys and settlement links equal to the base tables, in one snapshot.</summary>
public static class RollupProof
{
    /// <summary>How many differences are listed at most.</summary>
    public const int MostDifferences = 1000;

    /// <summary>Compares everything; empty when all is exact.</summary>
    /// <exception cref="DatabaseMigrationException">The server is away, or the database is missing or not migrated.</exception>
    public static async Task<IReadOnlyList<RollupDifference>> FindDifferencesAsync(
        string connectionString,
        MigratorOptions options,
        CancellationToken cancellationToken = default)
    {
        await using var connection = await MigratedDatabase.OpenAsync(connectionString, options, cancellationToken);
        await using var command = new NpgsqlCommand("select subject, row_key, expected, actual from pipeline.find_rollup_differences() limit $1", connection);
        command.Parameters.Add(new() { Value = MostDifferences });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var differences = new List<RollupDifference>();
        while (await reader.ReadAsync(cancellationToken))
        {
            differences.Add(new RollupDifference(
                reader.GetString(0),
                reader.GetString(1),
                await reader.IsDBNullAsync(2, cancellationToken) ? null : reader.GetString(2),
                await reader.IsDBNullAsync(3, cancellationToken) ? null : reader.GetString(3)));
        }

        return differences;
    }
}
