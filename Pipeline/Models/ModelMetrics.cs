using System.Text.Json;
using System.Text.Json.Serialization;
using Payments.Risk.Models;

namespace Payments.Pipeline.Models;

/// <summary>How a model did.</summary>
/// <param name="Candidate">The model on later days that it has not seen; null where there were too few frauds to say.</param>
/// <param name="Live">The model that was live then, on the same days; null without one.</param>
/// <param name="LiveVersion">Its version.</param>
/// <param name="ComparedFrom">The first instant of these days, UTC.</param>
/// <param name="ComparedUntil">The first instant behind them, UTC.</param>
/// <param name="Scale">What 70 and 90 mean; null without a supervised model.</param>
/// <param name="Weights">How trees, forest and rules weigh together; null without a supervised model.</param>
public sealed record ModelMetrics(
    RankingMetrics? Candidate = null,
    RankingMetrics? Live = null,
    long? LiveVersion = null,
    DateTime? ComparedFrom = null,
    DateTime? ComparedUntil = null,
    ScoreScale? Scale = null,
    EvidenceStack? Weights = null)
{
    internal static JsonSerializerOptions Json { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };
}

/// <summary>How well scores rank frauds above the rest.</summary>
/// <param name="Auc">The area under the ROC curve.</param>
/// <param name="AveragePrecision">The average precision.</param>
/// <param name="Payments">Payments ranked.</param>
/// <param name="Frauds">Of these, known frauds.</param>
public sealed record RankingMetrics(double Auc, double AveragePrecision, int Payments, int Frauds);
