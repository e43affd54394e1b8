using Payments.Pipeline.Import;

namespace Payments.Pipeline.Score;

/// <summary>Scores the batches of a file before they are inserted (<c>20_score</c>), each with what those before it leave to look back at.</summary>
/// <param name="scorer">Scores.</param>
/// <param name="fraudsKnownAfter">How long after a payment the file's labels become known; null: when they are imported, or it has none.</param>
internal sealed class ScoreStage(BatchScorer scorer, TimeSpan? fraudsKnownAfter)
{
    private readonly ScoringMemory _memory = new();

    /// <summary>Scores the new payments of a validated batch, once the batch before is committed.</summary>
    public async Task<Scores> RunAsync(OpenBatch batch, CancellationToken cancellationToken) =>
        (await scorer.ScoreAsync(batch, new FileBatch(_memory, fraudsKnownAfter, IsAhead: false), cancellationToken))!;

    /// <summary>Scores them while the batch before, which is scored, is being loaded: it is remembered.</summary>
    /// <returns>Null where that must wait for the batch before; nothing is written then.</returns>
    public Task<Scores?> TryRunAheadAsync(OpenBatch batch, CancellationToken cancellationToken) =>
        scorer.ScoreAsync(batch, new FileBatch(_memory, fraudsKnownAfter, IsAhead: true), cancellationToken);

    /// <summary>Forgets the batches so far: the last one was not committed. Not while one is scored.</summary>
    public void Forget() => _memory.Forget();
}

/// <summary>What there is to know of a file's batch besides its payments.</summary>
/// <param name="Memory">What the batches before remember.</param>
/// <param name="FraudsKnownAfter">How long after a payment the file's labels become known, or null.</param>
/// <param name="IsAhead">Whether the batch before is not committed yet.</param>
internal readonly record struct FileBatch(ScoringMemory Memory, TimeSpan? FraudsKnownAfter, bool IsAhead);
