using Microsoft.Extensions.Options;
using Payments.Pipeline.Runs;
using Payments.Pipeline.Simulations;
using Payments.Worker.Runs;
using Payments.Worker.Simulations;

namespace Payments.Worker.Kinds;

/// <summary>Simulates one production issue, where that is allowed, and says where it is seen and how it is mended.</summary>
internal sealed class SimulationRun(IServiceProvider services, IOptions<SimulationOptions> options) : IRunWork
{
    /// <inheritdoc/>
    public async Task<object?> DoAsync(RunContext run, string parameters, CancellationToken cancellationToken)
    {
        if (!options.Value.Enabled) throw new RunGivenUpException($"This worker simulates nothing: {SimulationOptions.Section}:{nameof(options.Value.Enabled)} is not true.");

        var issue = RunJson.Read<Parameters>(parameters).Issue;
        var harmed = await services.GetRequiredKeyedService<ISimulation>(issue).HarmAsync(run, cancellationToken);
        var calls = SimulatedIssue.Find(issue)!.Of(run.RunId);
        return new Result(issue, harmed, calls.Seen, calls.Recovery);
    }

    private sealed record Parameters(string Issue);

    private sealed record Result(string Issue, object Harmed, IReadOnlyList<string> Seen, IReadOnlyList<string> Recovery);
}
