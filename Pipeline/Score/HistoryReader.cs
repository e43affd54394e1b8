using System.Numerics;
using Npgsql;
using Payments.Risk.Features;

namespace Payments.Pipeline.Score;

/// <summary>Reads what payments look back at into a <see cref="PaymentHistory"/>: as much as is missing there, for one payment or a hundred thousand.</summary>
internal sealed class HistoryReader(NpgsqlConnection connection)
{
    // A file is seldom in perfect order: what comes so much late is still found in memory.
    private const long CustomerSlack = 7 * Instants.Day;
    private const long MerchantSlack = Instants.Day;
    private const long Ahead = 30 * Instants.Day;

    // A party's payments that lie ahead of the file are read at once when there are few of them.
    private const long FewAhead = 100_000;
    private const long MostRemembered = 4_000_000;

    /// <summary>So many are few: their customers are looked up one by one with a bound, however much they have paid, and what their merchants took is added up.</summary>
    public const int FewPayments = 200;

    private const int FewParties = 1_000;
    private const int StatementSeconds = 30 * 60;
    private static readonly Dictionary<string, BroughtFraud> NoFrauds = [];

    /// <summary>Puts all that payments look back at into a history of their own: everything that is stored, and the payments themselves.</summary>
    public Task<PaymentHistory> ReadAsync(IReadOnlyList<PaymentFacts> payments, CancellationToken cancellationToken) => ReadAsync(payments, NoFrauds, cancellationToken);

    /// <summary>The same with frauds that the store may not have yet.</summary>
    public async Task<PaymentHistory> ReadAsync(IReadOnlyList<PaymentFacts> payments, Dictionary<string, BroughtFraud> brought, CancellationToken cancellationToken)
    {
        var history = new PaymentHistory();
        var (_, last) = Ends(payments);
        await FillAsync(history, payments, last, customerSlack: 0, merchantSlack: 0, brought, cancellationToken);
        return history;
    }

    /// <summary>The same on top of what the batches before remember.</summary>
    public async Task<PaymentHistory> ReadAsync(ScoringMemory memory, long batchId, IReadOnlyList<PaymentFacts> payments, CancellationToken cancellationToken) =>
        (await ReadAsync(memory, batchId, payments, isAhead: false, cancellationToken))!;

    /// <summary>The same, maybe ahead: while the batch before is remembered and not yet in the store.</summary>
    /// <returns>Null where that must wait for the batch before: what it has brought would have to be read from the store.</returns>
    public async Task<PaymentHistory?> ReadAsync(
        ScoringMemory memory, long batchId, IReadOnlyList<PaymentFacts> payments, bool isAhead, CancellationToken cancellationToken)
    {
        var (first, last) = Ends(payments);
        var survey = await SurveyAsync(batchId, first, last, cancellationToken);
        if (memory.IsEmpty || last > memory.Until || survey.Changes != memory.Changes || memory.History.Size > MostRemembered)
        {
            if (isAhead) return null;
            memory.Begin(survey.Behind <= FewAhead ? long.MaxValue : last + Ahead, survey.Changes);
            if (survey.From == 0) memory.History.ReadyFrom = first - CustomerSlack;
        }

        // A batch that moves payments changes what is remembered of them.
        if (isAhead && (survey.IsUpdate || payments.Any(payment => IsLate(memory.History, payment)))) return null;
        memory.Evict(first - CustomerSlack);
        await FillAsync(memory.History, payments, memory.Until, CustomerSlack, MerchantSlack, memory.Frauds, cancellationToken);
        return memory.History;
    }

    // Of a party that is known, and yet not from as early on, everything is read once more.
    private static bool IsLate(PaymentHistory history, PaymentFacts payment) =>
        IsLate(history.CustomerReadyFrom(payment.CustomerId), payment.Instant) || IsLate(history.MerchantReadyFrom(payment.MerchantId), payment.Instant);

    private static bool IsLate(long readyFrom, long instant) => readyFrom > instant && readyFrom != long.MaxValue;

    private static (long First, long Last) Ends(IReadOnlyList<PaymentFacts> payments)
    {
        var (first, last) = (long.MaxValue, long.MinValue);
        foreach (var payment in payments)
        {
            first = Math.Min(first, payment.Instant);
            last = Math.Max(last, payment.Instant);
        }

        return (first, last);
    }

    /// <summary>Asks for all that a few payments look back at, in a batch with whatever else is asked; <c>ReadAnswersAsync</c> reads it.</summary>
    /// <param name="batch">Where to ask.</param>
    /// <param name="payments">At least one, at most <see cref="FewPayments"/>.</param>
    public static PaymentHistory Ask(NpgsqlBatch batch, IReadOnlyList<PaymentFacts> payments)
    {
        var history = new PaymentHistory();
        Ask(batch, history, payments, Ends(payments).Last, customerSlack: 0, merchantSlack: 0);
        return history;
    }

    /// <summary>Reads the answers to a new history's questions, the first of which the reader is at, and stays at the last.</summary>
    public static Task ReadAnswersAsync(NpgsqlDataReader reader, PaymentHistory history, CancellationToken cancellationToken) =>
        ReadAnswersAsync(reader, history, new(OfCustomers: true, OfMerchants: true, IsSummed: true), NoFrauds, cancellationToken);

    private async Task FillAsync(
        PaymentHistory history,
        IReadOnlyList<PaymentFacts> payments,
        long until,
        long customerSlack,
        long merchantSlack,
        Dictionary<string, BroughtFraud> brought,
        CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection) { Timeout = StatementSeconds };
        var asked = Ask(batch, history, payments, until, customerSlack, merchantSlack);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await ReadAnswersAsync(reader, history, asked, brought, cancellationToken);
        foreach (var payment in payments) history.Add(payment);
    }

    private static Asked Ask(
        NpgsqlBatch batch, PaymentHistory history, IReadOnlyList<PaymentFacts> payments, long until, long customerSlack, long merchantSlack)
    {
        var customers = new Dictionary<string, long>(StringComparer.Ordinal);
        var merchants = new Dictionary<string, long>(StringComparer.Ordinal);
        var (first, last) = (long.MaxValue, long.MinValue);
        foreach (var payment in payments)
        {
            first = Math.Min(first, payment.Instant);
            last = Math.Max(last, payment.Instant);
            if (history.CustomerReadyFrom(payment.CustomerId) > payment.Instant) KeepEarliest(customers, payment.CustomerId, payment.Instant);
            if (history.MerchantReadyFrom(payment.MerchantId) > payment.Instant) KeepEarliest(merchants, payment.MerchantId, payment.Instant);
        }

        // Whoever remembers what merchants took, for payments to come, needs each of their payments.
        var isSummed = payments.Count <= FewPayments && merchantSlack == 0;
        foreach (var (id, from) in customers) history.ExpectCustomer(id, from - customerSlack);
        foreach (var (id, from) in merchants) history.ExpectMerchant(id, from - merchantSlack);
        if (customers.Count > 0) batch.BatchCommands.Add(OfCustomers(customers, customerSlack, until));
        if (merchants.Count > 0)
        {
            batch.BatchCommands.Add(isSummed ? SumsOfMerchants(merchants, last, history.SmallAmount) : OfMerchants(merchants, merchantSlack, until));
            batch.BatchCommands.Add(OfDays(merchants, merchantSlack, until));
        }

        batch.BatchCommands.Add(OfFrauds(payments, first, last));
        return new(customers.Count > 0, merchants.Count > 0, isSummed);
    }

    private static async Task ReadAnswersAsync(
        NpgsqlDataReader reader, PaymentHistory history, Asked asked, Dictionary<string, BroughtFraud> brought, CancellationToken cancellationToken)
    {
        if (asked.OfCustomers)
        {
            await ReadCustomersAsync(reader, history, cancellationToken);
            await reader.NextResultAsync(cancellationToken);
        }

        if (asked.OfMerchants)
        {
            await (asked.IsSummed ? ReadSumsAsync(reader, history, cancellationToken) : ReadMerchantsAsync(reader, history, cancellationToken));
            await reader.NextResultAsync(cancellationToken);
            await ReadDaysAsync(reader, history, cancellationToken);
            await reader.NextResultAsync(cancellationToken);
        }

        await ReadFraudsAsync(reader, history, brought, cancellationToken);
    }

    private static void KeepEarliest(Dictionary<string, long> parties, string id, long instant)
    {
        if (!parties.TryGetValue(id, out var known) || instant < known) parties[id] = instant;
    }

    private static NpgsqlBatchCommand OfCustomers(Dictionary<string, long> customers, long slack, long until)
    {
        string[] ids = [.. customers.Keys];
        DateTime[] after = [.. customers.Values.Select(from => Instants.ToDateTime(from - slack - PaymentHistory.CustomerReach))];
        return customers.Count <= FewPayments && slack == 0
            ? Command(
                "select * from pipeline.list_newest_payments($1, $2, $3, $4, $5)",
                ids, after, customers.Values.Select(Instants.ToDateTime).ToArray(), after.Min(), Until(until))
            : Command("select * from pipeline.list_customer_history($1, $2, $3, $4)", ids, after, after.Min(), Until(until));
    }

    private static NpgsqlBatchCommand OfMerchants(Dictionary<string, long> merchants, long slack, long until)
    {
        DateTime[] after = [.. merchants.Values.Select(from => Instants.ToDateTime(from - slack - PaymentHistory.MerchantReach))];
        return Command("select * from pipeline.list_merchant_history($1, $2, $3, $4)", merchants.Keys.ToArray(), after, after.Min(), Until(until));
    }

    private static NpgsqlBatchCommand SumsOfMerchants(Dictionary<string, long> merchants, long last, decimal small)
    {
        DateTime[] first = [.. merchants.Values.Select(Instants.ToDateTime)];
        return Command(
            "select * from pipeline.sum_merchant_history($1, $2, $3, $4, $5)",
            merchants.Keys.ToArray(), first, Instants.ToDateTime(last), Instants.ToDateTime(merchants.Values.Min() - PaymentHistory.MerchantReach), small);
    }

    private static NpgsqlBatchCommand OfDays(Dictionary<string, long> merchants, long slack, long until)
    {
        DateOnly[] from = [.. merchants.Values.Select(instant => Day(instant - slack - PaymentHistory.MerchantDays * Instants.Day))];
        return Command("select * from pipeline.list_merchant_days($1, $2, $3)", merchants.Keys.ToArray(), from, until == long.MaxValue ? DateOnly.MaxValue : Day(until));
    }

    private static NpgsqlBatchCommand OfFrauds(IReadOnlyList<PaymentFacts> payments, long first, long last)
    {
        var isFew = payments.Count <= FewParties;
        var command = Command("select * from pipeline.list_known_frauds($1, $2, $3, $4)");
        foreach (var parties in new[] { payments.Select(payment => payment.CustomerId), payments.Select(payment => payment.MerchantId) })
        {
            command.Parameters.Add(new() { Value = isFew ? parties.Distinct().ToArray() : DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Array | NpgsqlTypes.NpgsqlDbType.Text });
        }

        command.Parameters.Add(new() { Value = Instants.ToDateTime(first - PaymentHistory.FraudReach) });
        command.Parameters.Add(new() { Value = Instants.ToDateTime(last) });
        return command;
    }

    private static async Task ReadCustomersAsync(NpgsqlDataReader reader, PaymentHistory history, CancellationToken cancellationToken)
    {
        var words = new WordCache();
        while (await reader.ReadAsync(cancellationToken))
        {
            history.AddToCustomer(
                words.Of(reader.GetString(0)),
                reader.GetString(1),
                reader.GetFieldValue<long>(2),
                Thousandths(reader.GetDecimal(3)),
                words.Of(reader.GetString(4)),
                words.Of(reader, 5),
                words.Of(reader.GetString(6)),
                reader.GetString(7),
                words.Of(reader, 8));
        }
    }

    private static async Task ReadMerchantsAsync(NpgsqlDataReader reader, PaymentHistory history, CancellationToken cancellationToken)
    {
        while (await reader.ReadAsync(cancellationToken))
        {
            history.AddToMerchant(
                reader.GetString(0), reader.GetString(1), reader.GetFieldValue<long>(2), Thousandths(reader.GetDecimal(3)), reader.GetString(4), reader.GetString(5));
        }
    }

    private static async Task ReadSumsAsync(NpgsqlDataReader reader, PaymentHistory history, CancellationToken cancellationToken)
    {
        while (await reader.ReadAsync(cancellationToken))
        {
            var (merchant, instant, currency) = (reader.GetString(0), reader.GetFieldValue<long>(2), reader.GetString(3));
            if (reader.IsDBNull(1))
            {
                history.AddMerchantSum(
                    merchant, instant, currency,
                    reader.GetInt64(5), Whole(reader.GetFieldValue<BigInteger>(6)), Whole(reader.GetFieldValue<BigInteger>(7)), reader.GetInt64(8), reader.GetInt64(9));
            }
            else
            {
                history.AddToMerchant(merchant, reader.GetString(1), instant, (long)reader.GetDecimal(6), currency, reader.GetString(4));
            }
        }
    }

    // Once a payment, whether the store has it already or not, from when it is known first.
    private static async Task ReadFraudsAsync(
        NpgsqlDataReader reader, PaymentHistory history, Dictionary<string, BroughtFraud> brought, CancellationToken cancellationToken)
    {
        history.ForgetFrauds();
        var stored = new HashSet<string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellationToken))
        {
            var (paymentId, knownAt) = (reader.GetString(0), reader.GetFieldValue<long>(4));
            if (brought.TryGetValue(paymentId, out var same))
            {
                stored.Add(paymentId);
                knownAt = Math.Min(knownAt, same.KnownAt);
            }

            history.AddFraud(reader.GetString(1), reader.GetString(2), paymentId, reader.GetFieldValue<long>(3), knownAt);
        }

        foreach (var fraud in brought.Values)
        {
            if (!stored.Contains(fraud.PaymentId)) history.AddFraud(fraud.CustomerId, fraud.MerchantId, fraud.PaymentId, fraud.PaidAt, fraud.KnownAt);
        }
    }

    private static async Task ReadDaysAsync(NpgsqlDataReader reader, PaymentHistory history, CancellationToken cancellationToken)
    {
        while (await reader.ReadAsync(cancellationToken))
        {
            history.AddMerchantDay(
                reader.GetString(0),
                Instants.DayOf(Instants.From(reader.GetFieldValue<DateOnly>(1).ToDateTime(default, DateTimeKind.Utc))),
                reader.GetString(2),
                reader.GetInt64(3),
                Whole(reader.GetFieldValue<BigInteger>(4)),
                Whole(reader.GetFieldValue<BigInteger>(5)));
        }
    }

    private async Task<(decimal Changes, long From, long Behind, bool IsUpdate)> SurveyAsync(long batchId, long first, long last, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select * from pipeline.survey_history($1, $2, $3)", connection);
        command.Parameters.Add(new() { Value = batchId });
        command.Parameters.Add(new() { Value = Day(first - CustomerSlack - PaymentHistory.MerchantDays * Instants.Day) });
        command.Parameters.Add(new() { Value = Day(last + Ahead) });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetDecimal(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetBoolean(3));
    }

    /// <summary>An amount in thousandths.</summary>
    public static long Thousandths(decimal amount) => (long)(amount * 1_000);

    // As the sums in memory: beyond 2^128 they wrap.
    private static UInt128 Whole(BigInteger number) => (UInt128)(number & (BigInteger)UInt128.MaxValue);

    private static DateTime Until(long instant) => instant == long.MaxValue ? DateTime.SpecifyKind(DateTime.MaxValue, DateTimeKind.Utc) : Instants.ToDateTime(instant);

    private static DateOnly Day(long instant) => DateOnly.FromDateTime(Instants.ToDateTime(instant));

    private static NpgsqlBatchCommand Command(string sql, params object[] parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters) command.Parameters.Add(new() { Value = parameter });
        return command;
    }

    // What was asked for, besides frauds.
    private readonly record struct Asked(bool OfCustomers, bool OfMerchants, bool IsSummed);
}
