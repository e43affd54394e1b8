using Payments.Pipeline.Archive;
using Payments.Pipeline.Runs;

namespace Payments.Worker.Kinds;

/// <summary>Puts an archived month back.</summary>
internal sealed class RestoreRun(RestoreStage restore) : IRunWork
{
    /// <inheritdoc/>
    public async Task<object?> DoAsync(RunContext run, string parameters, CancellationToken cancellationToken)
    {
        var text = RunJson.Read<Parameters>(parameters).Month;
        var month = PaymentMonth.Parse(text) ?? throw new ArchiveRefusedException($"'{text}' is no month (YYYY-MM).");
        return await restore.RunAsync(run, month, cancellationToken);
    }

    private sealed record Parameters(string Month);
}
