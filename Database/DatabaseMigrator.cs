using DbUp;
using DbUp.Builder;
using DbUp.Engine;
using DbUp.Helpers;
using Npgsql;

namespace Payments.Database;

/// <summary>
/// Brings a database to this version: login roles, migrations once each, Quartz's tables, and the code (functions, views) with its
/// rights. Safe to repeat, and safe when two do it at once: the second waits and finds nothing left to do.
/// </summary>
public static class DatabaseMigrator
{
    /// <summary>Migrates, creating the database when it is missing.</summary>
    /// <param name="connectionString">The owner's; must name the database.</param>
    /// <param name="options">Passwords, reporting currency, patience.</param>
    /// <param name="cancellationToken">Stops between scripts; a script is kept as a whole or not at all.</param>
    /// <exception cref="DatabaseMigrationException">The server is away or too old, or a script failed.</exception>
    public static async Task<MigrationResult> MigrateAsync(
        string connectionString,
        MigratorOptions options,
        CancellationToken cancellationToken = default)
    {
        await using var connection = (await ServerConnection.OpenAsync(connectionString, options, createMissing: true, cancellationToken))!;
        var unpooled = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString;
        try
        {
            await using (var turn = new NpgsqlCommand("select pg_advisory_lock(7402)", connection))
            {
                await turn.ExecuteNonQueryAsync(cancellationToken);
            }

            var logins = await LoginRoles.FindChangesAsync(connection, options, cancellationToken);
            var plan = await MigrationPlan.ReadAsync(connection, logins, cancellationToken);
            await LoginRoles.EnsureAsync(connection, options, plan.Logins, cancellationToken);
            RunMigrations(unpooled, options);
            if (!plan.HasQuartzTables)
            {
                await QuartzTables.CreateAsync(unpooled, cancellationToken);
            }

            RunCode(unpooled, options, plan.IsCodeCurrent ? [] : [.. CodeReset.Scripts, .. SqlScripts.Code, CodeReset.Stamp]);
            await SetReportingCurrencyAsync(connection, options, cancellationToken);
            foreach (var action in plan.Actions)
            {
                options.Report(action);
            }

            return new MigrationResult(plan.Actions);
        }
        catch (PostgresException error)
        {
            throw new DatabaseMigrationException(ExitCodes.Failed, $"{error.MessageText} (SQLSTATE {error.SqlState})", error);
        }
    }

    /// <summary>What <see cref="MigrateAsync"/> would do; changes nothing.</summary>
    /// <exception cref="DatabaseMigrationException">The server is away or too old.</exception>
    public static async Task<MigrationResult> PlanAsync(
        string connectionString,
        MigratorOptions options,
        CancellationToken cancellationToken = default)
    {
        await using var connection = await ServerConnection.OpenAsync(connectionString, options, createMissing: false, cancellationToken);
        var plan = connection is null
            ? MigrationPlan.ForMissingDatabase(new NpgsqlConnectionStringBuilder(connectionString).Database!)
            : await MigrationPlan.ReadAsync(connection, await LoginRoles.FindChangesAsync(connection, options, cancellationToken), cancellationToken);
        return new MigrationResult(plan.Actions);
    }

    /// <summary>What the schema lacks to be at this version; roles are not looked at. The worker's login may ask.</summary>
    /// <exception cref="PostgresException">The login may not read the journal, as in a database that an older version migrated.</exception>
    public static async Task<MigrationResult> PlanAsync(NpgsqlDataSource dataSource, CancellationToken cancellationToken = default)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        return new MigrationResult((await MigrationPlan.ReadAsync(connection, [], cancellationToken)).Actions);
    }

    private static void RunMigrations(string connectionString, MigratorOptions options)
    {
        using (var connection = new NpgsqlConnection(connectionString))
        {
            connection.Open();
            using var room = new NpgsqlCommand("create schema if not exists ops", connection);
            room.ExecuteNonQuery();
        }

        var builder = Configure(connectionString, options, SqlScripts.Migrations).WithTransactionPerScript();
        builder.Configure(configuration => configuration.Journal = new ScriptJournal(
            () => configuration.ConnectionManager,
            () => configuration.Log));
        Run(builder);
    }

    // Everything or nothing: a session sees the old code or the new, and rights from the first moment.
    private static void RunCode(string connectionString, MigratorOptions options, IEnumerable<SqlScript> code) =>
        Run(Configure(connectionString, options, [.. code, .. SqlScripts.Grants, CodeReset.Calendars]).JournalTo(new NullJournal()).WithTransaction());

    private static UpgradeEngineBuilder Configure(string connectionString, MigratorOptions options, IEnumerable<SqlScript> scripts)
    {
        // DbUp runs scripts by group, then by name: the order given is the order wanted.
        var ordered = scripts.Select((script, index) => new SqlScript(
            script.Name,
            script.Contents,
            new SqlScriptOptions { RunGroupOrder = index }));
        return DeployChanges.To
            .PostgresqlDatabase(connectionString)
            .WithScripts(ordered)
            .WithVariablesDisabled()
            .WithExecutionTimeout(TimeSpan.Zero)
            .LogTo(new UpgradeReport(options.Report));
    }

    private static void Run(UpgradeEngineBuilder builder)
    {
        var result = builder.Build().PerformUpgrade();
        if (!result.Successful)
        {
            throw new DatabaseMigrationException(
                ExitCodes.Failed,
                $"{result.ErrorScript?.Name ?? "journal"}: {(result.Error as PostgresException)?.MessageText ?? result.Error.Message}",
                result.Error);
        }
    }

    private static async Task SetReportingCurrencyAsync(NpgsqlConnection connection, MigratorOptions options, CancellationToken cancellationToken)
    {
        if (options.ReportingCurrency is null)
        {
            return;
        }

        await using var update = new NpgsqlCommand("update public.reporting_settings set reporting_currency = $1", connection);
        update.Parameters.Add(new() { Value = options.ReportingCurrency });
        await update.ExecuteNonQueryAsync(cancellationToken);
    }
}
