using System.Globalization;
using Npgsql;

namespace Payments.Database.Tests;

/// <summary>The few calls that facts make.</summary>
internal static class Sql
{
    public static async Task ExecuteAsync(this NpgsqlDataSource database, string statement)
    {
        await using var connection = await database.OpenConnectionAsync();
        await connection.ExecuteAsync(statement);
    }

    public static async Task ExecuteAsync(this NpgsqlConnection connection, string statement)
    {
        await using var command = new NpgsqlCommand(statement, connection);
        await command.ExecuteNonQueryAsync();
    }

    public static async Task<T> ScalarAsync<T>(this NpgsqlConnection connection, string query, params object[] values)
    {
        await using var command = new NpgsqlCommand(query, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Every row as the text of its values joined by a bar, the way a person would write them down; null is empty.</summary>
    public static async Task<string[]> RowsAsync(this NpgsqlDataSource database, string query)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.RowsAsync(query);
    }

    /// <inheritdoc cref="RowsAsync(NpgsqlDataSource, string)"/>
    public static async Task<string[]> RowsAsync(this NpgsqlConnection connection, string query)
    {
        await using var command = new NpgsqlCommand(query, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
        {
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(column => Text(reader.GetValue(column)))));
        }

        return [.. rows];
    }

    /// <summary>The SQLSTATE and constraint with which a statement is refused; fails when it is not.</summary>
    public static async Task<(string SqlState, string? Constraint)> RefusalAsync(this NpgsqlDataSource database, string statement)
    {
        var error = await Assert.ThrowsAsync<PostgresException>(() => database.ExecuteAsync(statement));
        return (error.SqlState, error.ConstraintName);
    }

    /// <summary>Nothing that is kept differs from what the base tables say.</summary>
    public static async Task AssertExactAsync(this NpgsqlDataSource database) =>
        Assert.Empty(await database.RowsAsync("select subject, row_key, expected, actual from pipeline.find_rollup_differences()"));

    private static string Text(object value) => value switch
    {
        DBNull => "",
        DateTime instant when instant.Kind == DateTimeKind.Utc => instant.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        DateOnly day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        DateTime day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };
}
