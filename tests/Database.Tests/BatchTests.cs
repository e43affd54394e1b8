using System.Globalization;
using Npgsql;
using Payments.Testing;

namespace Payments.Database.Tests;

/// <summary>What becomes of the records of a batch: accepted, duplicate, refused; all or nothing.</summary>
public sealed class BatchTests : IClassFixture<TestDatabase>, IAsyncLifetime
{
    private readonly NpgsqlDataSource _database;

    public BatchTests(TestDatabase database) => _database = database.DataSource;

    public Task InitializeAsync() => _database.ExecuteAsync(
        """
        truncate public.payments, public.payment_keys, rollup.payment_days, rollup.day_totals, rollup.merchant_totals,
            rollup.customer_totals, risk.labels;
        insert into public.customers (customer_id, customer_name, country) values ('C1', 'One', 'France'), ('C2', 'Two', null) on conflict do nothing;
        insert into public.merchants (merchant_id, merchant_name) values ('M1', 'Shop'), ('M2', 'Shop') on conflict do nothing
        """);

    public Task DisposeAsync() => _database.AssertExactAsync();

    [Fact]
    public async Task The_same_batch_again_is_all_duplicates()
    {
        StagedPayment[] payments = [new("P1"), new("P2"), new("P3")];
        var first = await _database.LoadAsync(payments);
        var second = await _database.LoadAsync(payments);

        Assert.Equal((3, 0, 0), (first.Accepted, first.Duplicates, first.Refused.Count));
        Assert.Equal((0, 3, 0), (second.Accepted, second.Duplicates, second.Refused.Count));
    }

    [Fact]
    public async Task Within_a_batch_the_first_record_of_an_id_stays()
    {
        var outcome = await _database.LoadAsync(new("P1") { Amount = 1m }, new("P1") { Amount = 2m }, new("P1") { Amount = 1m });

        Assert.Equal((1, 1), (outcome.Accepted, outcome.Duplicates));
        Assert.Equal(new Refusal(2, ["payment_id.conflict"]), Assert.Single(outcome.Refused), RefusalComparer);
        Assert.Equal(["P1|1.000"], await _database.RowsAsync("select payment_id, amount from public.payments"));
    }

    [Fact]
    public async Task Across_batches_another_content_is_a_conflict_even_on_another_day()
    {
        await _database.LoadAsync(new StagedPayment("P1"));
        var outcome = await _database.LoadAsync(new StagedPayment("P1") { At = new DateTime(2024, 3, 1, 0, 0, 0, DateTimeKind.Utc) });

        Assert.Equal((0, 0), (outcome.Accepted, outcome.Duplicates));
        Assert.Equal(new Refusal(1, ["payment_id.conflict"]), Assert.Single(outcome.Refused), RefusalComparer);
    }

    [Fact]
    public async Task A_record_refused_for_something_else_does_not_claim_its_id()
    {
        var outcome = await _database.LoadAsync(new("P1", Customer: "C9"), new("P1") { Amount = 2m });

        Assert.Equal(1, outcome.Accepted);
        Assert.Equal(new Refusal(1, ["customer_id.unknown"]), Assert.Single(outcome.Refused), RefusalComparer);
    }

    [Fact]
    public async Task Reasons_come_row_first_then_in_header_order()
    {
        var outcome = await _database.LoadAsync(
            new StagedPayment("P1", Customer: "C9", Merchant: "M9") { Reasons = ["status.unknown", "amount.format", "row.quote"] });

        Assert.Equal(
            new Refusal(1, ["row.quote", "customer_id.unknown", "merchant_id.unknown", "amount.format", "status.unknown"]),
            Assert.Single(outcome.Refused),
            RefusalComparer);
    }

    [Fact]
    public async Task References_are_compared_letter_by_letter()
    {
        var outcome = await _database.LoadAsync(new("P1", Customer: "c1"), new("P2", Customer: "C1\u200b"), new("P3", Customer: "C1 "));

        Assert.Equal(0, outcome.Accepted);
        Assert.All(outcome.Refused, refusal => Assert.Equal(["customer_id.unknown"], refusal.Reasons));
    }

    [Fact]
    public async Task Unknown_references_are_created_where_the_profile_says_so()
    {
        await using var connection = await _database.OpenConnectionAsync();
        var batch = await connection.StageAsync(1, [new("P1", "NEW-C", "NEW-M"), new("P2", "BAD-C", "BAD-M") { Reasons = ["amount.format"] }]);
        var outcome = await connection.RunBatchAsync(batch, 1, createReferences: true);

        Assert.Equal(1, outcome.Accepted);
        Assert.Equal(new Refusal(2, ["amount.format"]), Assert.Single(outcome.Refused), RefusalComparer);
        Assert.Equal(
            ["NEW-C|NEW-C"],
            await _database.RowsAsync("select customer_id, customer_name from public.customers where customer_id in ('NEW-C', 'BAD-C')"));
        Assert.Equal(
            ["NEW-M|NEW-M|ACTIVE"],
            await _database.RowsAsync("select merchant_id, merchant_name, status from public.merchants where merchant_id in ('NEW-M', 'BAD-M')"));
    }

    [Fact]
    public async Task A_batch_rolled_back_leaves_nothing()
    {
        await using (var connection = await _database.OpenConnectionAsync())
        {
            var batch = await connection.StageAsync(1, [new("P1")]);
            await using var transaction = await connection.BeginTransactionAsync();
            Assert.Equal(1, (await connection.RunBatchAsync(batch, 1)).Accepted);
            await transaction.RollbackAsync();
        }

        Assert.Equal(
            ["0|0|0"],
            await _database.RowsAsync(
                "select (select count(*) from public.payments), (select count(*) from public.payment_keys), (select count(*) from rollup.day_totals)"));
        Assert.Equal(1, (await _database.LoadAsync(new StagedPayment("P1"))).Accepted);
    }

    [Fact]
    public async Task Two_batches_at_once_with_the_same_ids_take_each_once()
    {
        StagedPayment[] payments = [.. Enumerable.Range(0, 200).Select(number => new StagedPayment($"P{number}"))];
        var outcomes = await Task.WhenAll(LoadInLaneAsync(1, payments), LoadInLaneAsync(2, [.. payments.Reverse()]));

        Assert.Equal(200, outcomes.Sum(outcome => outcome.Accepted));
        Assert.Equal(200, outcomes.Sum(outcome => outcome.Duplicates));
        Assert.Equal(["200"], await _database.RowsAsync("select count(*) from public.payments"));
    }

    [Fact]
    public async Task Only_frauds_are_labelled_and_known_a_week_later()
    {
        await _database.LoadAsync(new("P1") { IsFraud = true }, new("P2") { IsFraud = false }, new("P3"));

        Assert.Equal(
            ["P1|handbook|True|2025-01-22T12:00:00Z"],
            await _database.RowsAsync("select payment_id, source, is_fraud, known_at from risk.labels"));
    }

    [Fact]
    public async Task Accepted_payments_get_the_scores_that_they_are_given()
    {
        await using var connection = await _database.OpenConnectionAsync();
        var batch = await connection.StageAsync(lane: 1, [new("P1") { Amount = 1m }, new("P2", Customer: "C9"), new("P3") { Amount = 2m }]);
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync($"select pipeline.validate_payments({batch}, 1::smallint, array['payment_id'], false)");

        await connection.ExecuteAsync(
            $"""
            select pipeline.insert_payments(
                {batch}, pipeline.score_payments({batch}, 1::smallint, array[3, 1], array[99.99, 0.01], array[true, false], array['', null]))
            """);

        Assert.Equal(
            ["P1|0.01|False", "P3|99.99|True"],
            await connection.RowsAsync("select payment_id, risk_score, is_suspicious from public.payments order by payment_id"));
    }

    [Fact]
    public async Task A_score_for_a_record_that_the_batch_does_not_have_is_an_error()
    {
        await using var connection = await _database.OpenConnectionAsync();
        var batch = await connection.StageAsync(lane: 1, [new("P1")]);

        var error = await Assert.ThrowsAsync<PostgresException>(() => connection.ExecuteAsync(
            $"select pipeline.score_payments({batch}, 1::smallint, array[1, 2], array[1.00, 2.00], array[false, false], array['', ''])"));

        Assert.Contains("of 2 payments of batch", error.MessageText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Partitions_are_made_once_by_two_at_once_while_payments_are_read()
    {
        await using var reader = await _database.OpenConnectionAsync();
        await using var reading = await reader.BeginTransactionAsync();
        await reader.ExecuteAsync("select count(*) from public.payments");
        var made = await Task.WhenAll(MakeAsync(), MakeAsync());

        Assert.Equal(14, made.Sum());
        Assert.Equal(
            ["partitions.payments_2030_12"],
            await _database.RowsAsync("select inhrelid::regclass::text from pg_inherits where inhrelid = to_regclass('partitions.payments_2030_12')"));

        async Task<int> MakeAsync()
        {
            await using var connection = await _database.OpenConnectionAsync();
            return await connection.ScalarAsync<int>("select pipeline.ensure_payment_partitions('2030-12-31 23:59:59+00', '2032-01-01 00:00:00+00')");
        }
    }

    [Theory]
    [InlineData("2034-03-31", "2034-03-05")]
    [InlineData("2034-03-31", "2034-04-01")]
    public async Task A_month_that_went_away_since_the_batch_was_staged_comes_again(string one, string other)
    {
        await using var connection = await _database.OpenConnectionAsync();
        var batch = await connection.StageAsync(
            lane: 1,
            [.. new[] { one, other }.Select((day, number) => new StagedPayment($"P{number}") { At = DateTime.Parse($"{day}T12:00:00Z", CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal) })]);
        await connection.ExecuteAsync("drop table partitions.payments_2034_03");
        await using var transaction = await connection.BeginTransactionAsync();
        var outcome = await connection.RunBatchAsync(batch, lane: 1);
        await transaction.CommitAsync();

        Assert.Equal(2, outcome.Accepted);
        Assert.Equal(["2"], await _database.RowsAsync("select count(*) from public.payments"));
    }

    [Fact]
    public async Task Payments_of_the_api_are_stored_by_one_call_that_tells_the_feed_and_raises_no_alert_without_an_assessment()
    {
        await using var connection = await _database.OpenConnectionAsync();
        var import = await connection.ScalarAsync<long>("select pipeline.open_source('API test', '2026-01-20')");
        await using var transaction = await connection.BeginTransactionAsync();
        var received = await connection.RowsAsync(
            """
            select lane, batch_id, record_number
            from pipeline.receive_payments(
                array['payment_id'], array[1, 2], array[7, 8], array['P1', 'P2'], array['C1', 'C1'], array['M1', 'M1'], array[20.00, 30.00], array['USD', 'USD'],
                array['WALLET', 'WALLET'], array['SUCCESS', 'SUCCESS'], array[now(), now()], array[null, null]::int[], array[null, null]::text[],
                array[gen_random_uuid(), gen_random_uuid()], array[null, null]::text[])
            order by record_number
            """);
        var (lane, batch) = (received[0].Split('|')[0], received[0].Split('|')[1]);
        var raised = await connection.ScalarAsync<long>(
            $"select pipeline.store_payments({import}, {batch}, {lane}::smallint, 7, 9, 1, array[1, 2], array[95.00, 10.00], array[true, false], array['France', 'France'], false)");
        await transaction.CommitAsync();

        Assert.Equal([$"{lane}|{batch}|0", $"{lane}|{batch}|1", $"{lane}|{batch}|2"], received);
        Assert.Equal(0, raised);
        Assert.Equal(["P1|95.00|True", "P2|10.00|False"], await _database.RowsAsync("select payment_id, risk_score, is_suspicious from public.payments order by payment_id"));
        Assert.Equal([$"{batch}|7|3|{lane}"], await _database.RowsAsync($"select batch_id, first_record, record_count, lane from ops.batches where import_id = {import}"));
        Assert.Equal(["3|2|1|9"], await _database.RowsAsync($"select records_read, records_accepted, records_duplicate, next_record from ops.imports where import_id = {import}"));
        Assert.Equal(["payment|P1", "payment|P2"], await _database.RowsAsync("select kind, payment_id from risk.events order by event_id"));
        Assert.Equal(["0"], await _database.RowsAsync("select count(*) from risk.alerts"));
    }

    private static readonly IEqualityComparer<Refusal> RefusalComparer = EqualityComparer<Refusal>.Create(
        (one, other) => one!.RecordNumber == other!.RecordNumber && one.Reasons.SequenceEqual(other.Reasons));

    private async Task<BatchOutcome> LoadInLaneAsync(int lane, StagedPayment[] payments)
    {
        await using var connection = await _database.OpenConnectionAsync();
        var batch = await connection.StageAsync(lane, payments);
        await using var transaction = await connection.BeginTransactionAsync();
        var outcome = await connection.RunBatchAsync(batch, lane);
        await Task.Delay(50);
        await transaction.CommitAsync();
        return outcome;
    }
}
