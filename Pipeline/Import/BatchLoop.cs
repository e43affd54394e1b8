using Npgsql;
using Payments.Pipeline.Load;
using Payments.Pipeline.Runs;
using Payments.Pipeline.Score;
using Payments.Pipeline.Validate;
using Polly;
using Polly.Retry;

namespace Payments.Pipeline.Import;

/// <summary>
/// Loads batch after batch, each in one transaction; while one is loaded, the next is staged, validated and scored in a second lane if there is one free.
/// Scoring looks back at the batch before, which is remembered; where it must be asked of the store, scoring waits until that one is committed. So each is
/// scored as if they had come one by one.
/// </summary>
internal sealed class BatchLoop(
    RunContext run,
    long importId,
    ImportProfile profile,
    ImportHeader header,
    BatchReader batches,
    ImportSteps steps,
    ScoreStage scores)
{
    private readonly ResiliencePipeline _retries = new ResiliencePipelineBuilder { TimeProvider = run.Clock }
        .AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = new PredicateBuilder().Handle<PostgresException>(IsPassing),
            MaxRetryAttempts = 5,
            Delay = TimeSpan.FromMilliseconds(50),
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
        })
        .Build();

    private bool IsOfPayments => profile.Layout == StagingLayout.Payments;

    /// <summary>Loads what is left of the file.</summary>
    /// <param name="report">Told of each batch when it is committed.</param>
    /// <param name="cancellationToken">Stops between statements; the batches under way are rolled back.</param>
    public async Task RunAsync(Action<BatchCounts> report, CancellationToken cancellationToken)
    {
        await using var firstLane = await Lane.ClaimAsync(run.DataSource, run.Clock, cancellationToken);
        await using var first = new OpenBatch(firstLane);
        var isStaged = await PrepareAsync(first, isWorthWhile: null, cancellationToken);
        await using var secondLane = batches.HasMore && IsOfPayments ? await Lane.TryClaimAsync(run.DataSource, cancellationToken) : null;
        await using var second = secondLane is null ? null : new OpenBatch(secondLane);

        for (var (batch, next) = (first, second ?? first); isStaged; (batch, next) = (next, batch))
        {
            if (batch == next || !batch.IsPrepared)
            {
                report(await LoadAsync(batch, cancellationToken));
                isStaged = await PrepareAsync(next, isWorthWhile: null, cancellationToken);
                continue;
            }

            // Whichever fails, the other is waited for: its connection must be at rest before the lanes are given back.
            var isScored = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            var loading = TryLoadAsync(batch, isScored, cancellationToken);
            // What is loaded by then is waited for no longer: scoring is as well done beside the preparation of the batch after it.
            var preparing = PrepareAsync(next, async () => await isScored.Task && !loading.IsCompleted, cancellationToken);
            await Task.WhenAll(loading, preparing);
            isStaged = await preparing;
            if (await loading is { } counts)
            {
                report(counts);
                continue;
            }

            // The next batch may have claimed what this one had to give back: this one begins anew, and that one after it.
            await next.DisposeAsync();
            scores.Forget();
            report(await LoadAsync(batch, cancellationToken));
        }
    }

    // The session survives these two, and the staged rows with it. After any other fault the run is tried again as a whole.
    private static bool IsPassing(PostgresException error) =>
        error.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure;

    // Staged and, if nothing is in the way, validated and, if that is worth while, scored; it waits for keys that the batch before has claimed, never the other way round.
    private async Task<bool> PrepareAsync(OpenBatch batch, Func<Task<bool>>? isWorthWhile, CancellationToken cancellationToken)
    {
        if (!await StageAsync(batch.Lane, cancellationToken)) return false;
        var isBeingScored = false;
        try
        {
            await OpenAsync(batch, cancellationToken);
            if (steps.Score is { } score && isWorthWhile is not null && await isWorthWhile())
            {
                isBeingScored = true;
                batch.IsScored = await steps.TurnAsync(score, () => scores.TryRunAheadAsync(batch.Lane, cancellationToken));
            }
        }
        catch (PostgresException error) when (IsPassing(error))
        {
            // Begun anew when it is loaded.
            await batch.DisposeAsync();
            if (isBeingScored) scores.Forget();
        }

        return true;
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

    private async Task<BatchCounts?> TryLoadAsync(OpenBatch batch, TaskCompletionSource<bool> isScored, CancellationToken cancellationToken)
    {
        try
        {
            return await LoadOnceAsync(batch, isScored, cancellationToken);
        }
        catch (PostgresException error) when (IsPassing(error))
        {
            return null;
        }
        finally
        {
            isScored.TrySetResult(false);
        }
    }

    private async Task<BatchCounts> LoadAsync(OpenBatch batch, CancellationToken cancellationToken) =>
        await _retries.ExecuteAsync(
            async token =>
            {
                try
                {
                    return await LoadOnceAsync(batch, isScored: null, token);
                }
                catch (PostgresException)
                {
                    scores.Forget();
                    throw;
                }
            },
            cancellationToken);

    private Task OpenAsync(OpenBatch batch, CancellationToken cancellationToken) => batch.OpenAsync(
        () => steps.TurnAsync(steps.Validate, () => ValidateStage.RunAsync(batch.Lane, profile, header, cancellationToken)),
        cancellationToken);

    // Whoever calls it forgets what was scored when it fails: not here, where the next batch may be being scored.
    private async Task<BatchCounts> LoadOnceAsync(OpenBatch batch, TaskCompletionSource<bool>? isScored, CancellationToken cancellationToken)
    {
        var from = run.Clock.GetTimestamp();
        if (!batch.IsPrepared) await OpenAsync(batch, cancellationToken);
        try
        {
            await run.AssertOwnedAsync(batch.Lane.Connection, cancellationToken);
            if (steps.Score is { } score && !batch.IsScored) await steps.TurnAsync(score, () => scores.RunAsync(batch.Lane, cancellationToken));
            isScored?.TrySetResult(true);
            var counts = await steps.TurnAsync(steps.Load, async () =>
            {
                var loaded = await LoadStage.RunAsync(batch.Lane, importId, profile, header, batch.Refused, run.Clock.GetUtcNow().UtcDateTime, cancellationToken);
                await batch.CommitAsync(cancellationToken);
                return loaded;
            });
            Count(counts);
            return counts with { Elapsed = run.Clock.GetElapsedTime(from) };
        }
        finally
        {
            await batch.DisposeAsync();
        }
    }

    private void Count(BatchCounts counts)
    {
        counts.Raised.Count();
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
