using Payments.Database;
using Payments.Pipeline.Runs;
using Payments.Worker.Runs;

namespace Payments.Worker.Kinds;

/// <summary>Brings the database to this version's state with the owner's rights, which a worker has in development only; passwords stay as they are.</summary>
internal sealed class InitializeRun(IConfiguration configuration, ILogger<InitializeRun> logger) : IRunWork
{
    private const string OwnerConnection = "payments-owner";

    /// <inheritdoc/>
    public async Task<object?> DoAsync(RunContext run, string parameters, CancellationToken cancellationToken)
    {
        var owner = configuration.GetConnectionString(OwnerConnection);
        if (string.IsNullOrWhiteSpace(owner))
        {
            throw new RunGivenUpException(
                $"The worker has no owner's rights (ConnectionStrings:{OwnerConnection}). Run the migrator: "
                + "ConnectionStrings__payments='<the owner''s connection string>' dotnet run --project Database");
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
}
