using Payments.Risk.Engine;
using Payments.Risk.Features;

namespace Payments.Pipeline.Score;

/// <summary>A payment of a batch and what the engine says of it.</summary>
/// <param name="RecordNumber">Its record in the batch.</param>
/// <param name="Facts">What the record and the store say of it.</param>
/// <param name="Assessment">The engine's word.</param>
internal sealed record ScoredPayment(long RecordNumber, PaymentFacts Facts, Assessment Assessment)
{
    /// <summary>The rules and models that said it.</summary>
    public EngineVersions Versions { get; init; }
}
