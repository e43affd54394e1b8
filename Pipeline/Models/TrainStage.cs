using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Payments.Pipeline.Runs;
using Payments.Pipeline.Score;
using Payments.Risk.Evaluation;
using Payments.Risk.Models;
using Payments.Risk.Rules;

namespace Payments.Pipeline.Models;

/// <summary>What a training came to.</summary>
/// <param name="Version">The model's version; null where there were no payments to learn from.</param>
/// <param name="Kind">forest or fraud.</param>
/// <param name="IsPromoted">Whether it scores from now on.</param>
/// <param name="Reason">Why, or why not.</param>
public sealed record TrainResult(long? Version, string? Kind, bool IsPromoted, string Reason);

/// <summary>Trains a model on payments old enough for their labels to be known, compares it with the live one on later days, and promotes it only if it is better.</summary>
public sealed class TrainStage(EngineSource engines, IOptions<TrainingSettings> settings, ILogger<TrainStage> logger)
{
    private const string Actor = "training";

    /// <summary>Does it.</summary>
    public async Task<TrainResult> RunAsync(RunContext run, CancellationToken cancellationToken)
    {
        var days = settings.Value;
        var now = run.Clock.GetUtcNow().UtcDateTime;
        var until = DateTime.SpecifyKind(now.Date, DateTimeKind.Utc).AddDays(-days.MaturityDays);
        var comparedFrom = until.AddDays(-days.ComparedDays);
        var from = comparedFrom.AddDays(-days.Days);
        var rules = await RulesAsync(run.DataSource, cancellationToken);

        var data = await run.StepAsync("read", async step =>
        {
            var read = await TrainingData.ReadAsync(run.DataSource, rules, from, until, now, days.MostPayments, cancellationToken);
            step.RowsIn = step.RowsOut = read.Payments.Count;
            return read;
        }, cancellationToken);
        TrainingPayment[] earlier = [.. data.Payments.Where(payment => payment.Instant < comparedFrom)];
        TrainingPayment[] later = [.. data.Payments.Where(payment => payment.Instant >= comparedFrom)];
        if (earlier.Length == 0) return new(null, null, false, "There are no payments to learn from.");

        var model = await run.StepAsync("train", step =>
        {
            step.RowsIn = earlier.Length;
            return Task.Run(() => ModelTrainer.Train(earlier, new() { LeastFrauds = days.LeastFrauds, LegitimateShare = data.LegitimateShare }), cancellationToken);
        }, cancellationToken);
        return await run.StepAsync("promote", async step =>
        {
            step.RowsIn = later.Length;
            var result = await DecideAsync(run, model, new(from, comparedFrom, earlier.Length, earlier.Count(payment => payment.IsFraud), new(), run.RunId), later, until, cancellationToken);
            logger.LogInformation("Model {Version} ({Kind}) trained, promoted: {IsPromoted}. {Reason}", result.Version, result.Kind, result.IsPromoted, result.Reason);
            return result;
        }, cancellationToken);
    }

    private async Task<RuleSet> RulesAsync(NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        return (await engines.ForAsync(connection, cancellationToken)).Rules;
    }

    private async Task<TrainResult> DecideAsync(
        RunContext run, ScoringModel model, ModelTraining training, TrainingPayment[] later, DateTime until, CancellationToken cancellationToken)
    {
        await using var connection = await run.DataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await run.AssertOwnedAsync(connection, cancellationToken);
        var live = await ModelStore.FindLiveAsync(connection, cancellationToken);
        var candidate = Measure(model, later);
        var before = Measure(live?.Scores ?? RiskModels.Empty, later);
        var (isBetter, reason) = Compare(model, candidate, live, before);
        training = training with { Metrics = new(candidate, before, live?.Version, training.Until, until, model.Scale, model.Stack) };
        var now = run.Clock.GetUtcNow().UtcDateTime;
        var version = await ModelRegistry.RecordAsync(connection, model, training, now, cancellationToken);
        if (isBetter)
        {
            await ModelRegistry.PromoteAsync(connection, version, Actor, reason, now, cancellationToken);
        }
        else
        {
            await ModelRegistry.RejectAsync(connection, version, Actor, reason, now, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return new(version, model.IsSupervised ? "fraud" : "forest", isBetter, reason);
    }

    private static (bool IsBetter, string Reason) Compare(ScoringModel model, RankingMetrics? candidate, LiveModel? live, RankingMetrics? before)
    {
        if (candidate is null || before is null)
        {
            return model.IsSupervised || live is { Model.IsSupervised: true }
                ? (false, "Too few frauds are known of the later days to say whether it is better.")
                : live is { Fault: not null } ? (true, $"Version {live.Version} cannot be read, and {live.StandIn} carried the score.")
                : (true, live is null ? "The first model: too few frauds are known to learn from, so forest and rules carry the score." : "A newer forest: too few frauds are known to learn from or to compare by.");
        }

        var words = string.Create(
            CultureInfo.InvariantCulture,
            $"average precision {candidate.AveragePrecision:0.0000} beside {before.AveragePrecision:0.0000}, AUC {candidate.Auc:0.0000} beside {before.Auc:0.0000} of {Of(live)}, on {candidate.Frauds} frauds of later days");
        return candidate.AveragePrecision > before.AveragePrecision ? (true, $"Better: {words}.") : (false, $"Not better: {words}.");
    }

    private static string Of(LiveModel? live) => live switch
    {
        null => "the rules alone",
        { Fault: not null } => $"{live.StandIn}, since version {live.Version} cannot be read",
        _ => $"version {live.Version}",
    };

    private RankingMetrics? Measure(RiskModels models, TrainingPayment[] payments)
    {
        var frauds = payments.Count(payment => payment.IsFraud);
        if (frauds < settings.Value.LeastComparedFrauds || frauds == payments.Length) return null;
        double[] scores = [.. payments.Select(payment => models.Judge(payment.Features.Span, payment.RulePoints).Score)];
        bool[] labels = [.. payments.Select(payment => payment.IsFraud)];
        return new(Ranking.AucRoc(scores, labels)!.Value, Ranking.AveragePrecision(scores, labels)!.Value, payments.Length, frauds);
    }
}
