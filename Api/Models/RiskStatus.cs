using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Payments.Api.Docs;
using Payments.Pipeline.Models;
using Payments.Pipeline.Score;

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
/// <param name="ModelFault">Why the live model cannot be read by this version of the platform; null: it can, or none is live.</param>
/// <param name="UnreadableRules">Rules that this version of the platform cannot read: they are left out until they are changed.</param>
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
    double? PrecisionFrom90,
    ModelFault? ModelFault,
    IReadOnlyList<RuleFault> UnreadableRules) : IExample<RiskStatus>
{
    /// <inheritdoc/>
    public static RiskStatus Example { get; } =
        new("supervised", "Model 3 has learned from labels; forest and rules weigh in.", 7, 4, 3, 14, 1, 70, 90, 0.5012, 0.8004, null, []);

    /// <summary>What scores go by.</summary>
    /// <remarks>Which rules and models count from now on, what carries the score, what 70 and 90 mean, and what cannot be read and is done without.</remarks>
    public static async Task<Ok<RiskStatus>> GetAsync(NpgsqlDataSource database, EngineSource engines, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var (book, live, engine) = await engines.LoadAsync(connection, cancellationToken);
        var model = live?.Model;
        var (carriedBy, text) = model switch
        {
            _ when live is { Fault: { } fault } => (
                model is null ? "rules" : "forest_and_rules",
                $"Model {live.Version} is live and cannot be read: {fault} Until that is mended, {(model is null ? "rules alone" : "rules and its forest")} carry the score. {LiveModel.Remedy}"),
            { IsSupervised: true } => ("supervised", $"Model {live?.Version} has learned from labels; forest and rules weigh in."),
            not null => ("forest_and_rules", $"Model {live?.Version} is an isolation forest: there were too few fraud labels to learn from. Rules and forest carry the score."),
            _ => ("rules", "No model is live. Rules alone carry the score until the first training (POST /api/models/train, or tonight)."),
        };
        return TypedResults.Ok(new RiskStatus(
            carriedBy, text, engine.Versions.Rules, engine.Versions.Models, live?.Version,
            engine.Rules.All.Count(rule => rule.Mode == Risk.Rules.RuleMode.Live), engine.Rules.All.Count(rule => rule.Mode == Risk.Rules.RuleMode.Shadow),
            engine.Thresholds.Review, engine.Thresholds.Block, model?.Scale?.Precision70, model?.Scale?.Precision90,
            live is { Fault: { } why } ? new(live.Version, why, LiveModel.Remedy) : null,
            [.. book.Unreadable.Select(rule => new RuleFault(rule.Code, rule.Version, rule.Fault))]));
    }
}

/// <summary>A live model that cannot be read.</summary>
/// <param name="Version">The model, for <c>/api/models/{version}</c>.</param>
/// <param name="Reason">What is wrong with it.</param>
/// <param name="Remedy">What to do.</param>
internal sealed record ModelFault(long Version, string Reason, string Remedy);

/// <summary>A rule that cannot be read.</summary>
/// <param name="Code">The rule, for <c>/api/rules/{code}</c>.</param>
/// <param name="Version">Its newest version.</param>
/// <param name="Reason">What is wrong with its expression.</param>
internal sealed record RuleFault(string Code, int Version, string Reason);
