using Npgsql;

namespace Payments.Database;

/// <summary>What a database still lacks.</summary>
internal sealed record MigrationPlan(IReadOnlyList<string> Actions, IReadOnlyList<LoginChange> Logins, bool HasQuartzTables, bool IsCodeCurrent)
{
    public static MigrationPlan ForMissingDatabase(string database) =>
        Of([], [], hasQuartzTables: false, codeHash: null, [$"create database {database}", .. LoginRoles.Names.Select(role => $"create role {role} if it is missing")]);

    /// <param name="connection">To the database.</param>
    /// <param name="logins">What the logins lack; none where that is of no interest.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<MigrationPlan> ReadAsync(NpgsqlConnection connection, IReadOnlyList<LoginChange> logins, CancellationToken cancellationToken)
    {
        var journal = await ListAsync(connection, "select to_regclass('ops.schema_journal')::text", cancellationToken) is [not null]
            ? await ListAsync(connection, "select scriptname from ops.schema_journal", cancellationToken)
            : [];
        var quartz = await ListAsync(connection, $"select to_regclass('{QuartzTables.Prefix}locks')::text", cancellationToken);
        var code = await ListAsync(connection, "select obj_description(to_regnamespace('pipeline'), 'pg_namespace')", cancellationToken);
        return Of(journal, logins, quartz is [not null], code[0]);
    }

    private static MigrationPlan Of(
        IReadOnlyList<string?> journal,
        IReadOnlyList<LoginChange> logins,
        bool hasQuartzTables,
        string? codeHash,
        params IEnumerable<string> first)
    {
        var isCodeCurrent = codeHash?.Contains(SqlScripts.CodeHash, StringComparison.Ordinal) ?? false;
        return new MigrationPlan(
            [
                .. first,
                .. logins.Select(login => login.Action),
                .. SqlScripts.Migrations.Select(script => script.Name).Except(journal).Select(name => $"run {name}"),
                .. hasQuartzTables ? Array.Empty<string>() : ["create Quartz's tables"],
                .. isCodeCurrent ? Array.Empty<string>() : [$"rebuild the code ({SqlScripts.Code.Count} files) and its rights"],
            ],
            logins,
            hasQuartzTables,
            isCodeCurrent);
    }

    private static async Task<List<string?>> ListAsync(NpgsqlConnection connection, string query, CancellationToken cancellationToken)
    {
        var values = new List<string?>();
        await using var command = new NpgsqlCommand(query, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            values.Add(await reader.IsDBNullAsync(0, cancellationToken) ? null : reader.GetString(0));
        }

        return values;
    }
}
