using Payments.Pipeline.Load;

namespace Payments.Pipeline.Score;

/// <summary>Scores a batch's accepted payments before they are inserted (<c>20_score</c>).</summary>
internal static class ScoreStage
{
    /// <summary>Scores the validated payments of the lane's batch.</summary>
    /// <returns>How many.</returns>
    public static async Task<long> RunAsync(Lane lane, CancellationToken cancellationToken)
    {
        await using var command = lane.Command("select pipeline.score_payments($1, $2)", lane.Batch.Id, lane.Number);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
