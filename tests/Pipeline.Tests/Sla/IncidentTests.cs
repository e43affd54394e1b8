using Payments.Testing;

namespace Payments.Pipeline.Tests.Sla;

/// <summary>Incidents, their timelines and penalties, beside a recomputation day by day.</summary>
public sealed class IncidentTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static readonly DateOnly First = new(2026, 3, 2);
    private static readonly DateOnly Last = new(2026, 5, 4);
    private static readonly DateOnly[] Holidays = [new(2026, 4, 3), new(2026, 4, 6), new(2026, 5, 1)];
    private static readonly Dictionary<string, int> Digits = new() { ["USD"] = 2, ["JPY"] = 0, ["KWD"] = 3 };

    private readonly SlaRows _rows = new(database);

    [Theory]
    [InlineData(1, "daily")]
    [InlineData(2, "daily")]
    [InlineData(3, "downtime")]
    [InlineData(4, "downtime")]
    [InlineData(5, "now and then")]
    public async Task Every_step_and_every_penalty_is_that_of_a_recomputation_day_by_day_however_long_nobody_looked(int seed, string checks)
    {
        await using var own = new OwnDatabase();
        await own.InitializeAsync();
        var rows = new SlaRows(own.Database);
        await rows.AddCalendarAsync("OWN", Holidays);
        var random = new Random(seed);
        var dues = new List<(DueRow Due, SlaOracle Oracle)>();
        for (var merchant = 0; merchant < 12; merchant++)
        {
            var policy = RandomPolicy(random, $"M{merchant}", Digits.Keys.ElementAt(merchant % 3));
            var hasCalendar = random.Next(2) == 0;
            await rows.AddMerchantAsync(policy.MerchantId, hasCalendar ? "OWN" : null);
            await rows.AddPolicyAsync(policy);
            for (var number = 0; number < 10; number++)
            {
                var expected = First.AddDays(10 + random.Next(40));
                var paidOn = random.Next(5) switch { 0 => (DateOnly?)null, 1 => expected.AddDays(-random.Next(3)), _ => expected.AddDays(random.Next(30)) };
                var due = new DueRow($"S{merchant}-{number}", policy.MerchantId, Digits.Keys.ElementAt(merchant % 3), random.Next(1, 2_000_000) * (decimal)Math.Pow(10, -Digits.Values.ElementAt(merchant % 3)), expected, paidOn > Last ? null : paidOn);
                if (dues.Any(other => other.Due.MerchantId == due.MerchantId && other.Due.Expected == expected)) continue;
                dues.Add((due, new(policy, hasCalendar ? [.. Holidays] : [], Digits[due.Currency])));
                await rows.AddAsync(due);
            }
        }

        for (var day = First; day <= Last; day = day.AddDays(1))
        {
            foreach (var (due, _) in dues.Where(row => row.Due.PaidOn == day)) await rows.PayAsync(due.Id, day);
            if (checks == "daily" || day == Last || (checks == "now and then" && random.Next(6) == 0))
            {
                await rows.CheckAsync(day);
                Assert.Equal(0, (await rows.CheckAsync(day)).Steps);
                Assert.Empty(await rows.DifferencesAsync());
            }
        }

        var seen = 0;
        foreach (var (due, oracle) in dues)
        {
            var expected = oracle.Timeline(due, Last);
            var isLate = expected.Any(step => step.StartsWith("opened", StringComparison.Ordinal));
            // What was warned of and paid in time while nobody looked, nobody need be told.
            if (!isLate && checks != "daily") continue;

            var timeline = await rows.TimelineAsync(due.Id);
            Assert.Equal(expected.Order(StringComparer.Ordinal), timeline.Order(StringComparer.Ordinal));
            Assert.Equal(timeline.Select(step => step.Split(' ')[1]).Order(StringComparer.Ordinal), timeline.Select(step => step.Split(' ')[1]));
            Assert.Equal(
                [oracle.Penalty(due, Last)],
                await rows.ReadAsync("select coalesce((select penalty_amount from sla.incidents where settlement_id = $1), 0)", reader => reader.GetDecimal(0), due.Id));
            seen += timeline.Count;
        }

        Assert.InRange(seen, 150, 1000);
    }

    [Fact]
    public async Task A_payout_that_fails_opens_what_was_closed_and_money_that_comes_closes_it_again()
    {
        await AddAsync("RE", paidOn: null);
        await _rows.PayAsync("RE", new(2026, 3, 14));
        await _rows.CheckAsync(new(2026, 3, 15));
        Assert.Equal("closed late 2026-03-13 2026-03-14 0.98", await _rows.IncidentAsync("RE"));

        await _rows.FailAsync("RE");
        await _rows.CheckAsync(new(2026, 3, 16));
        Assert.Equal("escalated 2026-03-13 2026-03-15 1.95", await _rows.IncidentAsync("RE"));

        await _rows.PayAsync("RE", new(2026, 3, 17));
        await _rows.CheckAsync(new(2026, 3, 17));
        Assert.Equal("closed late 2026-03-13 2026-03-15 2026-03-17 2.44", await _rows.IncidentAsync("RE"));
        Assert.Equal(
            [
                "opened 2026-03-13 1 0.49", "paid 2026-03-14 2 0.98", "escalated 2026-03-15 3 1.46", "reopened 2026-03-16 4 1.95", "payout_failed 2026-03-16 4 1.95", "paid 2026-03-17 5 2.44",
            ],
            await _rows.TimelineAsync("RE"));
        Assert.Empty(await _rows.DifferencesAsync());
    }

    [Fact]
    public async Task A_failed_payout_is_warned_of_before_the_day_and_money_in_time_closes_it_without_a_breach()
    {
        await AddAsync("FA", paidOn: null);
        await _rows.FailAsync("FA");
        await _rows.CheckAsync(new(2026, 3, 11));
        Assert.Equal("warned 2026-03-11 0", await _rows.IncidentAsync("FA"));

        await _rows.PayAsync("FA", new(2026, 3, 12));
        await _rows.CheckAsync(new(2026, 3, 13));
        Assert.Equal(["warned 2026-03-11 0 0", "payout_failed 2026-03-11 0 0", "paid 2026-03-12 0 0"], await _rows.TimelineAsync("FA"));
        Assert.Equal("closed on_time 2026-03-11 2026-03-12 0", await _rows.IncidentAsync("FA"));
        Assert.Empty(await _rows.DifferencesAsync());
    }

    [Fact]
    public async Task Money_that_is_known_late_but_came_in_time_takes_the_breach_back()
    {
        await AddAsync("TI", paidOn: null);
        await _rows.CheckAsync(new(2026, 3, 13));
        await _rows.PayAsync("TI", new(2026, 3, 12));
        await _rows.CheckAsync(new(2026, 3, 14));

        Assert.Equal("closed on_time 2026-03-12 0", await _rows.IncidentAsync("TI"));
        Assert.Equal([false], await _rows.ReadAsync("select sla_breach from settlements where settlement_id = 'TI'", reader => reader.GetBoolean(0)));
        Assert.Empty(await _rows.DifferencesAsync());
    }

    [Fact]
    public async Task Who_owes_nothing_is_not_late_and_an_incident_of_it_is_withdrawn()
    {
        await AddAsync("NO", paidOn: null, net: -5);
        await AddAsync("WI", paidOn: null);
        await _rows.CheckAsync(new(2026, 3, 14));
        Assert.Null(await _rows.IncidentAsync("NO"));

        await _rows.ExecuteAsync("update settlements set adjustment_amount = -975, net_amount = 0 where settlement_id = 'WI'");
        await _rows.CheckAsync(new(2026, 3, 15));
        Assert.Equal("closed withdrawn 2026-03-15 0", await _rows.IncidentAsync("WI"));
        Assert.Equal(["opened 2026-03-13 1 0.49", "withdrawn 2026-03-15 3 0"], await _rows.TimelineAsync("WI"));
        Assert.Empty(await _rows.DifferencesAsync());
    }

    [Fact]
    public async Task An_incident_keeps_the_policy_under_which_it_began_and_the_most_specific_one_goes_for_new_ones()
    {
        await AddAsync("P1", paidOn: null);
        await _rows.CheckAsync(new(2026, 3, 13));
        var general = await _rows.AddPolicyAsync(new("MP1") { Basis = "percent", Tiers = [(1, 1m)] });
        var older = await _rows.AddPolicyAsync(new("MP1") { Currency = "USD", Basis = "fixed", Tiers = [(1, 7m)], ValidUntil = new(2026, 4, 1) });
        await _rows.AddAsync(new("P2", "MP1", "USD", 975, new(2026, 3, 20), null));
        await _rows.AddAsync(new("P3", "MP1", "USD", 975, new(2026, 4, 1), null));
        await _rows.AddAsync(new("P4", "MP1", "EUR", 975, new(2026, 3, 20), null));
        await _rows.CheckAsync(new(2026, 4, 3));

        Assert.Equal(
            ["P1 1 18.04", "P2 " + older + " 98", "P3 " + general + " 19.5", "P4 " + general + " 136.5"],
            await _rows.ReadAsync(
                "select concat_ws(' ', settlement_id, policy_id, trim_scale(penalty_amount)) from sla.incidents where merchant_id = 'MP1' order by settlement_id",
                reader => reader.GetString(0)));
    }

    [Fact]
    public async Task The_proof_finds_what_is_wrong()
    {
        foreach (var id in (string[])["X1", "X2", "X3", "X4", "X5"]) await AddAsync(id, paidOn: null);
        await _rows.PayAsync("X5", new(2026, 3, 14));
        await _rows.CheckAsync(new(2026, 3, 14));
        Assert.Empty(await _rows.DifferencesAsync());

        await _rows.ExecuteAsync("update settlements set sla_breach = false where settlement_id = 'X1'");
        await _rows.ExecuteAsync("delete from sla.incidents where settlement_id = 'X2'");
        await _rows.ExecuteAsync("update sla.incidents set penalty_amount = 5 where settlement_id = 'X3'");
        await _rows.ExecuteAsync("update sla.incidents set state = 'escalated' where settlement_id = 'X4'");
        await _rows.ExecuteAsync("delete from sla.incident_events where settlement_id = 'X5' and step = 'opened'");

        Assert.Equal(
            ["X1 mark is not what the dates say", "X2 incident is missing", "X3 penalty is not what the policy says", "X4 incident is not in the state of its settlement", "X5 step opened is missing"],
            await _rows.DifferencesAsync());

        // What can be seen without looking at all settlements, the next check mends.
        await _rows.CheckAsync(new(2026, 3, 14));
        Assert.DoesNotContain(await _rows.DifferencesAsync(), difference => difference.StartsWith("X1", StringComparison.Ordinal) || difference.StartsWith("X2", StringComparison.Ordinal));
        await _rows.ExecuteAsync("delete from settlements where settlement_id like 'X%'");
    }

    [Fact]
    public async Task A_check_reads_what_is_unpaid_or_has_changed_and_not_what_is_paid()
    {
        await using var own = new OwnDatabase();
        await own.InitializeAsync();
        var rows = new SlaRows(own.Database);
        await rows.AddMerchantAsync("MANY");
        await rows.ExecuteAsync(
            """
            insert into settlements (settlement_id, merchant_id, expected_settlement_date, total_amount, commission_amount, net_amount, payment_count, currency, period_start, period_end, status, settlement_date, sla_breach)
            select 'S' || number, 'MANY', date '1950-01-03' + number, 1, 0, 1, 1, 'USD', date '1950-01-01' + number, date '1950-01-02' + number,
                case when number % 400 = 0 then 'PENDING' else 'COMPLETED' end,
                case when number % 400 <> 0 then date '1950-01-03' + number + (number % 10 = 1)::int end, false
            from generate_series(1, 20000) as number
            """);
        await rows.CheckAsync(new(2026, 3, 1));
        await rows.ExecuteAsync("update settlements set status = 'COMPLETED', settlement_date = '2026-03-01' where settlement_id in ('S400', 'S800')");
        await rows.ExecuteAsync("vacuum analyze settlements");
        await rows.ExecuteAsync("vacuum analyze sla.incidents");

        // Of its own: a session counts what its transactions before have read until it reports that.
        await using var fresh = Npgsql.NpgsqlDataSource.Create(new Npgsql.NpgsqlConnectionStringBuilder(own.Database.ConnectionString) { Pooling = false });
        await using var connection = await fresh.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        // So few rows would as well be read in one go: the fact is that they need not be.
        await using (var plan = new Npgsql.NpgsqlCommand("set local enable_seqscan = off", connection)) await plan.ExecuteNonQueryAsync();
        await using (var check = new Npgsql.NpgsqlCommand("select settlements_judged from pipeline.check_sla('2026-03-02', '2026-03-02Z')", connection)) Assert.Equal(2L, await check.ExecuteScalarAsync());
        await using var statistics = new Npgsql.NpgsqlCommand("select seq_scan, coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) from pg_stat_xact_user_tables where relid = 'settlements'::regclass", connection);
        await using var reader = await statistics.ExecuteReaderAsync();
        Assert.True(await reader.ReadAsync());
        Assert.Equal(0, reader.GetInt64(0));
        // Some 2,050 marks are counted, by their index; the other settlements are not looked at.
        Assert.InRange(reader.GetInt64(1), 1, 3000);
    }

    [Fact]
    public async Task Ids_of_steps_are_told_on_the_channel_when_they_are_committed()
    {
        await using var listener = await database.DataSource.OpenConnectionAsync();
        var told = new List<string>();
        listener.Notification += (_, notice) => told.Add(notice.Channel);
        await using (var listen = new Npgsql.NpgsqlCommand("listen sla_events", listener)) await listen.ExecuteNonQueryAsync();
        await AddAsync("NT", paidOn: null);
        await _rows.CheckAsync(new(2026, 3, 13));

        Assert.True(await listener.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Contains("sla_events", told);
    }

    private static PolicyRow RandomPolicy(Random random, string merchant, string currency)
    {
        var isFixed = random.Next(2) == 0;
        var tiers = new List<(int FromDay, decimal Rate)> { (1 + random.Next(2), random.Next(1, 40) / 100m) };
        while (random.Next(3) > 0) tiers.Add((tiers[^1].FromDay + 1 + random.Next(6), random.Next(0, 80) / 100m));
        var policy = new PolicyRow(merchant)
        {
            Currency = isFixed ? currency : null,
            WarningDays = random.Next(3) == 0 ? null : random.Next(4),
            WarnsByBusinessDays = random.Next(2) == 0,
            EscalationDays = random.Next(4) == 0 ? null : 1 + random.Next(6),
            EscalatesByBusinessDays = random.Next(2) == 0,
            Basis = random.Next(5) == 0 ? "none" : isFixed ? "fixed" : "percent",
            CostsByBusinessDays = random.Next(2) == 0,
            Tiers = [.. tiers],
            Cap = random.Next(2) == 0 ? null : random.Next(20, 300) / 100m,
        };
        return policy.Basis == "none" ? policy with { Tiers = [], Cap = null } : policy;
    }

    /// <summary>Expected on 12 March 2026, 975 USD, of a merchant of its own.</summary>
    private async Task AddAsync(string id, DateOnly? paidOn, decimal net = 975)
    {
        await _rows.AddMerchantAsync($"M{id}");
        await _rows.AddAsync(new(id, $"M{id}", "USD", net, new(2026, 3, 12), paidOn));
    }

    private sealed class OwnDatabase : IAsyncDisposable
    {
        public TestDatabase Database { get; } = new();

        public Task InitializeAsync() => Database.InitializeAsync();

        public async ValueTask DisposeAsync() => await Database.DisposeAsync();
    }
}
