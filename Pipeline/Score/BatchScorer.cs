using Npgsql;
using Payments.Pipeline.Import;
using Payments.Pipeline.Load;
using Payments.Pipeline.RuleBooks;
using Payments.Risk.Engine;
using Payments.Risk.Features;
using Payments.Risk.Rules;

namespace Payments.Pipeline.Score;

/// <summary>
/// Scores the accepted payments of a batch, of a file or of the API: reads them and what they look back at, computes their features, asks the engine,
/// and writes scores and assessments, all in the caller's transaction.
/// </summary>
internal sealed class BatchScorer(EngineSource engines, RuleCounts counts, TimeProvider clock)
{
    // Payments further apart than that have little in common: they are taken time by time.
    private const long LongestStretch = 60 * Instants.Day;

    /// <summary>Scores accepted payments of the API, each with its reasons; <see cref="LiveScores.Statements"/> writes what came of it.</summary>
    /// <param name="lane">Its connection has the transaction.</param>
    /// <param name="versions">What the store asks to score by.</param>
    /// <param name="accepted">The payments, at least one.</param>
    /// <param name="history">What they look back at, themselves included; null: it is read.</param>
    /// <param name="cancellationToken">Stops between statements.</param>
    public async Task<LiveScores> ScoreAsync(
        Lane lane, EngineVersions versions, List<(long Record, PaymentFacts Facts)> accepted, PaymentHistory? history, CancellationToken cancellationToken)
    {
        var engine = await engines.ForAsync(lane.Connection, versions, cancellationToken);
        var now = clock.GetUtcNow().UtcDateTime;
        InOrder(accepted);
        var told = new List<ScoredPayment>(accepted.Count);
        var (scores, tally) = (await AssessAsync(lane, batch: null, history, engine, accepted, now, told, cancellationToken))!.Value;
        lane.Batch.NewlyCapped = tally.NewlyCapped();
        told.Sort((left, right) => left.RecordNumber.CompareTo(right.RecordNumber));
        return new(told, scores, tally, counts, now);
    }

    /// <summary>Whether payments lie close enough together for one look at what was before them.</summary>
    public static bool IsOneStretch(IEnumerable<PaymentFacts> payments)
    {
        var (first, last) = (long.MaxValue, long.MinValue);
        foreach (var payment in payments) (first, last) = (Math.Min(first, payment.Instant), Math.Max(last, payment.Instant));
        return last - first <= LongestStretch;
    }

    /// <summary>Scores the new payments of a file's batch.</summary>
    /// <param name="batch">The validated batch; its connection has the transaction.</param>
    /// <param name="file">What there is to know of it besides.</param>
    /// <param name="cancellationToken">Stops between statements.</param>
    /// <returns>Their scores; null where the batch before must be committed first: then nothing is written.</returns>
    public async Task<Scores?> ScoreAsync(OpenBatch batch, FileBatch file, CancellationToken cancellationToken)
    {
        var lane = batch.Lane;
        var engine = await engines.ForAsync(lane.Connection, cancellationToken);
        var parties = new PartyReader(lane);
        var accepted = await parties.DescribeAsync([.. batch.Validated.New(lane.Batch.Payments)], cancellationToken);
        if (accepted.Count == 0) return new(0);

        var now = clock.GetUtcNow().UtcDateTime;
        file.Memory.Bring(await BroughtAsync(lane, file.FraudsKnownAfter, cancellationToken));
        var assessed = await AssessAsync(lane, file, given: null, engine, accepted, now, told: null, cancellationToken);
        if (assessed is not var (scores, tally)) return null;
        lane.Batch.NewlyCapped = tally.NewlyCapped();
        await counts.WriteAsync(lane.Connection, tally, now, cancellationToken);
        await AssessmentRows.WriteAsync(lane, scores.ToLookAt, engine.Versions, cancellationToken);
        return scores;
    }

    // Reasons are for every payment that is told about, else only for those that need a look. Null: the batch before must be committed first.
    private async Task<(Scores Scores, RuleTally Tally)?> AssessAsync(
        Lane lane,
        FileBatch? batch,
        PaymentHistory? given,
        RiskEngine engine,
        List<(long Record, PaymentFacts Facts)> accepted,
        DateTime now,
        List<ScoredPayment>? told,
        CancellationToken cancellationToken)
    {
        var scores = new Scores(accepted.Count);
        var assessor = new BlockAssessor(engine);
        var tally = await counts.BeginAsync(lane.Connection, engine.Rules, accepted.Count, now, batch is { IsAhead: true }, cancellationToken);
        foreach (var stretch in Stretches(accepted))
        {
            var history = given ?? await HistoryAsync(lane, batch, accepted, stretch, cancellationToken);
            if (history is null) return null;
            foreach (var block in stretch.Chunk(BlockAssessor.MostPayments))
            {
                foreach (var ((record, facts), assessment) in block.Zip(assessor.Assess(block, history, now, told is null ? Explaining.WhereNeeded : Explaining.Always, tally)))
                {
                    var scored = new ScoredPayment(record, facts, assessment) { Versions = engine.Versions };
                    scores.Add(scored);
                    told?.Add(scored);
                }
            }
        }

        return (scores, tally);
    }

    // Rules that hit too much are capped as payments come: always in the same order.
    private static void InOrder(List<(long Record, PaymentFacts Facts)> accepted) => accepted.Sort((left, right) => left.Record.CompareTo(right.Record));

    /// <summary>An accepted payment as the store tells it, from a column on.</summary>
    internal static PaymentFacts ReadFacts(NpgsqlDataReader reader, int from, WordCache words) => new()
    {
        PaymentId = reader.GetString(from),
        CustomerId = reader.GetString(from + 1),
        MerchantId = words.Of(reader.GetString(from + 2)),
        Thousandths = HistoryReader.Thousandths(reader.GetDecimal(from + 3)),
        Currency = words.Of(reader.GetString(from + 4)),
        PaymentMethod = words.Of(reader, from + 5),
        PaymentStatus = words.Of(reader.GetString(from + 6)),
        Instant = reader.GetFieldValue<long>(from + 7),
        CustomerCountry = words.Of(reader, from + 8),
        CustomerRisk = words.Of(reader, from + 9),
        CreditScore = reader.IsDBNull(from + 10) ? null : reader.GetInt32(from + 10),
        MerchantCountry = words.Of(reader, from + 11),
        BusinessType = words.Of(reader, from + 12),
    };

    private static List<List<(long Record, PaymentFacts Facts)>> Stretches(List<(long Record, PaymentFacts Facts)> accepted)
    {
        var (first, last) = (accepted.Min(payment => payment.Facts.Instant), accepted.Max(payment => payment.Facts.Instant));
        return last - first <= LongestStretch
            ? [accepted]
            : [.. accepted.GroupBy(payment => (payment.Facts.Instant - first) / LongestStretch).OrderBy(stretch => stretch.Key).Select(stretch => stretch.ToList())];
    }

    // Null: the batch before must be committed first.
    private static async Task<PaymentHistory?> HistoryAsync(
        Lane lane, FileBatch? batch, List<(long Record, PaymentFacts Facts)> accepted, List<(long Record, PaymentFacts Facts)> stretch, CancellationToken cancellationToken)
    {
        var reader = new HistoryReader(lane.Connection);
        PaymentFacts[] payments = [.. stretch.Select(payment => payment.Facts)];
        var isWhole = stretch.Count == accepted.Count;
        if (batch is not { } file) return Complete(await reader.ReadAsync(payments, cancellationToken), accepted, payments, isWhole);

        var memory = file.Memory;
        memory.IsInOrder &= isWhole || memory.EvictedFrom == 0 || payments.Min(payment => payment.Instant) >= memory.EvictedFrom;
        if (isWhole || memory.IsInOrder)
        {
            var beginnings = memory.Beginnings;
            var remembered = await reader.ReadAsync(memory, lane.Batch.Id, payments, file.IsAhead, cancellationToken);
            return remembered is null ? null : Complete(remembered, accepted, payments, isWhole || memory.Beginnings == beginnings);
        }

        if (file.IsAhead) return null;
        memory.ForgetPayments();
        return Complete(await reader.ReadAsync(payments, memory.Frauds, cancellationToken), accepted, payments, isWhole);
    }

    // What was read of the store alone lacks the batch's own stretches before this one.
    private static PaymentHistory Complete(PaymentHistory history, List<(long Record, PaymentFacts Facts)> accepted, PaymentFacts[] payments, bool isComplete)
    {
        if (isComplete) return history;
        var first = payments.Min(payment => payment.Instant);
        var reach = first - (PaymentHistory.MerchantDays + 1) * Instants.Day;
        foreach (var (_, earlier) in accepted)
        {
            if (earlier.Instant < first && earlier.Instant >= reach) history.Add(earlier);
        }

        return history;
    }

    private static async Task<List<BroughtFraud>> BroughtAsync(Lane lane, TimeSpan? knownAfter, CancellationToken cancellationToken)
    {
        var frauds = new List<BroughtFraud>();
        if (knownAfter is not { } after) return frauds;
        await using var command = lane.Command(
            "select payment_id, customer_id, merchant_id, transaction_date, known_at from pipeline.list_brought_frauds($1, $2, $3)", lane.Batch.Id, lane.Number, after);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            frauds.Add(new(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetFieldValue<long>(3), reader.GetFieldValue<long>(4)));
        }

        return frauds;
    }
}
