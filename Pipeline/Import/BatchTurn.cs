namespace Payments.Pipeline.Import;

/// <summary>A batch's turn: how far it has come, for those behind it to hear.</summary>
internal sealed class BatchTurn(OpenBatch batch, BatchTurn? before)
{
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<bool> _scored = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<bool> _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private BatchTurn? _before = before;

    /// <summary>The batch.</summary>
    public OpenBatch Batch => batch;

    /// <summary>Staged and, unless something passing was in the way, validated, scored and inserted; false: the file has no more.</summary>
    public Task<bool> Prepared { get; set; } = Task.FromResult(false);

    /// <summary>Waits until the batch before has claimed its keys, or has none.</summary>
    public Task WhenNextToOpenAsync() => _before?._opened.Task ?? Task.CompletedTask;

    /// <summary>
    /// Waits until the batch before is scored and remembered, and the one before that is committed: nothing else is missing in the
    /// database. False where the batch before is committed by then: this one is as well scored where it is loaded, beside the preparation
    /// of those behind it.
    /// </summary>
    public async Task<bool> IsWorthScoringAsync() =>
        _before is { } before
        && await before._scored.Task
        && (before._before is not { } first || await first._loaded.Task)
        && !before._loaded.Task.IsCompleted;

    /// <summary>Says that its keys are claimed, or that it has none.</summary>
    public void Open() => _opened.TrySetResult();

    /// <summary>Says that it is scored and remembered.</summary>
    public void Score() => _scored.TrySetResult(true);

    /// <summary>Says that its turn is over, and whether it is committed.</summary>
    public void End(bool isLoaded)
    {
        _before = null;
        _scored.TrySetResult(false);
        _loaded.TrySetResult(isLoaded);
    }
}
