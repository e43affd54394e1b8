using Npgsql;
using Payments.Pipeline.Load;
using Payments.Pipeline.Runs;
using Payments.Pipeline.Score;
using Payments.Pipeline.Validate;
using Polly;
using Polly.Retry;

namespace Payments.Pipeline.Import;

/// <summary>Stages batch after batch and loads each in one transaction; while one is loaded, the next is staged in a second lane if there is one free.</summary>
internal sealed class BatchLoop(
    RunContext run,
    long importId,
    ImportProfile profile,
    ImportHeader header,
    BatchReader batches,
    ImportSteps steps)
{
    private readonly ResiliencePipeline _retries = new ResiliencePipelineBuilder { TimeProvider = run.Clock }
        .AddRetry(new RetryStrategyOptions
        {
            // The session survives these two, and the staged rows with it. After any other fault the run is tried again as a whole.
            ShouldHandle = new PredicateBuilder().Handle<PostgresException>(error =>
                error.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure),
            MaxRetryAttempts = 5,
            Delay = TimeSpan.FromMilliseconds(50),
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
        })
        .Build();

    private bool IsOfPayments => profile.Layout == StagingLayout.Payments;

    /// <summary>Loads what is left of the file.</summary>
    /// <param name="report">Told of each batch when it is committed.</param>
    /// <param name="cancellationToken">Stops between statements; the batch under way is rolled back.</param>
    public async Task RunAsync(Action<BatchCounts> report, CancellationToken cancellationToken)
    {
        await using var first = await Lane.ClaimAsync(run.DataSource, run.Clock, cancellationToken);
        var isStaged = await StageAsync(first, cancellationToken);
        await using var second = batches.HasMore && IsOfPayments ? await Lane.TryClaimAsync(run.DataSource, cancellationToken) : null;

        var (lane, other) = (first, second);
        while (isStaged)
        {
            var loading = LoadAsync(lane, cancellationToken);
            if (other is null)
            {
                report(await loading);
                isStaged = await StageAsync(lane, cancellationToken);
                continue;
            }

            // Whichever fails, the other is waited for: its connection must be at rest before the lanes are given back.
            var staging = StageAsync(other, cancellationToken);
            await Task.WhenAll(loading, staging);
            report(await loading);
            isStaged = await staging;
            (lane, other) = (other, lane);
        }
    }

    private async Task<bool> StageAsync(Lane lane, CancellationToken cancellationToken)
    {
        var isStaged = await steps.TurnAsync(steps.Import, () => batches.StageAsync(lane, cancellationToken));
        if (isStaged)
        {
            steps.Import.RowsIn += lane.Batch.Count;
            steps.Import.RowsOut += lane.Batch.Count;
        }

        return isStaged;
    }

    private async Task<BatchCounts> LoadAsync(Lane lane, CancellationToken cancellationToken)
    {
        var from = run.Clock.GetTimestamp();
        var counts = await _retries.ExecuteAsync(async token => await LoadOnceAsync(lane, token), cancellationToken);
        Count(counts);
        return counts with { Elapsed = run.Clock.GetElapsedTime(from) };
    }

    private async Task<BatchCounts> LoadOnceAsync(Lane lane, CancellationToken cancellationToken)
    {
        await using var transaction = await lane.Connection.BeginTransactionAsync(cancellationToken);
        await run.AssertOwnedAsync(lane.Connection, cancellationToken);
        var refused = await steps.TurnAsync(steps.Validate, () => ValidateStage.RunAsync(lane, profile, header, cancellationToken));
        if (steps.Score is { } score) await steps.TurnAsync(score, () => ScoreStage.RunAsync(lane, cancellationToken));
        return await steps.TurnAsync(steps.Load, async () =>
        {
            var counts = await LoadStage.RunAsync(lane, importId, profile, refused, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return counts;
        });
    }

    private void Count(BatchCounts counts)
    {
        steps.Validate.RowsIn += counts.Records;
        steps.Validate.RowsOut += counts.Records - counts.Rejected;
        if (steps.Score is { } score)
        {
            score.RowsIn += counts.Accepted;
            score.RowsOut += counts.Accepted;
        }

        steps.Load.RowsIn += counts.Accepted + counts.Duplicates;
        steps.Load.RowsOut += counts.Accepted;
    }
}
