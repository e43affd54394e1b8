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

    /// <summary>Scores what the validation accepted.</summary>
    /// <param name="lane">Holds the validated batch; its connection has the transaction.</param>
    /// <param name="memory">What the batches before remember, or null to read everything from the store.</param>
    /// <param name="explain">Gives reasons for every payment, else only for those that need a look.</param>
    /// <param name="cancellationToken">Stops between statements.</param>
    /// <returns>Every accepted payment with its assessment, in the order of the records.</returns>
    public async Task<IReadOnlyList<ScoredPayment>> ScoreAsync(Lane lane, ScoringMemory? memory, bool explain, CancellationToken cancellationToken)
    {
        var engine = await engines.ForAsync(lane.Connection, cancellationToken);
        var accepted = await AcceptedAsync(lane, cancellationToken);
        var scored = new List<ScoredPayment>(accepted.Count);
        if (accepted.Count > 0)
        {
            var features = new double[FeatureCatalogue.Count];
            var now = clock.GetUtcNow().UtcDateTime;
            var tally = await counts.BeginAsync(lane.Connection, engine.Rules, accepted.Count, now, cancellationToken);
            foreach (var stretch in Stretches(accepted))
            {
                var history = await HistoryAsync(lane, memory, accepted, stretch, cancellationToken);
                foreach (var (record, facts) in stretch)
                {
                    history.Compute(facts, features);
                    scored.Add(new(record, facts, engine.Assess(facts.ToSubject(features), now, explain, tally)));
                }
            }

            await counts.WriteAsync(lane.Connection, tally, lane.Number, now, cancellationToken);
            scored.Sort((left, right) => left.RecordNumber.CompareTo(right.RecordNumber));
        }

        await WriteScoresAsync(lane, scored, cancellationToken);
        await AssessmentRows.WriteAsync(lane, scored, engine.Versions, cancellationToken);
        return scored;
    }

    private static async Task<List<(long Record, PaymentFacts Facts)>> AcceptedAsync(Lane lane, CancellationToken cancellationToken)
    {
        var words = new WordCache();
        var accepted = new List<(long Record, PaymentFacts Facts)>();
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

    private static async Task WriteScoresAsync(Lane lane, List<ScoredPayment> scored, CancellationToken cancellationToken)
    {
        await using var command = lane.Command(
            "select pipeline.score_payments($1, $2, $3, $4, $5)",
            lane.Batch.Id,
            lane.Number,
            scored.Select(payment => payment.RecordNumber).ToArray(),
            scored.Select(payment => payment.Assessment.RoundedScore).ToArray(),
            scored.Select(payment => payment.Assessment.IsFlagged).ToArray());
        var written = (long)(await command.ExecuteScalarAsync(cancellationToken))!;
        if (written != scored.Count) throw new InvalidOperationException($"Of {scored.Count} payments of batch {lane.Batch.Id}, {written} were scored.");
    }
}
