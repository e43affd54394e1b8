using Payments.Pipeline.Runs;

namespace Payments.Pipeline.Import;

/// <summary>The steps of an import's run, which take turns batch by batch and are recorded once, each with its own time.</summary>
internal sealed class ImportSteps
{
    private readonly RunContext _run;
    private readonly List<RunStep> _all = [];
    private RunStep? _failed;

    private ImportSteps(RunContext run) => _run = run;

    /// <summary>Reading, judging each record, staging.</summary>
    public RunStep Import { get; private set; } = null!;

    /// <summary>What the store must tell.</summary>
    public RunStep Validate { get; private set; } = null!;

    /// <summary>Payments only.</summary>
    public RunStep? Score { get; private set; }

    /// <summary>Into tables, rollups and quarantine.</summary>
    public RunStep Load { get; private set; } = null!;

    /// <summary>Begins with the first step: the others are known when the file is.</summary>
    public static async Task<ImportSteps> BeginAsync(RunContext run, CancellationToken cancellationToken)
    {
        var steps = new ImportSteps(run);
        steps.Import = await steps.AddAsync("import", cancellationToken);
        return steps;
    }

    /// <summary>Begins the steps that a file takes which can be read.</summary>
    public async Task AddLoadingAsync(bool scores, CancellationToken cancellationToken)
    {
        Validate = await AddAsync("validate", cancellationToken);
        if (scores) Score = await AddAsync("score", cancellationToken);
        Load = await AddAsync("load", cancellationToken);
    }

    /// <summary>One turn of a step.</summary>
    public async Task<T> TurnAsync<T>(RunStep step, Func<Task<T>> work)
    {
        var from = _run.Clock.GetTimestamp();
        step.Enter();
        try
        {
            return await work();
        }
        catch
        {
            _failed ??= step;
            throw;
        }
        finally
        {
            step.Spend(_run.Clock.GetElapsedTime(from));
        }
    }

    /// <summary>Ends all steps well.</summary>
    public async Task SucceedAsync(CancellationToken cancellationToken)
    {
        foreach (var step in _all) await step.SucceedAsync(cancellationToken);
    }

    /// <summary>Ends all steps: the one whose turn it was with the error, the others as stopped by it.</summary>
    public async Task FailAsync(Exception error)
    {
        var failed = _failed ?? Import;
        await failed.FailAsync(error);
        foreach (var step in _all.Where(step => step != failed))
        {
            // With its cause: where this cannot be written down either, the run is judged by what stopped it.
            await step.FailAsync(new OperationCanceledException($"stopped, because {failed.Stage} failed", error));
        }
    }

    private async Task<RunStep> AddAsync(string stage, CancellationToken cancellationToken)
    {
        var step = await _run.BeginStepAsync(stage, cancellationToken);
        _all.Add(step);
        return step;
    }
}
