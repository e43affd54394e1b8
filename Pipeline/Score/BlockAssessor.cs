using Payments.Risk.Engine;
using Payments.Risk.Features;
using Payments.Risk.Rules;

namespace Payments.Pipeline.Score;

/// <summary>Computes features of payments and asks the engine about them, block by block: its models are quicker with many at once. Room is kept from block to block.</summary>
internal sealed class BlockAssessor(RiskEngine engine)
{
    /// <summary>Payments of a block at the most: so many have their features in the processor's cache.</summary>
    public const int MostPayments = 128;

    private readonly RiskSubject[] _subjects = new RiskSubject[MostPayments];
    private readonly Assessment[] _assessments = new Assessment[MostPayments];
    private double[] _features = [];

    /// <summary>One assessment a payment, valid until the next block.</summary>
    public ArraySegment<Assessment> Assess((long Record, PaymentFacts Facts)[] block, PaymentHistory history, DateTime now, Explaining explaining, RuleTally tally)
    {
        if (_features.Length < block.Length * FeatureCatalogue.Count) _features = new double[block.Length * FeatureCatalogue.Count];
        for (var i = 0; i < block.Length; i++)
        {
            var features = _features.AsMemory(i * FeatureCatalogue.Count, FeatureCatalogue.Count);
            history.Compute(block[i].Facts, features.Span);
            _subjects[i] = block[i].Facts.ToSubject(features);
        }

        engine.Assess(_subjects.AsSpan(0, block.Length), _assessments, now, explaining, tally);
        return new(_assessments, 0, block.Length);
    }
}
