using Payments.Pipeline.Runs;
using Payments.Pipeline.Simulations;

namespace Payments.Worker.Simulations;

/// <summary>Does what one production issue does.</summary>
internal interface ISimulation
{
    /// <summary>Does the harm, as steps of the run.</summary>
    /// <returns>What was harmed, for the run's result.</returns>
    Task<object> HarmAsync(RunContext run, CancellationToken cancellationToken);
}

/// <summary>Which class simulates which issue.</summary>
internal static class SimulationTable
{
    /// <summary>Adds the table.</summary>
    public static IServiceCollection AddSimulations(this IServiceCollection services) => services
        .AddKeyedScoped<ISimulation, MissingData>(SimulatedIssue.MissingData)
        .AddKeyedScoped<ISimulation, IncorrectSettlements>(SimulatedIssue.IncorrectSettlements)
        .AddKeyedScoped<ISimulation, FailedJob>(SimulatedIssue.FailedJob)
        .AddKeyedScoped<ISimulation, SlowQuery>(SimulatedIssue.SlowQuery);
}
