using Payments.Pipeline.Load;

namespace Payments.Pipeline.Alerts;

/// <summary>Raises the alerts of a batch and tells the feed about its payments (<c>35_alert</c>).</summary>
internal static class RaiseStage
{
    /// <summary>Does it as the last thing in the batch's transaction: whoever writes events waits for the one before to be committed.</summary>
    /// <param name="lane">The lane whose batch has been loaded.</param>
    /// <param name="withApproved">Whether every payment is an event, or only those from REVIEW upward and flagged ones.</param>
    /// <param name="cancellationToken">Gives the batch up.</param>
    /// <returns>The alerts that are new.</returns>
    public static async Task<long> RunAsync(Lane lane, bool withApproved, CancellationToken cancellationToken)
    {
        await using var command = lane.Command("select pipeline.raise_alerts($1), pipeline.write_payment_events($1, $2)", lane.Batch.Id);
        command.Parameters.Add(new() { Value = withApproved });
        var raised = (long)(await command.ExecuteScalarAsync(cancellationToken))!;
        AlertMeters.Stepped("raised", raised);
        return raised;
    }
}
