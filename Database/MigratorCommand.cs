using System.CommandLine;
using Npgsql;

namespace Payments.Database;

/// <summary>The program's command line.</summary>
internal static class MigratorCommand
{
    private const string Description = """
        Migrates the payments database, and proves or repairs what is in it.

        Environment:
          ConnectionStrings__payments  the owner's connection string, when --connection is not given
          Database__ApiPassword        password of the login payments_api
          Database__WorkerPassword     password of the login payments_worker
          Database__BiPassword         password of the logins bi_reader and bi_reader_pii
          Reporting__Currency          currency of aggregate money columns (USD)
          DOTNET_ENVIRONMENT           Development: passwords that are published in the source (payments-dev-…)
                                       may be used with a server on this machine; else they are refused

        A login whose password is not given is neither created nor altered. A role that is missing is created
        without login, since privileges are granted to it.

        Exit codes:
          0 done; 1 a statement failed; 2 wrong arguments, no connection string or a published
          password; 3 server not reachable; 4 server older than PostgreSQL 14; 5 verify-rollups found differences
        """;

    private static readonly Option<string?> Connection = new("--connection")
    {
        Description = "The owner's connection string (Npgsql); it names the database, which is created when missing.",
        Recursive = true,
    };

    private static readonly Option<int> Wait = new("--wait")
    {
        Description = "Seconds to wait for a server that does not answer yet.",
        DefaultValueFactory = _ => 60,
        Recursive = true,
    };

    private static readonly Option<bool> DryRun = new("--dry-run")
    {
        Description = "Lists what would run and changes nothing.",
    };

    /// <param name="environment">Reads an environment variable.</param>
    public static RootCommand Create(Func<string, string?> environment)
    {
        Wait.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, out var seconds) && seconds < 0)
            {
                result.AddError("--wait must be 0 or more.");
            }
        });
        var migrate = new Command("migrate", "Brings the database to this version (the default).") { DryRun };
        var verify = new Command("verify-rollups", "Proves rollups, payment keys and settlement links equal to the base tables.");
        var remove = new Command("remove-generated", "Removes generated sample data; rollups stay exact.");
        var root = new RootCommand(Description) { Connection, Wait, DryRun, migrate, verify, remove };
        Bind(root, environment, MigrateAsync);
        Bind(migrate, environment, MigrateAsync);
        Bind(verify, environment, VerifyAsync);
        Bind(remove, environment, RemoveAsync);
        return root;
    }

    private static void Bind(
        Command command,
        Func<string, string?> environment,
        Func<Invocation, CancellationToken, Task<int>> work) =>
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var output = parsed.InvocationConfiguration.Output;
            var error = parsed.InvocationConfiguration.Error;
            var connectionString = parsed.GetValue(Connection) ?? environment("ConnectionStrings__payments");
            if (string.IsNullOrWhiteSpace(connectionString))
            {
                await error.WriteLineAsync("No connection string: give --connection or set ConnectionStrings__payments.");
                return ExitCodes.Usage;
            }

            if (Refusals(parsed, environment, connectionString).FirstOrDefault() is { } refusal)
            {
                await error.WriteLineAsync(refusal);
                return ExitCodes.Usage;
            }

            var options = new MigratorOptions
            {
                ApiPassword = Given(environment("Database__ApiPassword")),
                WorkerPassword = Given(environment("Database__WorkerPassword")),
                BiPassword = Given(environment("Database__BiPassword")),
                ReportingCurrency = Given(environment("Reporting__Currency")),
                ServerTimeout = TimeSpan.FromSeconds(parsed.GetValue(Wait)),
                Report = output.WriteLine,
            };
            try
            {
                return await work(new Invocation(connectionString, options, parsed.GetValue(DryRun), output), cancellationToken);
            }
            catch (DatabaseMigrationException failure)
            {
                await error.WriteLineAsync(failure.Message);
                return failure.ExitCode;
            }
        });

    // Passwords that everybody knows, where they must not be.
    private static IEnumerable<string> Refusals(ParseResult parsed, Func<string, string?> environment, string connectionString)
    {
        var isDevelopment = string.Equals(environment("DOTNET_ENVIRONMENT"), "Development", StringComparison.OrdinalIgnoreCase);
        var setting = parsed.GetValue(Connection) is null ? "ConnectionStrings__payments" : "--connection";
        if (PublishedSecrets.RefusalOfPassword(setting, connectionString, isDevelopment) is { } ofOwner)
        {
            yield return ofOwner;
        }

        foreach (var name in (string[])["Database__ApiPassword", "Database__WorkerPassword", "Database__BiPassword"])
        {
            if (PublishedSecrets.Refusal(name, environment(name), isDevelopment, HostOf(connectionString)) is { } refusal)
            {
                yield return refusal;
            }
        }
    }

    private static string? HostOf(string connectionString)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(connectionString).Host;
        }
        catch (ArgumentException)
        {
            // The migrator reports what is wrong with it.
            return null;
        }
    }

    private static async Task<int> MigrateAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        if (!invocation.IsDryRun)
        {
            var result = await DatabaseMigrator.MigrateAsync(invocation.ConnectionString, invocation.Options, cancellationToken);
            await invocation.Output.WriteLineAsync(result.Actions.Count == 0 ? "The database is up to date." : "The database is migrated.");
            return ExitCodes.Success;
        }

        var plan = await DatabaseMigrator.PlanAsync(invocation.ConnectionString, invocation.Options, cancellationToken);
        foreach (var action in plan.Actions.DefaultIfEmpty("nothing: the database is up to date"))
        {
            await invocation.Output.WriteLineAsync($"would {action}");
        }

        return ExitCodes.Success;
    }

    private static async Task<int> VerifyAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var differences = await RollupProof.FindDifferencesAsync(invocation.ConnectionString, invocation.Options, cancellationToken);
        foreach (var difference in differences)
        {
            await invocation.Output.WriteLineAsync(difference.ToString());
        }

        await invocation.Output.WriteLineAsync(differences.Count == 0
            ? "Rollups, payment keys and settlement links equal the base tables."
            : $"{differences.Count} differences (at most {RollupProof.MostDifferences} are shown).");
        return differences.Count == 0 ? ExitCodes.Success : ExitCodes.Differences;
    }

    private static async Task<int> RemoveAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var removed = await GeneratedRows.RemoveAsync(invocation.ConnectionString, invocation.Options, cancellationToken);
        await invocation.Output.WriteLineAsync(
            $"Removed {removed.Payments} payments, {removed.Settlements} settlements, {removed.Customers} customers and {removed.Merchants} merchants.");
        return ExitCodes.Success;
    }

    private static string? Given(string? value) => string.IsNullOrEmpty(value) ? null : value;

    private sealed record Invocation(string ConnectionString, MigratorOptions Options, bool IsDryRun, TextWriter Output);
}
