using Npgsql;
using Payments.Pipeline.Load;
using Payments.Pipeline.Runs;
using Payments.Pipeline.Score;
using Payments.Pipeline.Validate;
using Polly;
using Polly.Retry;

namespace Payments.Pipeline.Import;

/// <summary>
/// Loads batch after batch, each in one transaction. While one is counted and committed, the next is scored and inserted in a second
/// lane, and the one behind it staged and validated in a third, if there are lanes free. Scoring looks back at the batch before, which is
/// remembered; where the database must be asked about it, scoring waits until that batch is committed. So each is scored as if they had
/// come one by one.
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
    // One is loaded, one scored, one staged.
    private const int MostLanes = 3;

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
        var lanes = new List<Lane>();
        var turns = new Queue<BatchTurn>();
        try
        {
            lanes.Add(await Lane.ClaimAsync(run.DataSource, run.Clock, cancellationToken));
            await RunAsync(lanes, turns, report, cancellationToken);
            foreach (var lane in lanes) await batches.EmptyAsync(lane, cancellationToken);
        }
        finally
        {
            // Whichever fails, the others are waited for: their connections must be at rest before the lanes are given back.
            foreach (var turn in turns) turn.End(isLoaded: false);
            foreach (var turn in turns)
            {
                await Task.WhenAny(turn.Prepared);
                await turn.Batch.DisposeAsync();
            }

            foreach (var lane in lanes) await lane.DisposeAsync();
        }
    }

    private async Task RunAsync(List<Lane> lanes, Queue<BatchTurn> turns, Action<BatchCounts> report, CancellationToken cancellationToken)
    {
        var last = default(BatchTurn);
        Begin(new(lanes[0]));
        while (turns.TryPeek(out var turn) && await turn.Prepared)
        {
            var counts = default(BatchCounts);
            if (turn.Batch.IsPrepared)
            {
                while (IsOfPayments && lanes.Count < MostLanes && batches.HasMore
                    && await Lane.TryClaimAsync(run.DataSource, cancellationToken) is { } lane)
                {
                    lanes.Add(lane);
                    Begin(new(lane));
                }

                counts = await TryLoadAsync(turn, cancellationToken);
            }

            if (counts is null)
            {
                // It is done again, and so are those behind it, which may have claimed the keys that it had to release.
                foreach (var stopped in turns) stopped.End(isLoaded: false);
                foreach (var behind in turns.Skip(1))
                {
                    await behind.Prepared;
                    await behind.Batch.DisposeAsync();
                }

                scores.Forget();
                counts = await LoadAsync(turn.Batch, cancellationToken);
            }

            report(counts);
            turns.Dequeue();
            Begin(turn.Batch);
        }

        void Begin(OpenBatch batch)
        {
            var turn = new BatchTurn(batch, last);
            turn.Prepared = PrepareAsync(turn, cancellationToken);
            turns.Enqueue(last = turn);
        }
    }

    // The session survives these two, and the staged rows with it. After any other fault the run is tried again as a whole.
    private static bool IsPassing(PostgresException error) =>
        error.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure;

    // False when the file is at its end.
    private async Task<bool> PrepareAsync(BatchTurn turn, CancellationToken cancellationToken)
    {
        var batch = turn.Batch;
        var isBeingScored = false;
        try
        {
            // One after the other: each waits for keys that the one before has claimed, never the other way round.
            await turn.WhenNextToOpenAsync();
            if (!await StageAsync(batch.Lane, cancellationToken)) return false;
            await OpenAsync(batch, cancellationToken);
            turn.Open();

            if (steps.Score is not { } score || !await turn.IsWorthScoringAsync()) return true;
            isBeingScored = true;
            batch.Scores = await steps.TurnAsync(score, () => scores.TryRunAheadAsync(batch, cancellationToken));
            if (batch.Scores is null) return true;
            await InsertAsync(batch, cancellationToken);
            turn.Score();
        }
        catch (PostgresException error) when (IsPassing(error))
        {
            // Done again when it is loaded.
            await batch.DisposeAsync();
            if (isBeingScored) scores.Forget();
        }
        finally
        {
            turn.Open();
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

    // Null: it has to be done again.
    private async Task<BatchCounts?> TryLoadAsync(BatchTurn turn, CancellationToken cancellationToken)
    {
        var isLoaded = false;
        try
        {
            var counts = await LoadOnceAsync(turn.Batch, turn.Score, cancellationToken);
            isLoaded = true;
            return counts;
        }
        catch (PostgresException error) when (IsPassing(error))
        {
            return null;
        }
        finally
        {
            turn.End(isLoaded);
        }
    }

    private async Task<BatchCounts> LoadAsync(OpenBatch batch, CancellationToken cancellationToken) =>
        await _retries.ExecuteAsync(
            async token =>
            {
                try
                {
                    return await LoadOnceAsync(batch, scored: null, token);
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
    private async Task<BatchCounts> LoadOnceAsync(OpenBatch batch, Action? scored, CancellationToken cancellationToken)
    {
        var from = run.Clock.GetTimestamp();
        if (!batch.IsPrepared) await OpenAsync(batch, cancellationToken);
        try
        {
            await run.AssertOwnedAsync(batch.Lane.Connection, cancellationToken);
            if (steps.Score is { } score) batch.Scores ??= await steps.TurnAsync(score, () => scores.RunAsync(batch, cancellationToken));
            scored?.Invoke();
            if (!batch.IsInserted) await InsertAsync(batch, cancellationToken);
            var counts = await steps.TurnAsync(steps.Load, async () =>
            {
                var now = run.Clock.GetUtcNow().UtcDateTime;
                var loaded = await LoadStage.RunAsync(batch, importId, profile, header, now, cancellationToken);
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

    private async Task InsertAsync(OpenBatch batch, CancellationToken cancellationToken)
    {
        if (batch.Scores is not { } scored) return;
        await steps.TurnAsync(steps.Load, () => LoadStage.InsertAsync(batch.Lane, scored.Columns, cancellationToken));
        batch.IsInserted = true;
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
