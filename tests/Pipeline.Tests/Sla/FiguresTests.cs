using System.Globalization;
using Payments.Testing;

namespace Payments.Pipeline.Tests.Sla;

/// <summary>Breaches, figures by month and the forecast, beside an obvious recomputation; views look at them as of today.</summary>
public sealed class FiguresTests(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncLifetime
{
    private static readonly Dictionary<string, int> Digits = new() { ["USD"] = 2, ["JPY"] = 0 };

    private readonly SlaRows _rows = new(database);
    private readonly DateOnly _today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
    private readonly List<DueRow> _dues = [];
    private readonly Dictionary<string, PolicyRow> _policies = [];
    private HashSet<DateOnly> _holidays = [];

    public async Task InitializeAsync()
    {
        var random = new Random(11);
        _holidays = [.. Enumerable.Range(1, 9).Select(week => _today.AddDays((-9 * week) + 2))];
        for (var number = 0; number < 8; number++)
        {
            var policy = new PolicyRow($"M{number}") { Basis = "percent", CostsByBusinessDays = number % 2 == 0, Tiers = [(1, 0.1m), (4, 0.35m)], Cap = 4, Target = 90 + number, ValidFrom = _today.AddDays(-40) };
            _policies[policy.MerchantId] = policy;
            for (var day = -100; day <= 4; day++)
            {
                foreach (var currency in Digits.Keys)
                {
                    if (random.Next(3) == 0) continue;
                    var expected = _today.AddDays(day);
                    var paidOn = random.Next(12) switch { 0 => (DateOnly?)null, < 8 => expected.AddDays(-random.Next(4)), _ => expected.AddDays(random.Next(1, 20)) };
                    var net = random.Next(20) == 0 ? -3m : random.Next(1, 900_000) * (currency == "JPY" ? 1m : 0.01m);
                    _dues.Add(new($"S{number}{currency}{day}", policy.MerchantId, currency, net, expected, paidOn > _today ? null : paidOn));
                }
            }
        }

        if ((await _rows.ReadAsync("select count(*) from settlements", reader => reader.GetInt64(0)))[0] > 0) return;

        await _rows.AddCalendarAsync("OWN", [.. _holidays]);
        foreach (var policy in _policies.Values)
        {
            await _rows.AddMerchantAsync(policy.MerchantId, HasCalendar(policy.MerchantId) ? "OWN" : null);
            await _rows.AddPolicyAsync(policy);
        }

        foreach (var due in _dues)
        {
            await _rows.AddAsync(due);
            if (due.PaidOn is { } paidOn) await _rows.PayAsync(due.Id, paidOn);
        }

        await _rows.CheckAsync(_today);
        Assert.Empty(await _rows.DifferencesAsync());
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(-30)]
    [InlineData(-99)]
    [InlineData(400)]
    public async Task Breaches_of_any_day_follow_the_contracts_formula(int day)
    {
        var asOf = _today.AddDays(day);
        Assert.Equal(
            from due in _dues
            let delay = (due.PaidOn ?? asOf).DayNumber - due.Expected.DayNumber
            where delay > 0
            orderby delay descending, due.Id
            select $"{due.Id} {delay}",
            (await _rows.ReadAsync("select concat_ws(' ', settlement_id, days_delayed) from identify_sla_breaches($1)", reader => reader.GetString(0), asOf))
                .OrderByDescending(row => int.Parse(row.Split(' ')[1], CultureInfo.InvariantCulture)).ThenBy(row => row.Split(' ')[0]));
    }

    [Fact]
    public async Task The_wider_view_has_business_days_and_penalties_of_every_breach()
    {
        Assert.Equal(
            (from due in Late()
             select string.Create(CultureInfo.InvariantCulture, $"{due.Id} {Delay(due)} {BusinessDelay(due)} {(due.Net > 0 || due.PaidOn is not null ? Oracle(due).Penalty(due, _today) : 0):0.###} {(due.PaidOn is null ? "" : "closed")}").TrimEnd()).Order(StringComparer.Ordinal),
            (await _rows.ReadAsync(
                "select concat_ws(' ', settlement_id, days_delayed, business_days_delayed, trim_scale(penalty_amount), case when incident_state = 'closed' then 'closed' end) from vw_sla_breaches",
                reader => reader.GetString(0))).Order(StringComparer.Ordinal));
        Assert.Equal(
            await _rows.ReadAsync("select concat_ws(' ', settlement_id, days_delayed, business_days_delayed) from vw_sla_breaches order by settlement_id", reader => reader.GetString(0)),
            await _rows.ReadAsync(
                """
                select concat_ws(' ', breach.settlement_id, breach.days_delayed, pipeline.count_business_days(terms.calendar, breach.expected_settlement_date, breach.expected_settlement_date + breach.days_delayed))
                from identify_sla_breaches($1) as breach
                inner join settlements as settlement on settlement.settlement_id = breach.settlement_id
                cross join lateral pipeline.terms_on(settlement.merchant_id, settlement.period_start) as terms
                order by breach.settlement_id
                """,
                reader => reader.GetString(0),
                _today));
    }

    [Theory]
    [InlineData("vw_sla_by_month", false)]
    [InlineData("vw_sla_by_month_by_currency", true)]
    public async Task Figures_by_merchant_and_month_are_those_of_the_settlements(string view, bool byCurrency)
    {
        var expected =
            from due in _dues
            where due.Net > 0 && due.Expected < _today
            group due by (due.MerchantId, Month: new DateOnly(due.Expected.Year, due.Expected.Month, 1), Currency: byCurrency ? due.Currency : "USD") into month
            let rows = month.ToList()
            let late = rows.Where(IsLate).ToList()
            let monthEnd = month.Key.Month.AddMonths(1).AddDays(-1)
            let target = monthEnd >= _policies[month.Key.MerchantId].ValidFrom ? _policies[month.Key.MerchantId].Target : 95m
            let budget = rows.Count * (100 - target) / 100
            select string.Join(
                ' ',
                month.Key.MerchantId,
                month.Key.Month.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                month.Key.Currency,
                rows.Count,
                rows.Count - late.Count,
                late.Count,
                late.Count(due => due.PaidOn is null),
                Round(100m * (rows.Count - late.Count) / rows.Count),
                Round((decimal)late.Sum(Delay) / rows.Count),
                P95([.. rows.Select(due => IsLate(due) ? Delay(due) : 0)]),
                Round((decimal)late.Sum(BusinessDelay) / rows.Count),
                P95([.. rows.Select(due => IsLate(due) ? BusinessDelay(due) : 0)]),
                Round(target),
                budget == 0 ? "-" : Round(100 * late.Count / budget),
                Round(late.Where(due => due.Currency == month.Key.Currency).Sum(due => Oracle(due).Penalty(due, _today))));
        Assert.Equal(
            expected.Order(StringComparer.Ordinal),
            (await _rows.ReadAsync(
                $"""
                select concat_ws(' ', merchant_id, month, currency, settlements, on_time, late, unpaid, on_time_share, mean_days_delayed, p95_days_delayed,
                    mean_business_days_delayed, p95_business_days_delayed, target_share, coalesce(error_budget_used::text, '-'), round(penalty_amount, 2))
                from {view}
                """,
                reader => reader.GetString(0))).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(0, 1)]
    [InlineData(-20, 3)]
    public async Task The_forecast_is_what_ADR_30_says(int day, int days)
    {
        var asOf = _today.AddDays(day);
        var past = _dues.Where(due => due.Net > 0 && due.Expected >= asOf.AddDays(-90) && due.Expected < asOf).ToList();
        bool WasOpen(DueRow due, int left) => due.PaidOn is null || due.PaidOn > due.Expected || due.Expected.DayNumber - due.PaidOn.Value.DayNumber <= left;
        bool WasLate(DueRow due) => due.PaidOn is null || due.PaidOn > due.Expected;
        decimal Share(List<DueRow> rows) => rows.Count == 0 ? 0.05m : (decimal)rows.Count(WasLate) / rows.Count;
        var expected =
            from due in _dues
            where due.PaidOn is null && due.Net > 0 && due.Expected >= asOf && due.Expected < asOf.AddDays(days)
            let left = due.Expected.DayNumber - asOf.DayNumber
            let own = past.Where(other => other.MerchantId == due.MerchantId && WasOpen(other, left)).ToList()
            let overall = Share([.. past.Where(other => WasOpen(other, left))])
            let @base = (own.Count(WasLate) + (10 * overall)) / (own.Count + 10)
            let before = _dues.Where(other => other.MerchantId == due.MerchantId && other.Currency == due.Currency && other.Expected < due.Expected).MaxBy(other => other.Expected)
            let isOpenBefore = before is { PaidOn: null } && before.Expected < asOf
            let holidays = HasCalendar(due.MerchantId) ? Enumerable.Range(1, Math.Max(left, 0)).Select(asOf.AddDays).Count(ahead => ahead.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && _holidays.Contains(ahead)) : 0
            let odds = @base * (isOpenBefore ? 2 : 1) * (holidays > 0 ? 2 : 1)
            let probability = odds / (odds + 1 - @base)
            let reason = isOpenBefore ? "settlement_before_open" : @base >= 1.5m * overall ? "late_merchant" : holidays > 0 ? "holidays" : "history"
            select string.Create(CultureInfo.InvariantCulture, $"{due.Id} {left} {decimal.Round(probability, 4, MidpointRounding.AwayFromZero):0.0000} {reason} {past.Count(other => other.MerchantId == due.MerchantId)} {holidays}");
        var rows = expected.Order(StringComparer.Ordinal).ToList();
        Assert.NotEmpty(rows);
        Assert.Equal(
            rows,
            (await _rows.ReadAsync(
                "select concat_ws(' ', settlement_id, days_left, probability, reason, history_settlements, holidays) from pipeline.list_sla_forecast($1, $2)", reader => reader.GetString(0), asOf, days))
                .Order(StringComparer.Ordinal));
        Assert.True(rows.Select(row => row.Split(' ')[2]).Distinct().Count() > rows.Count / 2);
    }

    [Fact]
    public async Task A_failed_payout_and_an_announced_one_change_what_is_forecast()
    {
        var due = _dues.First(row => row.PaidOn is null && row.Net > 0 && row.Expected >= _today && row.Expected <= _today.AddDays(1));
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        async Task<(decimal Probability, string Reason)> AskAsync()
        {
            await using var command = new Npgsql.NpgsqlCommand("select probability, reason from pipeline.list_sla_forecast($1, 3) where settlement_id = $2", connection);
            command.Parameters.Add(new() { Value = _today });
            command.Parameters.Add(new() { Value = due.Id });
            await using var reader = await command.ExecuteReaderAsync();
            Assert.True(await reader.ReadAsync());
            return (reader.GetDecimal(0), reader.GetString(1));
        }

        async Task DoAsync(string sql)
        {
            await using var command = new Npgsql.NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync();
        }

        var usual = await AskAsync();
        await DoAsync(
            $"""
            set session_replication_role = replica;
            insert into reconciliation.accounts (processor, account, merchant_id) values ('stripe', 'A', '{due.MerchantId}');
            insert into reconciliation.payouts (processor, payout_key, account, amount, currency, status, arrival_date, is_stated, has_object, import_id, batch_id, line_number)
            values ('stripe', 'old', 'A', 1, '{due.Currency}', 'paid', '{_today.AddDays(-5):yyyy-MM-dd}', true, true, 1, 1, 1)
            """);
        var silent = await AskAsync();
        Assert.True(silent.Probability > usual.Probability);
        Assert.Contains(silent.Reason, (string[])["no_payout_announced", "settlement_before_open"]);

        await DoAsync($"update reconciliation.payouts set arrival_date = '{due.Expected:yyyy-MM-dd}', status = 'in_transit'");
        Assert.True((await AskAsync()).Probability < usual.Probability);

        await DoAsync($"update settlements set status = 'FAILED' where settlement_id = '{due.Id}'");
        var failed = await AskAsync();
        Assert.Equal("payout_failed", failed.Reason);
        Assert.True(failed.Probability >= 0.8m);
    }

    private static string Round(decimal value) => decimal.Round(value + 0.00m, 2, MidpointRounding.AwayFromZero).ToString("0.00", CultureInfo.InvariantCulture);

    private static int P95(List<int> delays) => delays.Order().First(delay => delays.Count(other => other <= delay) * 100 >= delays.Count * 95);

    private static bool HasCalendar(string merchant) => merchant[^1] % 3 == 0;

    private IEnumerable<DueRow> Late() => _dues.Where(IsLate);

    private bool IsLate(DueRow due) => (due.PaidOn ?? _today) > due.Expected;

    private int Delay(DueRow due) => (due.PaidOn ?? _today).DayNumber - due.Expected.DayNumber;

    private int BusinessDelay(DueRow due) => Oracle(due).DelayDays(true, due.Expected, due.PaidOn ?? _today);

    /// <summary>The policy of the merchant from when it holds, before that the shipped one.</summary>
    private SlaOracle Oracle(DueRow due) => new(
        due.Expected >= _policies[due.MerchantId].ValidFrom ? _policies[due.MerchantId] : new PolicyRow(due.MerchantId) { Basis = "percent", Tiers = [(1, 0.05m), (8, 0.1m)], Cap = 5 },
        HasCalendar(due.MerchantId) ? _holidays : [],
        Digits[due.Currency]);
}
