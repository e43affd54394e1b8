namespace Payments.Pipeline.Tests.Settle;

/// <summary>Terms of a merchant, as they were agreed.</summary>
internal sealed record ModelTerms(
    DateOnly From, DateOnly? Until, string Cycle, int? WeekDay, int Delay, string DelayKind, string? Calendar, string Zone, TimeOnly? CutOff, decimal ReservePercent, int ReserveDays)
{
    public static ModelTerms None(DateOnly from, DateOnly? until) => new(from, until, "daily", null, 2, "calendar", null, "UTC", null, 0, 0);
}

/// <summary>A fee of a merchant.</summary>
internal sealed record ModelFee(string? Method, string? Currency, decimal Percent, decimal Fixed, decimal Minimum, DateOnly From, DateOnly? Until);

/// <summary>A merchant with all that it is paid by; rates in the order of the days on which they begin.</summary>
internal sealed record ModelMerchant(string Id, IReadOnlyList<ModelTerms> Terms, IReadOnlyList<ModelFee> Fees, IReadOnlyList<(DateOnly From, decimal Rate)> Rates);

/// <summary>A SUCCESS payment.</summary>
internal sealed record ModelPayment(string Id, ModelMerchant Merchant, string Currency, string? Method, decimal Amount, DateTime At);

/// <summary>A settlement of the model.</summary>
internal sealed class ModelSettlement(string merchant, string currency, DateOnly start, DateOnly end, DateOnly expected, ModelTerms terms)
{
    public string Merchant => merchant;
    public string Currency => currency;
    public DateOnly Start => start;
    public DateOnly End => end;
    public DateOnly Expected => expected;
    public ModelTerms Terms => terms;
    public List<ModelPayment> Payments { get; } = [];
    public decimal Claims { get; set; }
    public decimal Released { get; set; }
    public decimal Carried { get; set; }
    public bool IsReserveReleased { get; set; }
    public string Status { get; set; } = "PENDING";
    public DateOnly? PaidOn { get; set; }

    public decimal Total => Payments.Sum(payment => payment.Amount);
    public decimal Commission => SettlementModel.Round(Payments.Sum(SettlementModel.Fee), currency);
    public decimal Held => SettlementModel.Round(Total * terms.ReservePercent / 100, currency);
    public decimal Adjustment => Claims + Released - Held + Carried;
    public decimal Net => Total - Commission + Adjustment;
}

/// <summary>What settling should make of payments and refunds: written down a second time, payment by payment, the slow way.</summary>
internal sealed class SettlementModel(IReadOnlyDictionary<string, HashSet<DateOnly>> holidays)
{
    private readonly List<ModelPayment> _unsettled = [];
    private readonly Dictionary<string, ModelSettlement> _of = [];
    private readonly Dictionary<string, decimal> _refunded = [];
    private readonly List<(ModelSettlement Origin, decimal Amount)> _waitingClaims = [];
    private readonly List<(ModelSettlement Origin, decimal Amount)> _waitingCarries = [];

    public List<ModelSettlement> Settlements { get; } = [];

    public static decimal Round(decimal amount, string currency) =>
        Math.Round(amount, currency switch { "JPY" => 0, "KWD" => 3, _ => 2 }, MidpointRounding.AwayFromZero);

    /// <summary>The exact fee of a payment, by the fees and rates of its processing day.</summary>
    public static decimal Fee(ModelPayment payment)
    {
        var day = ProcessingDay(payment).Day;
        foreach (var (method, currency) in new[] { (payment.Method, payment.Currency), (payment.Method, null), (null, payment.Currency), ((string?)null, (string?)null) })
        {
            var newest = payment.Merchant.Fees.Where(fee => fee.Method == method && fee.Currency == currency && fee.From <= day).MaxBy(fee => fee.From);
            if (newest is not null && (newest.Until is null || day < newest.Until))
            {
                return Math.Max((payment.Amount * newest.Percent / 100) + newest.Fixed, newest.Minimum);
            }
        }

        return payment.Amount * payment.Merchant.Rates.Last(rate => rate.From <= day).Rate / 100;
    }

    public void Arrive(ModelPayment payment) => _unsettled.Add(payment);

    /// <summary>A refund that succeeded.</summary>
    public void Refund(ModelPayment payment, decimal amount)
    {
        if (!_of.TryGetValue(payment.Id, out var settlement))
        {
            _refunded[payment.Id] = _refunded.GetValueOrDefault(payment.Id) + amount;
            return;
        }

        _waitingClaims.Add((settlement, -amount));
        CarryClaims();
    }

    public void Settle(DateOnly asOf)
    {
        var now = asOf.ToDateTime(TimeOnly.MinValue);
        var late = new List<(ModelPayment Payment, DateOnly Start)>();
        foreach (var payment in _unsettled.ToList())
        {
            var (terms, day) = ProcessingDay(payment);
            if (day >= LocalDay(now, terms)) continue;
            var (start, end) = Period(terms, day);
            var own = Find(payment.Merchant.Id, payment.Currency, start);
            if (own is { Status: not "PENDING" }) late.Add((payment, start));
            else Place(payment, own ?? Open(payment, terms, start, end));
        }

        var placed = new List<(ModelPayment, ModelSettlement)>();
        foreach (var (payment, start) in late)
        {
            var next = Pending(payment.Merchant.Id, payment.Currency).FirstOrDefault(open => open.Start > start);
            if (next is null)
            {
                var (_, today) = ProcessingDay(payment.Merchant, now);
                var (terms, last) = SpanOf(payment.Merchant, today.AddDays(-1));
                var (lastStart, lastEnd) = Period(terms, last);
                if (lastStart <= start || Find(payment.Merchant.Id, payment.Currency, lastStart) is { Status: not "PENDING" }) continue;
                next = Open(payment, terms, lastStart, lastEnd);
            }

            placed.Add((payment, next));
        }

        placed.ForEach(one => Place(one.Item1, one.Item2));
        CarryClaims();
        foreach (var holder in Settlements.Where(holder => holder.Status != "PENDING" && holder.Held > 0 && !holder.IsReserveReleased))
        {
            var releaser = Pending(holder.Merchant, holder.Currency).FirstOrDefault(open => open.Start >= holder.End.AddDays(holder.Terms.ReserveDays));
            if (releaser is null) continue;
            releaser.Released += holder.Held;
            holder.IsReserveReleased = true;
        }

        foreach (var (origin, amount) in _waitingCarries.ToList())
        {
            var taker = Pending(origin.Merchant, origin.Currency).FirstOrDefault(open => open.Start > origin.Start);
            if (taker is null) continue;
            taker.Carried += amount;
            _waitingCarries.Remove((origin, amount));
        }

        foreach (var open in Settlements.OrderBy(open => open.Start).ToList())
        {
            if (open.Status != "PENDING" || open.Net > 0 || open.Expected > asOf || open.End > asOf) continue;
            var owed = open.Net;
            open.Status = "COMPLETED";
            open.PaidOn = open.Expected;
            if (owed == 0) continue;
            open.Carried -= owed;
            var taker = Pending(open.Merchant, open.Currency).FirstOrDefault(next => next.Start > open.Start);
            if (taker is null) _waitingCarries.Add((open, owed));
            else taker.Carried += owed;
        }
    }

    /// <summary>Local day of an instant, one later from the cut-off on.</summary>
    private static DateOnly LocalDay(DateTime at, ModelTerms terms)
    {
        var local = TimeZoneInfo.ConvertTimeFromUtc(at, TimeZoneInfo.FindSystemTimeZoneById(terms.Zone));
        var day = DateOnly.FromDateTime(local);
        return terms.CutOff is { } cutOff && TimeOnly.FromDateTime(local) >= cutOff ? day.AddDays(1) : day;
    }

    private static (ModelTerms Terms, DateOnly Day) ProcessingDay(ModelPayment payment) => ProcessingDay(payment.Merchant, payment.At);

    private static (ModelTerms Terms, DateOnly Day) ProcessingDay(ModelMerchant merchant, DateTime at)
    {
        var terms = Spans(merchant).Last(span => span.From == DateOnly.MinValue || LocalDay(at, span) >= span.From);
        var day = LocalDay(at, terms);
        return (terms, terms.Until is { } until && day >= until ? until.AddDays(-1) : day);
    }

    private static (ModelTerms Terms, DateOnly Day) SpanOf(ModelMerchant merchant, DateOnly day) => (Spans(merchant).Last(span => span.From <= day), day);

    private static List<ModelTerms> Spans(ModelMerchant merchant)
    {
        var spans = new List<ModelTerms>();
        var day = DateOnly.MinValue;
        var agreed = merchant.Terms.OrderBy(terms => terms.From).ToList();
        for (var place = 0; place < agreed.Count; place++)
        {
            var terms = agreed[place];
            if (day < terms.From) spans.Add(ModelTerms.None(day, terms.From));
            var next = place + 1 < agreed.Count ? agreed[place + 1].From : (DateOnly?)null;
            var until = terms.Until is null || next < terms.Until ? next : terms.Until;
            spans.Add(terms with { Until = until });
            if (until is null) return spans;
            day = until.Value;
        }

        spans.Add(ModelTerms.None(day, null));
        return spans;
    }

    private static (DateOnly Start, DateOnly End) Period(ModelTerms terms, DateOnly day)
    {
        var start = day;
        while (start != terms.From && !IsLast(terms, start.AddDays(-1))) start = start.AddDays(-1);
        var last = day;
        while (!IsLast(terms, last) && last.AddDays(1) != terms.Until) last = last.AddDays(1);
        return (start, last.AddDays(1));
    }

    private static bool IsLast(ModelTerms terms, DateOnly day) => terms.Cycle switch
    {
        "weekly" => ((int)day.DayOfWeek + 6) % 7 == terms.WeekDay - 1,
        "monthly" => day.AddDays(1).Day == 1,
        _ => true,
    };

    private DateOnly Expected(ModelTerms terms, DateOnly last)
    {
        var day = last;
        if (terms.DelayKind == "calendar")
        {
            day = day.AddDays(terms.Delay);
            while (terms.Calendar is not null && !IsOpen(terms, day)) day = day.AddDays(1);
            return day;
        }

        if (terms.Delay == 0)
        {
            while (!IsOpen(terms, day)) day = day.AddDays(1);
        }

        for (var left = terms.Delay; left > 0;)
        {
            day = day.AddDays(1);
            if (IsOpen(terms, day)) left--;
        }

        return day;
    }

    private bool IsOpen(ModelTerms terms, DateOnly day) =>
        day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && !(terms.Calendar is { } calendar && holidays[calendar].Contains(day));

    private ModelSettlement? Find(string merchant, string currency, DateOnly start) =>
        Settlements.SingleOrDefault(settlement => settlement.Merchant == merchant && settlement.Currency == currency && settlement.Start == start);

    private IEnumerable<ModelSettlement> Pending(string merchant, string currency) => Settlements
        .Where(settlement => settlement.Merchant == merchant && settlement.Currency == currency && settlement.Status == "PENDING")
        .OrderBy(settlement => settlement.Start);

    private ModelSettlement Open(ModelPayment payment, ModelTerms terms, DateOnly start, DateOnly end)
    {
        var settlement = new ModelSettlement(payment.Merchant.Id, payment.Currency, start, end, Expected(terms, end.AddDays(-1)), terms);
        Settlements.Add(settlement);
        return settlement;
    }

    private void Place(ModelPayment payment, ModelSettlement settlement)
    {
        settlement.Payments.Add(payment);
        _unsettled.Remove(payment);
        _of.Add(payment.Id, settlement);
        if (_refunded.Remove(payment.Id, out var refunded)) _waitingClaims.Add((settlement, -refunded));
    }

    private void CarryClaims()
    {
        foreach (var (origin, amount) in _waitingClaims.ToList())
        {
            var taker = Pending(origin.Merchant, origin.Currency).FirstOrDefault(open => open.Start >= origin.Start);
            if (taker is null) continue;
            taker.Claims += amount;
            _waitingClaims.Remove((origin, amount));
        }
    }
}
