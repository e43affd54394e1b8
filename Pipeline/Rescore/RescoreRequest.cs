namespace Payments.Pipeline.Rescore;

/// <summary>Which payments are scored anew, and how: the parameters of a run of the kind <c>rescore</c>.</summary>
/// <param name="From">First UTC day.</param>
/// <param name="To">Last UTC day, included.</param>
/// <param name="DryRun">Tells what would change, and changes nothing.</param>
/// <param name="RaiseAlerts">Raises alerts for payments that need a look now and are in no alert.</param>
public sealed record RescoreRequest(DateOnly From, DateOnly To, bool DryRun = false, bool RaiseAlerts = false)
{
    /// <summary>The first instant.</summary>
    internal DateTime Begin => From.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);

    /// <summary>The first instant that is no more asked for.</summary>
    internal DateTime End => To.AddDays(1).ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
}

/// <summary>What a rescore did, or would have done.</summary>
/// <param name="DryRun">Whether nothing was changed.</param>
/// <param name="PaymentsRead">Payments scored anew.</param>
/// <param name="ScoresChanged">Payments whose stored score or flag changed.</param>
/// <param name="FlagsSet">Payments that became suspicious.</param>
/// <param name="FlagsCleared">Payments that are suspicious no more.</param>
/// <param name="DecisionsRaised">Payments that went to a stricter decision.</param>
/// <param name="DecisionsLowered">Payments that went to a milder one.</param>
/// <param name="AssessmentsWritten">Assessments added or replaced.</param>
/// <param name="AlertsRaised">New alerts, where they were asked for.</param>
/// <param name="RulesVersion">The rules that all of it was scored by.</param>
/// <param name="ModelsVersion">The models that all of it was scored by.</param>
/// <param name="IsCurrent">Whether rules and models are still those at its end; if not, it is to be asked for again.</param>
/// <param name="Distribution">Scores and decisions before and after.</param>
public sealed record RescoreResult(
    bool DryRun,
    long PaymentsRead,
    long ScoresChanged,
    long FlagsSet,
    long FlagsCleared,
    long DecisionsRaised,
    long DecisionsLowered,
    long AssessmentsWritten,
    long AlertsRaised,
    long RulesVersion,
    long ModelsVersion,
    bool IsCurrent,
    ScoreDistribution Distribution);

/// <summary>Scores and decisions before and after.</summary>
/// <param name="Before">Payments by their score before: ten bands of ten points, 100 in the last.</param>
/// <param name="After">Payments by their score after.</param>
/// <param name="Moves">Payments by decision before and after, for example <c>APPROVE REVIEW</c>.</param>
public sealed record ScoreDistribution(long[] Before, long[] After, SortedDictionary<string, long> Moves)
{
    /// <summary>Bands of scores.</summary>
    public const int Bands = 10;

    /// <summary>Of no payment.</summary>
    public static ScoreDistribution Empty => new(new long[Bands], new long[Bands], new(StringComparer.Ordinal));
}
