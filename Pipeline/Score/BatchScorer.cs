using Payments.Pipeline.Load;
using Payments.Pipeline.RuleBooks;
using Payments.Risk.Engine;
using Payments.Risk.Features;

namespace Payments.Pipeline.Score;

/// <summary>
/// Scores the accepted payments of a batch, of a file or of the API: reads them and what they look back at, computes their features, asks the engine,
/// and writes scores and assessments, all in the caller's transaction.
/// </summary>
internal sealed class BatchScorer(EngineSource engines, RuleCounts counts, TimeProvider clock)
{
    // Payments further apart than that have little in common: they are taken time by time.
    private const long LongestStretch = 60 * Instants.Day;

    /// <summary>Scores what the validation accepted of a file's batch.</summary>
    /// <param name="lane">Holds the validated batch; its connection has the transaction.</param>
    /// <param name="memory">What the batches before remember.</param>
    /// <param name="cancellationToken">Stops between statements.</param>
    /// <returns>How many payments.</returns>
    public Task<int> ScoreAsync(Lane lane, ScoringMemory memory, CancellationToken cancellationToken) =>
        ScoreAsync(lane, memory, explain: false, told: null, cancellationToken);

    /// <summary>Scores what the validation accepted of a few payments, with everything read from the store.</summary>
    /// <param name="lane">Holds the validated batch; its connection has the transaction.</param>
    /// <param name="explain">Gives reasons for every payment, else only for those that need a look.</param>
    /// <param name="cancellationToken">Stops between statements.</param>
    /// <returns>Every accepted payment with its assessment, in the order of the records.</returns>
    public async Task<IReadOnlyList<ScoredPayment>> ScoreAsync(Lane lane, bool explain, CancellationToken cancellationToken)
    {
        var told = new List<ScoredPayment>();
        await ScoreAsync(lane, memory: null, explain, told, cancellationToken);
        told.Sort((left, right) => left.RecordNumber.CompareTo(right.RecordNumber));
        return told;
    }

    private async Task<int> ScoreAsync(Lane lane, ScoringMemory? memory, bool explain, List<ScoredPayment>? told, CancellationToken cancellationToken)
    {
        var engine = await engines.ForAsync(lane.Connection, cancellationToken);
        var accepted = await AcceptedAsync(lane, cancellationToken);
        var scores = new Scores(accepted.Count);
        if (accepted.Count > 0)
        {
            var assessor = new BlockAssessor(engine);
            var now = clock.GetUtcNow().UtcDateTime;
            var tally = await counts.BeginAsync(lane.Connection, engine.Rules, accepted.Count, now, cancellationToken);
            foreach (var stretch in Stretches(accepted))
            {
                var history = await HistoryAsync(lane, memory, accepted, stretch, cancellationToken);
                foreach (var block in stretch.Chunk(BlockAssessor.MostPayments))
                {
                    foreach (var ((record, facts), assessment) in block.Zip(assessor.Assess(block, history, now, explain ? Explaining.Always : Explaining.WhereNeeded, tally)))
                    {
                        var scored = new ScoredPayment(record, facts, assessment) { Versions = engine.Versions };
                        scores.Add(scored);
                        told?.Add(scored);
                    }
                }
            }

            await counts.WriteAsync(lane.Connection, tally, lane.Number, now, cancellationToken);
        }

        await scores.WriteAsync(lane, cancellationToken);
        await AssessmentRows.WriteAsync(lane, scores.ToLookAt, engine.Versions, cancellationToken);
        return accepted.Count;
    }

    private static async Task<List<(long Record, PaymentFacts Facts)>> AcceptedAsync(Lane lane, CancellationToken cancellationToken)
    {
        var words = new WordCache();
        var accepted = new List<(long Record, PaymentFacts Facts)>(lane.Batch.Count);
        await using var command = lane.Command("select * from pipeline.list_accepted_payments($1, $2)", lane.Batch.Id, lane.Number);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            accepted.Add((reader.GetInt64(0), new()
            {
                PaymentId = reader.GetString(1),
                CustomerId = reader.GetString(2),
                MerchantId = words.Of(reader.GetString(3)),
                Thousandths = HistoryReader.Thousandths(reader.GetDecimal(4)),
                Currency = words.Of(reader.GetString(5)),
                PaymentMethod = words.Of(reader, 6),
                PaymentStatus = words.Of(reader.GetString(7)),
                Instant = reader.GetFieldValue<long>(8),
                CustomerCountry = words.Of(reader, 9),
                CustomerRisk = words.Of(reader, 10),
                CreditScore = reader.IsDBNull(11) ? null : reader.GetInt32(11),
                MerchantCountry = words.Of(reader, 12),
                BusinessType = words.Of(reader, 13),
            }));
        }

        // Rules that hit too much are capped as payments come: always in the same order.
        accepted.Sort((left, right) => left.Record.CompareTo(right.Record));
        return accepted;
    }

    private static List<List<(long Record, PaymentFacts Facts)>> Stretches(List<(long Record, PaymentFacts Facts)> accepted)
    {
        var (first, last) = (accepted.Min(payment => payment.Facts.Instant), accepted.Max(payment => payment.Facts.Instant));
        return last - first <= LongestStretch
            ? [accepted]
            : [.. accepted.GroupBy(payment => (payment.Facts.Instant - first) / LongestStretch).OrderBy(stretch => stretch.Key).Select(stretch => stretch.ToList())];
    }

    private static async Task<PaymentHistory> HistoryAsync(
        Lane lane, ScoringMemory? memory, List<(long Record, PaymentFacts Facts)> accepted, List<(long Record, PaymentFacts Facts)> stretch, CancellationToken cancellationToken)
    {
        var reader = new HistoryReader(lane.Connection);
        PaymentFacts[] payments = [.. stretch.Select(payment => payment.Facts)];
        if (stretch.Count == accepted.Count)
        {
            return memory is null
                ? await reader.ReadAsync(payments, cancellationToken)
                : await reader.ReadAsync(memory, lane.Batch.Id, payments, cancellationToken);
        }

        memory?.Forget();
        var history = await reader.ReadAsync(payments, cancellationToken);
        var first = payments.Min(payment => payment.Instant);
        var reach = first - (PaymentHistory.MerchantDays + 1) * Instants.Day;
        foreach (var (_, earlier) in accepted)
        {
            if (earlier.Instant < first && earlier.Instant >= reach) history.Add(earlier);
        }

        return history;
    }
}
