using Payments.Risk.Engine;

namespace Payments.Pipeline.Rescore;

/// <summary>What a rescore has counted so far.</summary>
internal sealed class RescoreAccount(ScoreDistribution distribution)
{
    private const decimal BandPoints = 10;
    private static readonly Decision[] Decisions = Enum.GetValues<Decision>();
    private static readonly string[][] Moves = [.. Decisions.Select(from => Decisions.Select(to => $"{from.Name()} {to.Name()}").ToArray())];

    public ScoreDistribution Distribution => distribution;

    public long Read { get; set; }

    public long Changed { get; set; }

    public long FlagsSet { get; set; }

    public long FlagsCleared { get; set; }

    public long Raised { get; set; }

    public long Lowered { get; set; }

    public long Assessments { get; set; }

    public long Alerts { get; set; }

    /// <summary>The account as it is now.</summary>
    public RescoreAccount Copy() =>
        new(new([.. distribution.Before], [.. distribution.After], new(distribution.Moves, StringComparer.Ordinal)))
        {
            Read = Read,
            Changed = Changed,
            FlagsSet = FlagsSet,
            FlagsCleared = FlagsCleared,
            Raised = Raised,
            Lowered = Lowered,
            Assessments = Assessments,
            Alerts = Alerts,
        };

    /// <summary>Counts a payment.</summary>
    public void Count(StoredScore before, Decision decisionBefore, decimal score, bool isSuspicious, Decision decision)
    {
        Read++;
        if (before.RiskScore != score || before.IsSuspicious != isSuspicious) Changed++;
        if (!before.IsSuspicious && isSuspicious) FlagsSet++;
        if (before.IsSuspicious && !isSuspicious) FlagsCleared++;
        if (decision > decisionBefore) Raised++;
        if (decision < decisionBefore) Lowered++;
        distribution.Before[Band(before.RiskScore)]++;
        distribution.After[Band(score)]++;
        var move = Moves[(int)decisionBefore][(int)decision];
        distribution.Moves[move] = distribution.Moves.GetValueOrDefault(move) + 1;
    }

    private static int Band(decimal score) => Math.Clamp((int)(score / BandPoints), 0, ScoreDistribution.Bands - 1);
}
