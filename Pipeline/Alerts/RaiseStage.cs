using Payments.Pipeline.Load;
using Payments.Pipeline.Score;

namespace Payments.Pipeline.Alerts;

/// <summary>Alerts that a transaction raises.</summary>
/// <param name="Payments">About payments of a customer.</param>
/// <param name="Rules">About rules that were stopped.</param>
internal sealed record RaisedAlerts(long Payments, long Rules)
{
    /// <summary>Counts them, once the transaction is committed.</summary>
    public void Count()
    {
        AlertMeters.Stepped("raised", Payments);
        AlertMeters.Stepped("rule_capped", Rules);
    }
}

/// <summary>Raises the alerts of a batch and tells the feed about its payments (<c>35_alert</c>).</summary>
internal static class RaiseStage
{
    /// <summary>Raises alerts about rules that began to be capped: the very last thing in a transaction.</summary>
    public const string OfRules = "select pipeline.raise_rule_alerts($1, $2)";

    /// <summary>Does it as the last thing in the batch's transaction: whoever writes events waits for the one before to be committed.</summary>
    /// <param name="lane">The lane whose batch has been loaded.</param>
    /// <param name="scores">Its scores: those from REVIEW upward and flagged ones are events.</param>
    /// <param name="now">The instant, UTC.</param>
    /// <param name="cancellationToken">Gives the batch up.</param>
    /// <returns>The alerts that are new, to be counted after the commit.</returns>
    public static async Task<RaisedAlerts> RunAsync(Lane lane, Scores scores, DateTime now, CancellationToken cancellationToken)
    {
        var raised = 0L;
        if (scores.Alarming() is { Length: > 0 } alarming)
        {
            const string Raise = "select pipeline.raise_alerts($1), pipeline.write_payment_events($2)";
            await using var command = lane.Command(Raise, lane.Batch.Id, alarming);
            raised = (long)(await command.ExecuteScalarAsync(cancellationToken))!;
        }

        if (lane.Batch.NewlyCapped.Length == 0) return new(raised, 0);
        await using var ofRules = lane.Command(OfRules, lane.Batch.NewlyCapped, now);
        return new(raised, (long)(await ofRules.ExecuteScalarAsync(cancellationToken))!);
    }
}
