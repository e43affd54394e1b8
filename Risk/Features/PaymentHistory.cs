using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Payments.Risk.Features;

/// <summary>
/// What features look back at: the payments of customers and merchants, and frauds by when they became known. Payments may be added in any order and
/// more than once; a payment's features are those of its place in time (then id), and nothing at or behind that place counts. Not thread-safe.
/// </summary>
/// <remarks>
/// Customers' windows are exact and slide: (t - w, t], at most the newest 1,000 payments before the payment. Merchants' windows of 1 h and 24 h are
/// exact; those of 7 d and 30 d are 6 and 29 whole UTC days before the payment's day, and that day up to the payment. Money is of the payment's own
/// currency only, counts are of all. The payment itself is part of its windows, and no part of habits.
/// </remarks>
public sealed class PaymentHistory
{
    /// <summary>How far before a payment its customer's payments count, in microseconds: 30 days.</summary>
    public const long CustomerReach = CustomerTimeline.Reach;

    /// <summary>How many of a customer's payments before a payment count at most, the newest.</summary>
    public const int CustomerPayments = CustomerTimeline.MostSeen;

    /// <summary>How far before a payment its merchant's single payments count, in microseconds: 24 hours.</summary>
    public const long MerchantReach = MerchantTimeline.Reach;

    /// <summary>How many whole UTC days before a payment's day its merchant's daily figures count: 37.</summary>
    public const int MerchantDays = MerchantTimeline.DaysReach;

    /// <summary>How long before a payment a fraud has become known that counts, in microseconds: 30 days.</summary>
    public const long FraudReach = 30 * Instants.Day;

    private readonly Dictionary<string, CustomerTimeline> _customers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, MerchantTimeline> _merchants = new(StringComparer.Ordinal);
    private readonly List<MerchantTimeline> _merchantsByNumber = [];
    private readonly Dictionary<string, KnownFrauds> _customerFrauds = new(StringComparer.Ordinal);
    private readonly Dictionary<string, KnownFrauds> _merchantFrauds = new(StringComparer.Ordinal);
    private readonly long _small;
    private readonly long _limit;
    private readonly long _nearLimit;

    /// <summary>An empty history.</summary>
    /// <param name="settings">Bounds that features count by; null for the usual ones.</param>
    public PaymentHistory(FeatureSettings? settings = null)
    {
        settings ??= new();
        _small = (long)(settings.SmallAmount * 1_000);
        _limit = (long)(settings.StructuringLimit * 1_000);
        _nearLimit = _limit / 10 * 9;
    }

    /// <summary>Payments kept for customers and merchants: one that is kept for both counts twice.</summary>
    public long Size { get; private set; }

    /// <summary>The most that a payment has with which a stolen card is tried, in the major unit of its currency.</summary>
    public decimal SmallAmount => _small / 1_000m;

    /// <summary>Payments from this instant on find everything that was stored of a party that is not known here: nothing. <see cref="long.MaxValue"/>: no such word.</summary>
    public long ReadyFrom { get; set; } = long.MaxValue;

    /// <summary>Adds a payment for its customer and its merchant.</summary>
    public void Add(PaymentFacts payment)
    {
        var traits = Traits.Of(payment.Currency, payment.PaymentMethod, payment.PaymentStatus);
        var merchant = Merchant(payment.MerchantId);
        merchant.Country = payment.MerchantCountry;
        if (Customer(payment.CustomerId).Add(new(payment.Instant, payment.PaymentId, payment.Thousandths, merchant.Number, traits))) Size++;
        if (!merchant.Add(payment.Instant, payment.PaymentId, payment.Thousandths, traits, payment.Thousandths <= _small)) return;
        Size++;
        merchant.AddDay(Instants.DayOf(payment.Instant), traits.Currency, 1, (ulong)payment.Thousandths, MoneyWindow.Square(payment.Thousandths));
    }

    /// <summary>Adds a stored payment to its customer's timeline only.</summary>
    public void AddToCustomer(
        string customerId, string paymentId, long instant, long thousandths, string currency, string? method, string status, string merchantId, string? merchantCountry)
    {
        var merchant = Merchant(merchantId);
        merchant.Country = merchantCountry;
        if (Customer(customerId).Add(new(instant, paymentId, thousandths, merchant.Number, Traits.Of(currency, method, status)))) Size++;
    }

    /// <summary>Adds a stored payment to its merchant's single payments only; its day's figures come by <see cref="AddMerchantDay"/>.</summary>
    public void AddToMerchant(string merchantId, string paymentId, long instant, long thousandths, string currency, string status)
    {
        if (Merchant(merchantId).Add(instant, paymentId, thousandths, Traits.Of(currency, null, status), thousandths <= _small)) Size++;
    }

    /// <summary>Adds several stored payments of a merchant at once: such as every payment to be computed has wholly in a window, or not at all.</summary>
    /// <param name="merchantId">The merchant.</param>
    /// <param name="instant">When one of them was paid.</param>
    /// <param name="currency">ISO 4217 code.</param>
    /// <param name="count">Payments.</param>
    /// <param name="thousandths">The sum of their amounts, in thousandths.</param>
    /// <param name="squares">The sum of the squares of their amounts in thousandths.</param>
    /// <param name="failed">How many of them have failed.</param>
    /// <param name="small">How many of them are of <see cref="SmallAmount"/> at most.</param>
    public void AddMerchantSum(string merchantId, long instant, string currency, long count, UInt128 thousandths, UInt128 squares, long failed, long small)
    {
        var sum = new MerchantSum { Instant = instant, Currency = Traits.CurrencyCode(currency), Failed = failed, Small = small };
        sum.Money.Add(count, thousandths, squares);
        Merchant(merchantId).AddSum(sum);
    }

    /// <summary>Adds what a merchant's UTC day came to in a currency, or a part of it.</summary>
    /// <param name="merchantId">The merchant.</param>
    /// <param name="day">The day's number (<see cref="Instants.DayOf"/>).</param>
    /// <param name="currency">ISO 4217 code.</param>
    /// <param name="count">Payments.</param>
    /// <param name="thousandths">The sum of their amounts, in thousandths.</param>
    /// <param name="squares">The sum of the squares of their amounts in thousandths.</param>
    public void AddMerchantDay(string merchantId, int day, string currency, long count, UInt128 thousandths, UInt128 squares) =>
        Merchant(merchantId).AddDay(day, Traits.CurrencyCode(currency), count, thousandths, squares);

    /// <summary>Adds a payment that is known to be a fraud from an instant on: once a payment, however many say so.</summary>
    public void AddFraud(string customerId, string merchantId, string paymentId, long paidAt, long knownAt)
    {
        var fraud = new KnownFrauds.KnownFraud(knownAt, paidAt, paymentId);
        Frauds(_customerFrauds, customerId).Add(fraud);
        Frauds(_merchantFrauds, merchantId).Add(fraud);
    }

    /// <summary>Says that a payment which came in another status has failed: whatever is computed from now on sees it so. One that is not here is left alone.</summary>
    /// <param name="customerId">Its customer.</param>
    /// <param name="merchantId">Its merchant.</param>
    /// <param name="paymentId">The payment.</param>
    /// <param name="instant">When it was paid.</param>
    /// <param name="currency">ISO 4217 code.</param>
    public void Fail(string customerId, string merchantId, string paymentId, long instant, string currency)
    {
        if (_customers.TryGetValue(customerId, out var customer)) customer.Fail(instant, paymentId);
        if (_merchants.TryGetValue(merchantId, out var merchant)) merchant.RunOf(Traits.CurrencyCode(currency))?.Fail(instant, paymentId);
    }

    /// <summary>Forgets all frauds, to be told anew.</summary>
    public void ForgetFrauds()
    {
        _customerFrauds.Clear();
        _merchantFrauds.Clear();
    }

    /// <summary>From when on a customer's payments find everything here that was stored before them; <see cref="long.MaxValue"/> if that is not known.</summary>
    public long CustomerReadyFrom(string customerId) => _customers.TryGetValue(customerId, out var customer) ? customer.ReadyFrom : ReadyFrom;

    /// <summary>From when on a merchant's payments find everything here that was stored before them; <see cref="long.MaxValue"/> if that is not known.</summary>
    public long MerchantReadyFrom(string merchantId) => _merchants.TryGetValue(merchantId, out var merchant) ? merchant.ReadyFrom : ReadyFrom;

    /// <summary>Says that what is stored of a customer is about to be added, for payments from an instant on.</summary>
    public void ExpectCustomer(string customerId, long readyFrom)
    {
        var customer = Customer(customerId);
        customer.ReadyFrom = Math.Min(customer.ReadyFrom, readyFrom);
    }

    /// <summary>Forgets a merchant's payments and says that what is stored of it is about to be added, for payments from an instant on.</summary>
    public void ExpectMerchant(string merchantId, long readyFrom)
    {
        var merchant = Merchant(merchantId);
        Size -= merchant.Count;
        merchant.Clear();
        merchant.ReadyFrom = readyFrom;
    }

    /// <summary>Forgets what no payment from an instant on looks back at. One before it that comes later needs what is stored to be added anew.</summary>
    public void Evict(long from)
    {
        var before = Instants.DayOf(from) - MerchantDays;
        foreach (var (id, customer) in _customers)
        {
            Size -= customer.Forget(from - CustomerReach);
            customer.ReadyFrom = Math.Max(customer.ReadyFrom, from);
            if (customer.Count == 0) _customers.Remove(id);
        }

        // Customers' payments refer to merchants by number: they stay.
        foreach (var merchant in _merchantsByNumber)
        {
            Size -= merchant.Forget(from - MerchantReach, before);
            merchant.ReadyFrom = Math.Max(merchant.ReadyFrom, from);
        }

        Evict(_customerFrauds, from - FraudReach);
        Evict(_merchantFrauds, from - FraudReach);
        ReadyFrom = Math.Max(ReadyFrom, from);
    }

    /// <summary>Computes a payment's features, whether it has been added or not.</summary>
    /// <param name="payment">The payment.</param>
    /// <param name="features">Room for <see cref="FeatureCatalogue.Count"/> values, in the catalogue's order.</param>
    public void Compute(PaymentFacts payment, Span<double> features)
    {
        var row = new FeatureRow(features);
        var amount = payment.Thousandths / 1_000.0;
        var hour = (int)(Math.DivRem(payment.Instant, Instants.Hour).Quotient % 24);
        row.Add(amount);
        row.Add(Math.Log(1 + amount));
        row.Add(hour);
        row.Flag(hour < 6);
        // 2000-01-01 was a Saturday.
        row.Flag(Instants.DayOf(payment.Instant) % 7 is 0 or 1);
        row.Add(payment.CreditScore ?? double.NaN);

        _customers.TryGetValue(payment.CustomerId, out var customer);
        _merchants.TryGetValue(payment.MerchantId, out var merchant);
        var look = new CustomerLook(payment, customer, merchant?.Number ?? -1, _small, _nearLimit, _limit);
        look.Write(ref row, _merchantsByNumber);
        MerchantLook.Write(payment, merchant, payment.Thousandths <= _small, ref row);
        WriteFrauds(payment, merchant, ref row);
        Debug.Assert(row.Count == FeatureCatalogue.Count, "The catalogue and the computation differ.");
    }

    private void WriteFrauds(PaymentFacts payment, MerchantTimeline? merchant, ref FeatureRow row)
    {
        var today = Instants.DayOf(payment.Instant);
        _merchantFrauds.TryGetValue(payment.MerchantId, out var frauds);
        foreach (var days in (ReadOnlySpan<int>)[1, 7, 30])
        {
            var known = frauds?.Count(payment.Instant - days * Instants.Day, payment.Instant, payment.PaymentId) ?? 0;
            var payments = merchant is null ? 0 : MerchantLook.CountDays(merchant, today - MerchantTimeline.MatureAfter - days, today - MerchantTimeline.MatureAfter);
            row.Add(known);
            row.Add(payments);
            row.Add(known == 0 ? 0 : (double)known / Math.Max(known, payments));
        }

        WriteAges(payment, merchant, frauds, today - MerchantTimeline.MatureAfter, ref row);
        WriteRun(payment, merchant, frauds, today - MerchantTimeline.MatureAfter, ref row);
        _customerFrauds.TryGetValue(payment.CustomerId, out var ofCustomer);
        row.Add(ofCustomer?.Count(payment.Instant - FraudReach, payment.Instant, payment.PaymentId) ?? 0);
    }

    // How long ago it began and ended tells more than how much it was: a merchant that is abused is so for some weeks.
    private static void WriteAges(PaymentFacts payment, MerchantTimeline? merchant, KnownFrauds? frauds, int matured, ref FeatureRow row)
    {
        var from = payment.Instant - FraudReach;
        if (merchant is null || frauds?.Ends(from, payment.Instant, payment.PaymentId) is not var (first, last))
        {
            row.Add(double.NaN);
            row.Add(double.NaN);
            row.Add(double.NaN);
            row.Add(0);
            return;
        }

        var oldest = Instants.DayOf(payment.Instant) - MerchantDays;
        var known = frauds.Count(from, payment.Instant, payment.PaymentId);
        var sinceFirst = MerchantLook.CountDays(merchant, Math.Max(oldest, Instants.DayOf(first.PaidAt)), matured);
        row.Add((payment.Instant - last.KnownAt) / (double)Instants.Day);
        row.Add((payment.Instant - first.KnownAt) / (double)Instants.Day);
        row.Add(MerchantLook.CountDays(merchant, Math.Max(oldest, Instants.DayOf(last.PaidAt) + 1), matured));
        row.Add((double)known / Math.Max(known, sinceFirst));
    }

    // Which of a day's payments were frauds is known by their number only: a run goes back day by day.
    private static void WriteRun(PaymentFacts payment, MerchantTimeline? merchant, KnownFrauds? frauds, int matured, ref FeatureRow row)
    {
        const int Days = 30;
        const int Enough = 5;
        Span<int> found = stackalloc int[Days + 1];
        found.Clear();
        if (frauds is { IsEmpty: false }) frauds.CountByDay(payment.Instant - FraudReach, payment.Instant, payment.PaymentId, matured, found);
        if (merchant is null || found.IndexOfAnyExcept(0) < 0)
        {
            row.Add(0);
            row.Add(0);
            return;
        }

        Span<long> payments = stackalloc long[Days + 1];
        payments.Clear();
        MerchantLook.CountByDay(merchant, matured, payments);
        long seen = found[0], ofThem = found[0];
        for (var back = 1; back <= Days && seen < Enough; back++)
        {
            seen += Math.Max(payments[back], found[back]);
            ofThem += found[back];
        }

        long run = found[0];
        for (var back = 1; back <= Days && found[back] >= payments[back]; back++) run += found[back];
        row.Add(seen > 0 ? (double)ofThem / seen : 0);
        row.Add(run);
    }

    private CustomerTimeline Customer(string id)
    {
        ref var customer = ref CollectionsMarshal.GetValueRefOrAddDefault(_customers, id, out _);
        return customer ??= new() { ReadyFrom = ReadyFrom };
    }

    private MerchantTimeline Merchant(string id)
    {
        ref var merchant = ref CollectionsMarshal.GetValueRefOrAddDefault(_merchants, id, out _);
        if (merchant is null)
        {
            merchant = new(_merchantsByNumber.Count) { ReadyFrom = ReadyFrom };
            _merchantsByNumber.Add(merchant);
        }

        return merchant;
    }

    private static KnownFrauds Frauds(Dictionary<string, KnownFrauds> parties, string id)
    {
        ref var frauds = ref CollectionsMarshal.GetValueRefOrAddDefault(parties, id, out _);
        return frauds ??= new();
    }

    private static void Evict(Dictionary<string, KnownFrauds> parties, long until)
    {
        foreach (var (id, frauds) in parties)
        {
            frauds.Forget(until);
            if (frauds.IsEmpty) parties.Remove(id);
        }
    }
}
