using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Payments.Api.Docs;
using Payments.Api.Reading;
using Payments.Pipeline.Score;
using Payments.Risk.Models;

namespace Payments.Api.Models;

/// <summary>What scores go by now.</summary>
/// <param name="CarriedBy">supervised: the model learned from labels, with forest and rules; forest_and_rules: too few labels for one so far; rules: nothing has been learned yet.</param>
/// <param name="Text">The same in words.</param>
/// <param name="RulesVersion">Raised by every change of rules, lists, suppressions or thresholds; assessments carry it.</param>
/// <param name="ModelsVersion">Raised by every promotion; assessments carry it.</param>
/// <param name="ModelVersion">The live model, for <c>/api/models/{version}</c>; null: none.</param>
/// <param name="LiveRules">Rules that count.</param>
/// <param name="ShadowRules">Rules that are counted only.</param>
/// <param name="Review">REVIEW from this score on.</param>
/// <param name="Block">BLOCK from this score on.</param>
/// <param name="PrecisionFrom70">What share of payments from 70 upward were frauds on the days that the live model was calibrated on, 0 to 1; null without a supervised model, or where too few frauds were held out to say.</param>
/// <param name="PrecisionFrom90">Likewise from 90 upward.</param>
internal sealed record RiskStatus(
    string CarriedBy,
    string Text,
    long RulesVersion,
    long ModelsVersion,
    long? ModelVersion,
    int LiveRules,
    int ShadowRules,
    decimal Review,
    decimal Block,
    double? PrecisionFrom70,
    double? PrecisionFrom90) : IExample<RiskStatus>
{
    /// <inheritdoc/>
    public static RiskStatus Example { get; } =
        new("supervised", "Model 3 has learned from labels; forest and rules weigh in.", 7, 4, 3, 14, 1, 70, 90, 0.5012, 0.8004);

    /// <summary>What scores go by.</summary>
    /// <remarks>Which rules and models count from now on, what carries the score, and what 70 and 90 mean.</remarks>
    public static async Task<Ok<RiskStatus>> GetAsync(NpgsqlDataSource database, EngineSource engines, Reader reader, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var engine = await engines.ForAsync(connection, cancellationToken);
        // Of the model itself the engine has read all that it takes.
        var live = await reader.FindAsync(new RowQuery<LiveVersion>("pipeline.live_model()"), cancellationToken);
        var model = engine.Models as ScoringModel;
        var (carriedBy, text) = model switch
        {
            { IsSupervised: true } => ("supervised", $"Model {live?.Version} has learned from labels; forest and rules weigh in."),
            not null => ("forest_and_rules", $"Model {live?.Version} is an isolation forest: there were too few fraud labels to learn from. Rules and forest carry the score."),
            _ => ("rules", "No model is live. Rules alone carry the score until the first training (POST /api/models/train, or tonight)."),
        };
        return TypedResults.Ok(new RiskStatus(
            carriedBy, text, engine.Versions.Rules, engine.Versions.Models, live?.Version,
            engine.Rules.All.Count(rule => rule.Mode == Risk.Rules.RuleMode.Live), engine.Rules.All.Count(rule => rule.Mode == Risk.Rules.RuleMode.Shadow),
            engine.Thresholds.Review, engine.Thresholds.Block, model?.Scale?.Precision70, model?.Scale?.Precision90));
    }

    private sealed record LiveVersion(long Version);
}
