using Npgsql;

namespace Payments.Database;

/// <summary>What a database still lacks.</summary>
internal sealed record MigrationPlan(IReadOnlyList<string> Actions, bool HasQuartzTables, bool IsCodeCurrent)
{
    public static MigrationPlan ForMissingDatabase(string database) =>
        Of([], LoginRoles.Names, hasQuartzTables: false, codeHash: null, $"create database {database}");

    public static async Task<MigrationPlan> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var journal = await ListAsync(connection, "select to_regclass('ops.schema_journal')::text", cancellationToken) is [not null]
            ? await ListAsync(connection, "select scriptname from ops.schema_journal", cancellationToken)
            : [];
        var roles = await ListAsync(connection, "select rolname::text from pg_roles", cancellationToken);
        var quartz = await ListAsync(connection, $"select to_regclass('{QuartzTables.Prefix}locks')::text", cancellationToken);
        var code = await ListAsync(connection, "select obj_description(to_regnamespace('pipeline'), 'pg_namespace')", cancellationToken);
        return Of(journal, LoginRoles.Names.Except(roles), quartz is [not null], code[0]);
    }

    private static MigrationPlan Of(
        IReadOnlyList<string?> journal,
        IEnumerable<string?> missingRoles,
        bool hasQuartzTables,
        string? codeHash,
        params IEnumerable<string> first)
    {
        var isCodeCurrent = codeHash?.Contains(SqlScripts.CodeHash, StringComparison.Ordinal) ?? false;
        return new MigrationPlan(
            [
                .. first,
                .. SqlScripts.Migrations.Select(script => script.Name).Except(journal).Select(name => $"run {name}"),
                .. hasQuartzTables ? Array.Empty<string>() : ["create Quartz's tables"],
                .. missingRoles.Select(role => $"create role {role}"),
                .. isCodeCurrent ? Array.Empty<string>() : [$"rebuild the code ({SqlScripts.Code.Count} files) and its rights"],
            ],
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
