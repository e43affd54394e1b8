using Microsoft.Extensions.Options;
using Payments.Pipeline.Assertions;
using Payments.Pipeline.Generate;
using Payments.Pipeline.Runs;
using Payments.Pipeline.Settle;
using Payments.Pipeline.Sla;

namespace Payments.Worker.Kinds;

/// <summary>Sample data where it is wanted, the settlements that follow from all payments, the SLA check, and the assertions about all that. Dropped files are runs of their own.</summary>
internal sealed class EtlRun(GenerateStage generate, AssertStage assert, RunQueue queue, IOptions<GenerateOptions> options) : IRunWork
{
    private const string FirstTraining = "first_training";

    /// <inheritdoc/>
    public async Task<object?> DoAsync(RunContext run, string parameters, CancellationToken cancellationToken)
    {
        var sample = options.Value.Enabled ? await generate.RunAsync(run, options.Value, cancellationToken) : null;
        var settled = await SettleStage.RunAsync(run, cancellationToken);
        if (sample is not null) await PayoutStage.RunAsync(run, options.Value, cancellationToken);
        await SlaCheckStage.RunAsync(run, cancellationToken);
        await assert.RunAsync(run, wholeStore: false, cancellationToken);

        // Once in a database's life: until the night of the first training nothing would be learned from what is there by now.
        await queue.RequestAsync(RunKind.TrainModel, FirstTraining, RunRequester.FirstRun, cancellationToken: cancellationToken);

        var settlements = sample is null ? settled.Added : await SettleStage.CountAsync(run, sample.From, cancellationToken);
        return new EtlResult(EtlCounts.Of(sample?.Loaded, settlements), EtlCounts.Of(sample?.Added, settled.Added));
    }
}
