using System.Globalization;
using Npgsql;
using Payments.Testing;

namespace Payments.Database.Tests;

/// <summary>Alerts are raised once per customer and rule, verdicts reach payments, rollups and labels, and every step is kept.</summary>
public sealed class AlertTests : IClassFixture<TestDatabase>, IAsyncLifetime
{
    private const string Now = "timestamptz '2030-01-02 12:00:00+00'";

    private const string Alerts =
        """
        select customer_id, rule_code, status, severity, payment_id, payment_count, score, expected_loss, currency, other_currency_payments
        from risk.alerts
        order by alert_id
        """;

    private readonly TestDatabase _fixture;
    private readonly NpgsqlDataSource _database;

    public AlertTests(TestDatabase database) => (_fixture, _database) = (database, database.DataSource);

    public Task InitializeAsync() => _database.ExecuteAsync(
        """
        truncate risk.alerts, risk.alert_payments, risk.alert_notes, risk.alert_audit, risk.events, risk.assessments, risk.currency_scales, risk.labels, public.payments, public.payment_keys,
            rollup.payment_days, rollup.day_totals, rollup.merchant_totals, rollup.customer_totals;
        update risk.event_sweeps set swept_through = 0;
        insert into public.customers (customer_id, customer_name, country) values ('C1', 'One', 'Austria'), ('C2', 'Two', null) on conflict do nothing;
        insert into public.merchants (merchant_id, merchant_name) values ('M1', 'Shop') on conflict do nothing
        """);

    public Task DisposeAsync() => _database.AssertExactAsync();

    [Fact]
    public async Task A_batch_raises_one_alert_per_customer_and_rule_and_later_payments_join_it()
    {
        await LoadAsync(
            new("P1", 60) { Rules = "burst" },
            new("P2", 75) { Rules = "burst" },
            new("P3", 95) { Customer = "C2", Rules = "burst" },
            new("P4", 55),
            new("P5", 10) { Decision = "APPROVE", Flagged = true, Rules = "large_amount" },
            new("P6", 10) { Decision = "APPROVE" });

        Assert.Equal(
            [
                "C1|burst|OPEN|HIGH|P1|2|75.00|135.000|USD|0",
                "C1|large_amount|OPEN|MEDIUM|P5|1|10.00|10.000|USD|0",
                "C1|score|OPEN|MEDIUM|P4|1|55.00|55.000|USD|0",
                "C2|burst|OPEN|CRITICAL|P3|1|95.00|95.000|USD|0",
            ],
            await _database.RowsAsync(Alerts));
        Assert.Equal(
            ["HIGH|04:00:00", "MEDIUM|1.00:00:00", "MEDIUM|1.00:00:00", "CRITICAL|01:00:00"],
            await _database.RowsAsync("select severity, due_at - opened_at from risk.alerts order by alert_id"));

        Assert.Equal(0, await LoadAsync(new AssessedPayment("P7", 92) { Rules = "burst", Probability = 0.5, At = 2 }));
        Assert.Equal(1, await LoadAsync(new AssessedPayment("P8", 50) { Customer = "C2" }));
        Assert.Equal(0, await LoadAsync(new AssessedPayment("P9", 5) { Decision = "APPROVE" }));

        Assert.Equal("C1|burst|OPEN|CRITICAL|P1|3|92.00|185.000|USD|0", (await _database.RowsAsync(Alerts))[0]);
        Assert.Equal(
            ["raised||OPEN|2 payments, severity HIGH", "joined|OPEN|OPEN|1 payment, severity CRITICAL"],
            await _database.RowsAsync(
                "select step, from_status, to_status, note from risk.alert_audit where alert_id = (select min(alert_id) from risk.alerts) order by step_id"));
        Assert.Equal(
            ["raised P1 3", "raised P5 1", "raised P4 1", "raised P3 1", "joined P1 3", "raised P8 1"],
            await _database.RowsAsync("select concat_ws(' ', payload ->> 'step', payload ->> 'payment_id', payload ->> 'payment_count') from (select event_id, kind, payload::jsonb from pipeline.list_events(0, 1000)) as told where kind = 'alert' order by event_id"));
    }

    [Fact]
    public async Task The_weightiest_rule_names_the_alert_whatever_the_models_say()
    {
        await LoadAsync(new AssessedPayment("P1", 80) { Rules = "light:5,heavy:40,middle:20" });

        Assert.Equal(["heavy"], await _database.RowsAsync("select rule_code from risk.alerts"));
    }

    [Fact]
    public async Task The_most_severe_rule_that_hit_makes_the_severity()
    {
        await LoadAsync(
            new("P1", 60) { Rules = "PAID_IN_CRYPTO:30,CARD_TESTING:5" },
            new("P2", 95) { Rules = "NIGHT" });

        Assert.Equal(["PAID_IN_CRYPTO|HIGH", "NIGHT|CRITICAL"], await _database.RowsAsync("select rule_code, severity from risk.alerts order by severity desc"));
    }

    [Fact]
    public async Task Raising_again_changes_nothing()
    {
        await LoadAsync(new AssessedPayment("P1", 80));
        Assert.Equal(["0"], await _database.RowsAsync("select pipeline.raise_alerts((select batch_id from risk.assessments))"));

        Assert.Equal(["C1|score|OPEN|HIGH|P1|1|80.00|80.000|USD|0"], await _database.RowsAsync(Alerts));
        Assert.Equal(["1"], await _database.RowsAsync("select count(*) from risk.alert_audit"));
    }

    [Fact]
    public async Task Currencies_are_never_added_up_and_the_queue_ranks_losses_by_typical_payments()
    {
        await LoadAsync(
            new("P1", 50) { Amount = 100m },
            new("P2", 50) { Amount = 100m, Currency = "EUR" },
            new("P3", 100) { Amount = 10_000m, Currency = "JPY", Customer = "C2" },
            new("P4", 1) { Amount = 30_000m, Currency = "JPY", Customer = "C2", Decision = "APPROVE" });

        Assert.Equal(
            ["C1|score|OPEN|MEDIUM|P1|2|50.00|50.000|USD|1", "C2|score|OPEN|CRITICAL|P3|1|100.00|10000.000|JPY|0"],
            await _database.RowsAsync(Alerts));
        // Half a typical payment in dollars and half a one in euros; half a typical one in yen.
        Assert.Equal(["C1|1.00", "C2|0.50"], await _database.RowsAsync("select customer_id, round(priority, 2) from risk.alerts order by priority desc"));
    }

    [Fact]
    public async Task Batches_of_the_same_customers_at_once_raise_one_alert_each()
    {
        await LoadAsync([.. Enumerable.Range(0, 40).Select(number => new AssessedPayment($"W{number}", 1) { Decision = "APPROVE" })]);
        await _database.ExecuteAsync("update risk.assessments set decision = 'REVIEW', score = 60, batch_id = batch_id + 1000000 + right(payment_id, 1)::int, customer_id = case when right(payment_id, 1)::int % 2 = 0 then 'C1' else 'C2' end");

        var raised = await Task.WhenAll(Enumerable.Range(0, 10).Select(async digit =>
        {
            await using var connection = await _database.OpenConnectionAsync();
            return await connection.ScalarAsync<long>("select pipeline.raise_alerts(min(batch_id)) from risk.assessments where right(payment_id, 1)::int = $1", digit);
        }));

        Assert.Equal(2, raised.Sum());
        Assert.Equal(["C1|20|20|1200.000", "C2|20|20|1200.000"], await _database.RowsAsync(
            """
            select alert.customer_id, alert.payment_count, count(*), alert.expected_loss
            from risk.alerts as alert
            inner join risk.alert_payments as held on held.alert_id = alert.alert_id
            group by alert.alert_id
            order by alert.customer_id
            """));
    }

    [Fact]
    public async Task A_verdict_reaches_flags_rollups_and_labels_and_can_be_taken_back()
    {
        await LoadAsync(
            new("P1", 60),
            new("P2", 60) { Status = "FAILED", Method = null },
            new("P3", 60) { Flagged = true, Amount = 10_001m, Rules = "x" },
            new("P4", 60) { Customer = "C2" });
        Assert.Equal(["P3"], await SuspiciousAsync());

        // As the API's login: it may do just this.
        Assert.Equal("True|RESOLVED_FRAUD|", await ResolveAsync("C1", "score", true));
        Assert.Equal(["P1", "P2", "P3"], await SuspiciousAsync());
        Assert.Equal(["3"], await _database.RowsAsync("select sum(suspicious_count) from rollup.payment_days"));
        await _database.AssertExactAsync();
        Assert.Equal(
            ["P1|analyst|True|2030-01-02T12:00:00Z|C1|M1", "P2|analyst|True|2030-01-02T12:00:00Z|C1|M1"],
            await _database.RowsAsync("select payment_id, source, is_fraud, known_at, customer_id, merchant_id from risk.labels order by payment_id"));

        // What a rule has flagged stays suspicious.
        Assert.Equal("True|RESOLVED_LEGITIMATE|", await ResolveAsync("C1", "x", false));
        Assert.Equal("True|RESOLVED_LEGITIMATE|", await ResolveAsync("C2", "score", false));
        Assert.Equal(["P1", "P2", "P3"], await SuspiciousAsync());
        Assert.Equal(["P3|False", "P4|False"], await _database.RowsAsync("select payment_id, is_fraud from risk.labels where not is_fraud order by payment_id"));

        // Ended is ended, until it is opened again: then what the analyst has said is gone.
        Assert.Equal("False|RESOLVED_FRAUD|", await ResolveAsync("C1", "score", false));
        Assert.Equal("True|IN_REVIEW|anna", await StepAsync("reopen_alert((select alert_id from risk.alerts where rule_code = 'score' and customer_id = 'C1'), 'wrong customer', 'anna', {0})"));
        Assert.Equal(["P3"], await SuspiciousAsync());
        await _database.AssertExactAsync();
        Assert.Equal(["P3", "P4"], await _database.RowsAsync("select payment_id from risk.labels order by payment_id"));
        Assert.Equal("True|RESOLVED_LEGITIMATE|anna", await ResolveAsync("C1", "score", false));
        Assert.Equal(["P3"], await SuspiciousAsync());
        Assert.Equal(
            ["raised|system||OPEN|", "resolved|ben|OPEN|RESOLVED_FRAUD|because", "reopened|anna|RESOLVED_FRAUD|IN_REVIEW|wrong customer", "resolved|ben|IN_REVIEW|RESOLVED_LEGITIMATE|because"],
            await _database.RowsAsync(
                """
                select step, actor, from_status, to_status, case when actor <> 'system' then note end
                from risk.alert_audit
                where alert_id = (select alert_id from risk.alerts where rule_code = 'score' and customer_id = 'C1')
                order by step_id
                """));
    }

    [Fact]
    public async Task An_alert_that_has_been_resolved_is_followed_by_another_and_then_cannot_be_reopened()
    {
        await LoadAsync(new AssessedPayment("P1", 60));
        await ResolveAsync("C1", "score", false);
        Assert.Equal(1, await LoadAsync(new AssessedPayment("P2", 70)));

        Assert.Equal("False|RESOLVED_LEGITIMATE|", await StepAsync("reopen_alert((select min(alert_id) from risk.alerts), '', 'anna', {0})"));
        Assert.Equal(["RESOLVED_LEGITIMATE|1", "OPEN|1"], await _database.RowsAsync("select status, payment_count from risk.alerts order by alert_id"));
        Assert.Equal(["P1"], await _database.RowsAsync("select payment_id from risk.labels"));
    }

    [Fact]
    public async Task Verdicts_and_batches_at_once_wait_for_each_other_and_never_in_a_circle()
    {
        var customers = Enumerable.Range(1, 12).Select(number => $"K{number:D2}").ToArray();
        await _database.ExecuteAsync($"insert into public.customers (customer_id, customer_name) values {string.Join(", ", customers.Select(id => $"('{id}', 'K')"))} on conflict do nothing");
        await LoadAsync([.. customers.SelectMany(id => Enumerable.Range(0, 3).Select(number => new AssessedPayment($"{id}-{number}", 60) { Customer = id }))]);

        var loading = Task.Run(async () =>
        {
            for (var round = 0; round < 10; round++)
            {
                await LoadAsync([.. customers.Select(id => new AssessedPayment($"{id}-r{round}", 60) { Customer = id })]);
            }
        });
        var judging = Enumerable.Range(0, 3).Select(judge => Task.Run(async () =>
        {
            foreach (var id in customers.Concat(customers.Reverse()))
            {
                await ResolveAsync(id, "score", judge % 2 == 0);
            }
        }));
        await Task.WhenAll([loading, .. judging]);

        await _database.AssertExactAsync();
        Assert.Equal([$"{12 * 13}"], await _database.RowsAsync("select count(*) from risk.alert_payments"));
        Assert.Empty(await _database.RowsAsync(
            """
            select alert.alert_id
            from risk.alerts as alert
            inner join risk.alert_payments as held on held.alert_id = alert.alert_id
            left join risk.labels as label on label.payment_id = held.payment_id
            left join public.payments as payment on payment.payment_id = held.payment_id
            where label.is_fraud is distinct from case alert.status when 'RESOLVED_FRAUD' then true when 'RESOLVED_LEGITIMATE' then false end
                or payment.is_suspicious <> (alert.status = 'RESOLVED_FRAUD')
            """));
        Assert.Empty(await _database.RowsAsync(
            "select alert_id from risk.alerts as alert where payment_count <> (select count(*) from risk.alert_payments as held where held.alert_id = alert.alert_id)"));
        // Every step is an event, in the order of commits.
        Assert.Equal(
            await _database.RowsAsync("select count(*) from risk.alert_audit"),
            await _database.RowsAsync("select count(*) from risk.events where kind = 'alert'"));
    }

    [Fact]
    public async Task Of_two_who_reach_for_an_alert_the_first_has_it()
    {
        await LoadAsync(new AssessedPayment("P1", 60));
        const string alert = "(select alert_id from risk.alerts)";

        Assert.Equal("False|OPEN|", await StepAsync($"assign_alert({alert}, null, false, 'anna', {{0}})"));
        Assert.Equal("True|IN_REVIEW|anna", await StepAsync($"assign_alert({alert}, 'anna', false, 'anna', {{0}})"));
        Assert.Equal("True|IN_REVIEW|anna", await StepAsync($"assign_alert({alert}, 'anna', false, 'anna', {{0}})"));
        Assert.Equal("False|IN_REVIEW|anna", await StepAsync($"assign_alert({alert}, 'ben', false, 'ben', {{0}})"));
        Assert.Equal("True|IN_REVIEW|ben", await StepAsync($"assign_alert({alert}, 'ben', true, 'ben', {{0}})"));
        Assert.Equal("True|OPEN|", await StepAsync($"assign_alert({alert}, null, false, 'ben', {{0}})"));
        Assert.Equal("", await StepAsync("assign_alert(0, 'ben', false, 'ben', {0})"));
        Assert.Equal(
            ["assigned|anna|anna", "assigned|ben|ben", "unassigned|ben|"],
            await _database.RowsAsync("select step, actor, note from risk.alert_audit where actor <> 'system' order by step_id"));
    }

    [Fact]
    public async Task Alerts_that_nobody_touches_expire_without_a_verdict()
    {
        await LoadAsync(new AssessedPayment("P1", 60), new("P2", 95) { Customer = "C2" });
        await _database.ExecuteAsync("update risk.alerts set updated_at = '2029-12-01'");

        Assert.Equal(["1"], await _database.RowsAsync($"select pipeline.expire_alerts({Now})"));
        Assert.Equal(["0"], await _database.RowsAsync($"select pipeline.expire_alerts({Now})"));

        Assert.Equal(
            ["EXPIRED|system|not touched for 30 days|0", "OPEN|||1"],
            await _database.RowsAsync("select status, resolved_by, resolution, sign(priority) from risk.alerts order by alert_id"));
        Assert.Empty(await _database.RowsAsync("select payment_id from risk.labels"));
        Assert.Equal(["expired|EXPIRED"], await _database.RowsAsync("select payload ->> 'step', payload ->> 'status' from risk.events order by event_id desc limit 1"));
        Assert.Equal(
            ["CRITICAL|1|0|1|0", "HIGH|0|0|0|0", "MEDIUM|0|0|0|1", "LOW|0|0|0|0", "ALL|1|0|1|1"],
            (await _database.RowsAsync($"select severity, open, in_review, overdue, expired from pipeline.summarize_alerts({Now} - interval '1 day', {Now})"))
                .OrderBy(row => Array.IndexOf(["CRITICAL", "HIGH", "MEDIUM", "LOW", "ALL"], row.Split('|')[0])));
    }

    [Fact]
    public async Task A_dispute_beats_all_other_labels_and_then_the_latest_known_wins()
    {
        await _database.ExecuteAsync(
            """
            insert into risk.labels (payment_id, source, is_fraud, known_at)
            values
                ('A', 'handbook', true, '2025-01-08'), ('A', 'analyst', false, '2025-01-09'),
                ('B', 'handbook', true, '2025-01-08'), ('B', 'analyst', false, '2025-01-07'),
                ('C', 'dispute', true, '2025-01-01'), ('C', 'analyst', false, '2025-01-09'),
                ('D', 'analyst', true, '2025-01-09')
            """);

        Assert.Equal(
            ["A|False|analyst", "B|True|handbook", "C|True|dispute", "D|True|analyst"],
            await _database.RowsAsync("select payment_id, is_fraud, source from risk.current_labels order by payment_id"));
    }

    // Events of the newest batch's payments that a condition holds for.
    private static string EventsOf(string condition) =>
        $"""
        select pipeline.write_payment_events(
            array(
                select payment.payment_id
                from public.payments as payment
                where payment.batch_id = (select max(batch_id) from ops.batches) and {condition}
                order by payment.payment_id))
        """;

    [Fact]
    public async Task Generated_payments_take_their_alerts_and_events_with_them()
    {
        await LoadAsync(new AssessedPayment("R1", 60) { Currency = "EUR" });
        await LoadBatchAsync(true, new AssessedPayment("G1", 80), new("G2", 60) { Customer = "C2" });
        await _database.ExecuteAsync(EventsOf("true"));
        Assert.Equal("C1|score|OPEN|HIGH|R1|2|80.00|60.000|EUR|1", (await _database.RowsAsync(Alerts))[0]);

        await _database.RowsAsync("select * from pipeline.remove_generated()");

        Assert.Equal(["C1|score|OPEN|HIGH|R1|1|60.00|60.000|EUR|0"], await _database.RowsAsync(Alerts));
        Assert.Equal(["R1"], await _database.RowsAsync("select distinct payload::jsonb ->> 'payment_id' from pipeline.list_events(0, 100)"));
        Assert.Equal(["1"], await _database.RowsAsync("select count(distinct alert_id) from risk.alert_audit"));
    }

    [Fact]
    public async Task Events_of_payments_say_what_is_decided_and_why()
    {
        await LoadAsync(new AssessedPayment("P1", 60) { Amount = 12.5m, Rules = "x" }, new("P2", 1) { Decision = "APPROVE" }, new("P3", 0));
        await _database.ExecuteAsync("delete from risk.assessments where payment_id = 'P3'");

        await _database.ExecuteAsync(EventsOf("payment.payment_id = 'P1'"));
        await _database.ExecuteAsync(EventsOf("true"));
        await _database.ExecuteAsync(EventsOf("false"));
        Assert.Equal(
            ["P1|12.50|USD|REVIEW|x", "P1|12.50|USD|REVIEW|x", "P2|100.00|USD|APPROVE|", "P3|100.00|USD|APPROVE|"],
            await _database.RowsAsync(
                """
                select payload ->> 'payment_id', payload ->> 'amount', payload ->> 'currency', payload ->> 'decision', case when payload ->> 'payment_id' = 'P1' then payload -> 'reasons' -> 0 ->> 'code' end
                from (select event_id, kind, payload::jsonb from pipeline.list_events(0, 100)) as told
                where kind = 'payment'
                order by payload ->> 'payment_id', event_id
                """));
    }

    [Fact]
    public async Task An_event_of_an_archived_payment_keeps_its_id_and_date()
    {
        await LoadAsync(new AssessedPayment("P1", 60));
        await _database.ExecuteAsync(EventsOf("true"));
        // As an archived month leaves it: its partition is gone, its key stays.
        await using var connection = await _database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.RowsAsync("delete from public.payments returning payment_id");

        Assert.Equal(
            ["payment|P1|True|True"],
            await connection.RowsAsync(
                """
                select kind, payload ->> 'payment_id', payload ->> 'transaction_date' is not null, payload ->> 'amount' is null
                from (select kind, payload::jsonb from pipeline.list_events(0, 100)) as told
                where kind = 'payment'
                """));
    }

    [Fact]
    public async Task Old_and_too_many_events_are_swept_and_it_is_known_up_to_which()
    {
        await _database.ExecuteAsync("insert into risk.events (kind, payload, created_at) select 'payment', '{}', timestamptz '2030-01-01' + number * interval '1 hour' from generate_series(1, 20) as number");
        var first = long.Parse((await _database.RowsAsync("select min(event_id) from risk.events"))[0], CultureInfo.InvariantCulture);

        Assert.Equal(["5"], await _database.RowsAsync("select pipeline.sweep_events('2030-01-01 06:00:00+00', 1000)"));
        Assert.Equal([$"{first + 4}|{first + 19}|{first + 19}"], await _database.RowsAsync("select * from pipeline.find_event_bounds()"));
        Assert.Equal(["5"], await _database.RowsAsync("select pipeline.sweep_events('2030-01-01 06:00:00+00', 10)"));
        Assert.Equal(["10"], await _database.RowsAsync("select pipeline.sweep_events('2031-01-01', 10)"));
        Assert.Equal(["0"], await _database.RowsAsync("select pipeline.sweep_events('2031-01-01', 10)"));
        Assert.Equal([$"{first + 19}|{first + 19}|{first + 19}"], await _database.RowsAsync("select * from pipeline.find_event_bounds()"));
    }

    private Task<string[]> SuspiciousAsync() => _database.RowsAsync("select payment_id from public.payments where is_suspicious order by payment_id");

    private Task<string> ResolveAsync(string customer, string rule, bool isFraud) => StepAsync(
        $"resolve_alert((select max(alert_id) from risk.alerts where customer_id = '{customer}' and rule_code = '{rule}'), {isFraud}, 'because', 'ben', {{0}})");

    private async Task<string> StepAsync(string call)
    {
        await using var api = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(_fixture.ConnectionStringFor("payments_api")) { Pooling = false });
        return (await api.RowsAsync($"select is_done, status, assignee from pipeline.{string.Format(CultureInfo.InvariantCulture, call, Now)}")).SingleOrDefault() ?? "";
    }

    private Task<long> LoadAsync(params AssessedPayment[] payments) => LoadBatchAsync(false, payments);

    /// <summary>Loads payments as a batch, assesses them as told, and raises alerts; returns how many are new.</summary>
    private async Task<long> LoadBatchAsync(bool generated, params AssessedPayment[] payments)
    {
        await using var connection = await _database.OpenConnectionAsync();
        await connection.ExecuteAsync("select pg_advisory_lock(99)");
        var batch = await connection.StageAsync(1, [.. payments.Select(payment => payment.Staged())], generated);
        await using var transaction = await connection.BeginTransactionAsync();
        var outcome = await connection.RunBatchAsync(batch, 1);
        Assert.Equal(payments.Length, outcome.Accepted);
        await connection.ExecuteAsync("delete from risk.assessments where batch_id = " + batch.ToString(CultureInfo.InvariantCulture));
        foreach (var payment in payments)
        {
            await connection.ExecuteAsync(payment.Insert(batch));
        }

        var raised = await connection.ScalarAsync<long>("select pipeline.raise_alerts($1)", batch);
        await transaction.CommitAsync();
        await connection.ExecuteAsync("select pg_advisory_unlock(99)");
        return raised;
    }

    /// <summary>A payment and what the engine says of it.</summary>
    private sealed record AssessedPayment(string Id, double Score)
    {
        public string Customer { get; init; } = "C1";

        public decimal Amount { get; init; } = 100m;

        public string Currency { get; init; } = "USD";

        public string Status { get; init; } = "SUCCESS";

        public string? Method { get; init; } = "CREDIT_CARD";

        public string Decision { get; init; } = "REVIEW";

        public bool Flagged { get; init; }

        public double? Probability { get; init; }

        /// <summary>Minutes after noon.</summary>
        public int At { get; init; }

        /// <summary>Codes with their contributions, for example <c>burst:40,night:5</c>.</summary>
        public string? Rules { get; init; }

        public StagedPayment Staged() => new(Id, Customer)
        {
            Amount = Amount,
            Currency = Currency,
            Status = Status,
            Method = Method,
            At = new DateTime(2025, 1, 15, 12, 0, 0, DateTimeKind.Utc).AddMinutes(At),
        };

        public string Insert(long batch)
        {
            var reasons = string.Join(", ", (Rules ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).Select(rule => rule.Split(':'))
                .Select(rule => $$"""{"code": "{{rule[0]}}", "kind": "rule", "text": "…", "contribution": {{(rule.Length > 1 ? rule[1] : "1")}}}""")
                .Append("""{"code": "amount_to_habit", "kind": "model", "text": "…", "contribution": 99}"""));
            return string.Create(
                CultureInfo.InvariantCulture,
                $"""
                insert into risk.assessments (payment_id, transaction_date, customer_id, merchant_id, amount, currency, score, decision, is_flagged, rule_score, fraud_probability, reasons, rules_version, models_version, batch_id)
                select payment_id, transaction_date, customer_id, merchant_id, amount, currency, {Score}, '{Decision}', {Flagged}, 0, {(Probability is { } known ? known : "null")}, '[{reasons}]', 1, 1, {batch}
                from public.payments
                where payment_id = '{Id}';
                """);
        }
    }
}
