using Payments.Pipeline.Alerts;

namespace Payments.Pipeline.Load;

/// <summary>What became of a batch's records.</summary>
/// <param name="Records">All of them.</param>
/// <param name="Accepted">Now in the store because of it.</param>
/// <param name="Duplicates">In the store already, with the same content.</param>
/// <param name="Rejected">In quarantine.</param>
internal sealed record BatchCounts(long Records, long Accepted, long Duplicates, long Rejected)
{
    /// <summary>How far the file had been read when the batch was whole, in bytes as sent.</summary>
    public long BytesRead { get; init; }

    /// <summary>Alerts that it raised.</summary>
    public RaisedAlerts Raised { get; init; } = new(0, 0);

    /// <summary>How long it took to be scored, loaded and committed.</summary>
    public TimeSpan Elapsed { get; init; }
}
