using System.Globalization;
using Payments.Risk.Features;
using Payments.Risk.Models;
using Payments.Risk.Rules;

namespace Payments.Risk.Engine;

/// <summary>Puts into words why a payment has its score. Contributions, with those too small to be told and what all payments share, add up to the score.</summary>
internal sealed class Reasoning(RiskSubject subject, RiskModels models, RuleHits early, RuleHits late, ListedParty? listed)
{
    private const int MostFeatures = 6;
    private const double LeastPoints = 0.5;

    /// <summary>The reasons, weightiest first.</summary>
    /// <param name="judged">The score of models and points.</param>
    /// <param name="withFloors">With the floors of rules.</param>
    /// <param name="byRules">With the rules over the score.</param>
    /// <param name="score">With the lists: the payment's score.</param>
    public List<Reason> Tell(double judged, double withFloors, double byRules, double score)
    {
        var reasons = new List<Reason>();
        if (listed is not null) reasons.Add(listed.Explain(score - byRules));
        AddRules(reasons, early, early.Points > 0 ? judged - models.Judge(subject.Features.Span, 0).Score : 0, withFloors - judged, double.NaN);
        AddRules(reasons, late, 0, byRules - withFloors, withFloors);
        AddFeatures(reasons);
        // Stable: of equals, lists and rules come before models.
        return [.. reasons.OrderByDescending(reason => Math.Abs(reason.Contribution))];
    }

    // What points did to the score is shared by points; what a floor did is the doing of the rule with the highest floor.
    private void AddRules(List<Reason> reasons, RuleHits hits, double byPoints, double byFloor, double score)
    {
        var points = hits.Live.Sum(rule => rule.Points);
        var highest = byFloor > 0 ? hits.Live.MaxBy(rule => rule.Floor ?? double.MinValue) : null;
        foreach (var rule in hits.Live)
        {
            var contribution = (points > 0 ? byPoints * rule.Points / points : 0) + (rule == highest ? byFloor : 0);
            reasons.Add(rule.Explain(subject, score, contribution));
        }
    }

    private void AddFeatures(List<Reason> reasons)
    {
        var weighty = models.Explain(subject.Features.Span)
            .Where(feature => Math.Abs(feature.Points) >= LeastPoints)
            .OrderByDescending(feature => Math.Abs(feature.Points))
            .Take(MostFeatures);
        foreach (var contribution in weighty)
        {
            var feature = FeatureCatalogue.All[contribution.Place];
            var observed = Words(feature, subject.Features.Span[contribution.Place]);
            var typical = contribution.Typical is { } median && double.IsFinite(median) ? Words(feature, median) : null;
            var text = $"{feature.Description.TrimEnd('.')}: {observed}{(typical is null ? "" : $", typically {typical}")}.";
            reasons.Add(new(feature.Name, IsHabit(feature) ? "habit" : contribution.Source, text, contribution.Points, observed, typical is null ? null : $"typically {typical}"));
        }
    }

    // Compared with what its own customer or merchant does, not with all payments.
    private static bool IsHabit(Feature feature) => feature.Name.Contains("_amount_", StringComparison.Ordinal) || feature.Name.StartsWith("is_new_", StringComparison.Ordinal);

    private string Words(Feature feature, double value) => (feature.Unit, value) switch
    {
        (_, double.NaN) => "unknown",
        ("flag", _) => value > 0.5 ? "yes" : "no",
        ("money", _) => $"{value.ToString("#,##0.00", CultureInfo.InvariantCulture)} {subject.Currency}",
        ("seconds", _) => $"{value.ToString("#,##0", CultureInfo.InvariantCulture)} seconds",
        ("payments", _) => value.ToString("#,##0", CultureInfo.InvariantCulture),
        _ => value.ToString("0.###", CultureInfo.InvariantCulture),
    };
}
