using Npgsql;
using Payments.Database;
using Payments.Pipeline.Runs;
using Payments.Worker.Runs;

namespace Payments.Worker.Kinds;

/// <summary>
/// Brings the database to this version's state with the owner's connection, which a worker has in development only; passwords stay as they are. Without that
/// connection it succeeds when the schema is current, else it names the command.
/// </summary>
internal sealed class InitializeRun(IConfiguration configuration, ILogger<InitializeRun> logger) : IRunWork
{
    private const string OwnerConnection = "payments-owner";
    private const string Command = "ConnectionStrings__payments='<the connection string of the owner>' dotnet run --project Database";

    /// <inheritdoc/>
    public async Task<object?> DoAsync(RunContext run, string parameters, CancellationToken cancellationToken)
    {
        var owner = configuration.GetConnectionString(OwnerConnection);
        if (string.IsNullOrWhiteSpace(owner))
        {
            return await run.StepAsync("verify", _ => VerifyAsync(run, cancellationToken), cancellationToken);
        }

        return await run.StepAsync(
            "migrate",
            async step =>
            {
                var result = await DatabaseMigrator.MigrateAsync(
                    owner, new MigratorOptions { Report = line => logger.LogInformation("Migrator: {Line}", line) }, cancellationToken);
                step.RowsOut = result.Actions.Count;
                return result;
            },
            cancellationToken);
    }

    private static async Task<MigrationResult> VerifyAsync(RunContext run, CancellationToken cancellationToken)
    {
        try
        {
            var lacking = await DatabaseMigrator.PlanAsync(run.DataSource, cancellationToken);
            return lacking.Actions.Count == 0 ? lacking : throw GivenUp($"{lacking.Actions[0]}{(lacking.Actions.Count > 1 ? $" and {lacking.Actions.Count - 1} more" : "")}");
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            // An older version granted less.
            throw GivenUp(error.MessageText);
        }
    }

    private static RunGivenUpException GivenUp(string lack) =>
        new($"The schema is not at this version ({lack}), and the worker has no owner's connection (ConnectionStrings:{OwnerConnection}). Run the migrator: {Command}");
}
