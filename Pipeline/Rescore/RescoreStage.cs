using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Payments.Pipeline.Models;
using Payments.Pipeline.Runs;
using Payments.Pipeline.Score;
using Payments.Risk.Engine;

namespace Payments.Pipeline.Rescore;

/// <summary>
/// Scores stored payments anew by the rules and models of now, each with the features of its own instant, and writes back what changed: scores, flags,
/// assessments, and the rollups that count flags. Chunk by chunk, each in a transaction; a later attempt goes on behind the last whole chunk, and
/// a payment that is scored once more comes out the same.
/// </summary>
/// <remarks>
/// Rules that hit more than their share are capped UTC day by UTC day, from nothing each day: so an attempt that goes on in the middle of a day decides as the
/// one before. What an analyst or a list has flagged stays flagged.
/// </remarks>
public sealed class RescoreStage
{
    private readonly EngineSource _engines;
    private readonly RescoreOptions _options;
    private readonly ILogger<RescoreStage> _logger;

    internal RescoreStage(EngineSource engines, IOptions<RescoreOptions> options, ILogger<RescoreStage> logger) =>
        (_engines, _options, _logger) = (engines, options.Value, logger);

    /// <summary>Scores the payments of the request's days.</summary>
    public Task<RescoreResult> RunAsync(RunContext run, RescoreRequest request, CancellationToken cancellationToken) =>
        run.StepAsync("rescore", step => RescoreAsync(run, step, request, cancellationToken), cancellationToken);

    private async Task<RescoreResult> RescoreAsync(RunContext run, RunStep step, RescoreRequest request, CancellationToken cancellationToken)
    {
        var (engine, progress) = await BeginAsync(run, request, cancellationToken);
        if (progress.DoneUntil is { } done) _logger.LogInformation("Run {RunId}: goes on behind {DoneUntil:u}, {Payments} payments are done", run.RunId, done, progress.Account.Read);

        // A day is begun from its beginning: its rules are capped by what they hit that day.
        var from = progress.DoneUntil is { } until && until.Date > request.Begin ? until.Date : request.Begin;
        var chunk = new RescoreChunk();
        var assessor = new PageAssessor(engine, progress.ScoredAt, request.DryRun ? Explaining.Never : Explaining.WhereNeeded);
        await using var writer = new RescoreWriter(run, request, engine.Versions, progress);
        await foreach (var page in new HistoricalFeatures(run.DataSource).ReadAsync(from, request.End, cancellationToken))
        {
            foreach (var (payment, assessment) in page.Zip(assessor.Assess(page, cancellationToken)))
            {
                if (progress.HasDone(payment.Subject)) continue;
                Take(chunk, progress.Account, engine, payment, assessment);
                if (chunk.Changes < _options.ChunkChanges && chunk.Payments < _options.ChunkPayments) continue;
                await writer.BeginAsync(chunk, cancellationToken);
                chunk = new();
            }
        }

        await writer.EndAsync(chunk, cancellationToken);
        var account = progress.Account;
        (step.RowsIn, step.RowsOut) = (account.Read, request.DryRun ? 0 : account.Changed);
        return new(
            request.DryRun, account.Read, account.Changed, account.FlagsSet, account.FlagsCleared, account.Raised, account.Lowered, account.Assessments,
            account.Alerts, engine.Versions.Rules, engine.Versions.Models, await IsCurrentAsync(run, engine, cancellationToken), account.Distribution);
    }

    private static void Take(RescoreChunk chunk, RescoreAccount account, RiskEngine engine, HistoricalPayment payment, Assessment assessment)
    {
        var stored = payment.Stored;
        var isSuspicious = assessment.IsFlagged || stored.IsFlagKept;
        // What was scored before there were decisions was decided by its score.
        var decisionBefore = stored.Decision ?? engine.Thresholds.Decide(stored.RiskScore);
        account.Count(stored, decisionBefore, assessment.RoundedScore, isSuspicious, assessment.Decision);
        chunk.Pass(payment.Subject);

        // What needed a look once keeps its assessment.
        var isAssessed = stored.Decision is not null || assessment.NeedsLook;
        var isChanged = stored.RiskScore != assessment.RoundedScore || stored.IsSuspicious != isSuspicious;
        if (!isChanged && (!isAssessed || stored.Decision == assessment.Decision)) return;
        if (isAssessed) account.Assessments++;
        chunk.Change(payment.Subject, assessment.RoundedScore, isSuspicious, isAssessed ? assessment : null);
    }

    private async Task<(RiskEngine Engine, RescoreProgress Progress)> BeginAsync(RunContext run, RescoreRequest request, CancellationToken cancellationToken)
    {
        await using var connection = await run.DataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await run.AssertOwnedAsync(connection, cancellationToken);
        var (_, model, engine) = await _engines.LoadAsync(connection, cancellationToken);
        // Payments to come have no better score; those that are stored have one, which a stand-in must not replace.
        if (model is { Fault: { } fault }) throw new InvalidDataException($"Model {model.Version} is live and cannot be read: {fault} History is not scored anew without it. {LiveModel.Remedy}");
        var progress = await RescoreProgress.BeginAsync(connection, run, request, engine.Versions, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return (engine, progress);
    }

    private async Task<bool> IsCurrentAsync(RunContext run, RiskEngine engine, CancellationToken cancellationToken)
    {
        await using var connection = await run.DataSource.OpenConnectionAsync(cancellationToken);
        return (await _engines.ForAsync(connection, cancellationToken)).Versions == engine.Versions;
    }
}
