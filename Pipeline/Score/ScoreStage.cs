using Payments.Pipeline.Load;

namespace Payments.Pipeline.Score;

/// <summary>Scores the batches of a file before they are inserted (<c>20_score</c>), each with what those before it leave to look back at.</summary>
internal sealed class ScoreStage(BatchScorer scorer)
{
    private readonly ScoringMemory _memory = new();

    /// <summary>Scores the validated payments of the lane's batch, once the batch before is committed: its payments are history.</summary>
    /// <returns>How many.</returns>
    public Task<int> RunAsync(Lane lane, CancellationToken cancellationToken) => scorer.ScoreAsync(lane, _memory, cancellationToken);

    /// <summary>Forgets the batches so far: the last one was not committed.</summary>
    public void Forget() => _memory.Forget();
}
