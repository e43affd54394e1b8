using Payments.Pipeline.Load;

namespace Payments.Pipeline.Score;

/// <summary>Scores a batch's accepted payments before they are inserted (<c>20_score</c>).</summary>
internal static class ScoreStage
{
    /// <summary>Scores the validated payments of the lane's batch by what they tell by themselves; nothing of the batch before is needed.</summary>
    /// <returns>How many.</returns>
    public static async Task<long> RunAsync(Lane lane, CancellationToken cancellationToken)
    {
        await using var command = lane.Command("select pipeline.score_payments($1, $2)", lane.Batch.Id, lane.Number);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Completes the scores with what the store knows of the customers' failures, those of the batch before included.</summary>
    /// <returns>How many payments got points.</returns>
    public static async Task<long> CompleteAsync(Lane lane, CancellationToken cancellationToken)
    {
        await using var command = lane.Command("select pipeline.add_failure_points($1)", lane.Number);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
