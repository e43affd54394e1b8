using Npgsql;
using Payments.Testing;

namespace Payments.Database.Tests;

/// <summary>What <c>mode=update</c> makes of records of known payments: moves, duplicates, refusals.</summary>
public sealed class LifecycleTests : IClassFixture<TestDatabase>, IAsyncLifetime
{
    private static readonly string[] Statuses = ["PENDING", "SUCCESS", "FAILED", "REFUNDED"];
    private readonly NpgsqlDataSource _database;

    public LifecycleTests(TestDatabase database) => _database = database.DataSource;

    public static TheoryData<string, string, string> Pairs()
    {
        string[] allowed = ["PENDING SUCCESS", "PENDING FAILED", "SUCCESS REFUNDED"];
        var pairs = new TheoryData<string, string, string>();
        foreach (var from in Statuses)
        {
            foreach (var to in Statuses)
            {
                pairs.Add(from, to, from == to ? "duplicate" : allowed.Contains($"{from} {to}") ? "move" : "refused");
            }
        }

        return pairs;
    }

    public Task InitializeAsync() => _database.ExecuteAsync(
        """
        truncate public.payments, public.payment_keys, rollup.payment_days, rollup.day_totals, rollup.merchant_totals,
            rollup.customer_totals, risk.labels, ops.payment_history;
        insert into public.customers (customer_id, customer_name, country) values ('C1', 'One', 'France'), ('C2', 'Two', null) on conflict do nothing;
        insert into public.merchants (merchant_id, merchant_name) values ('M1', 'Shop'), ('M2', 'Shop') on conflict do nothing
        """);

    public Task DisposeAsync() => _database.AssertExactAsync();

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task A_payment_moves_along_its_lifecycle_and_nowhere_else(string from, string to, string meaning)
    {
        await _database.LoadAsync(new StagedPayment("P1") { Status = from });

        var outcome = await _database.UpdateAsync(new StagedPayment("P1") { Status = to });

        var isMove = meaning == "move";
        Assert.Equal((isMove ? 1 : 0, meaning == "duplicate" ? 1 : 0), (outcome.Accepted, outcome.Duplicates));
        Assert.Equal(meaning == "refused" ? ["status.transition"] : [], outcome.Refused.SelectMany(refusal => refusal.Reasons));
        Assert.Equal([isMove ? to : from], await _database.RowsAsync("select payment_status from public.payments"));
        Assert.Equal(
            isMove ? [$"P1|{from}|{to}"] : [],
            await _database.RowsAsync("select payment_id, previous_status, new_status from ops.payment_history"));
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Without_update_every_other_status_is_a_conflict(string from, string to, string meaning)
    {
        await _database.LoadAsync(new StagedPayment("P1") { Status = from });

        var outcome = await _database.LoadAsync(new StagedPayment("P1") { Status = to });

        Assert.Equal((0, meaning == "duplicate" ? 1 : 0), (outcome.Accepted, outcome.Duplicates));
        Assert.Equal(meaning == "duplicate" ? [] : ["payment_id.conflict"], outcome.Refused.SelectMany(refusal => refusal.Reasons));
        Assert.Equal([from], await _database.RowsAsync("select payment_status from public.payments"));
    }

    [Theory]
    [InlineData("customer")]
    [InlineData("merchant")]
    [InlineData("amount")]
    [InlineData("currency")]
    [InlineData("method")]
    [InlineData("no method")]
    [InlineData("second")]
    [InlineData("year")]
    public async Task A_move_that_changes_anything_else_is_a_conflict(string what)
    {
        var pending = new StagedPayment("P1") { Status = "PENDING" };
        await _database.LoadAsync(pending);
        var success = pending with { Status = "SUCCESS" };

        var outcome = await _database.UpdateAsync(what switch
        {
            "customer" => success with { Customer = "C2" },
            "merchant" => success with { Merchant = "M2" },
            "amount" => success with { Amount = 10.01m },
            "currency" => success with { Currency = "EUR" },
            "method" => success with { Method = "WALLET" },
            "no method" => success with { Method = null },
            "second" => success with { At = pending.At.AddSeconds(1) },
            _ => success with { At = pending.At.AddYears(-1) },
        });

        Assert.Equal((0, 0), (outcome.Accepted, outcome.Duplicates));
        Assert.Equal(["payment_id.conflict"], Assert.Single(outcome.Refused).Reasons);
        Assert.Equal(["PENDING"], await _database.RowsAsync("select payment_status from public.payments"));
    }

    [Fact]
    public async Task Unknown_payments_are_inserted_as_ever()
    {
        var outcome = await _database.UpdateAsync(new("P1") { Status = "REFUNDED" }, new("P2"), new("P3", Customer: "C9"));

        Assert.Equal((2, 0), (outcome.Accepted, outcome.Duplicates));
        Assert.Equal(["customer_id.unknown"], Assert.Single(outcome.Refused).Reasons);
        Assert.Equal(["P1|REFUNDED", "P2|SUCCESS"], await _database.RowsAsync("select payment_id, payment_status from public.payments order by payment_id"));
    }

    [Fact]
    public async Task A_record_refused_for_something_else_says_only_that()
    {
        await _database.LoadAsync(new StagedPayment("P1"));

        var outcome = await _database.UpdateAsync(new("P1", Customer: "C9") { Status = "PENDING" }, new("P1") { Status = "PENDING", Reasons = ["amount.format"] });

        Assert.Equal(["customer_id.unknown", "amount.format"], outcome.Refused.Select(refusal => Assert.Single(refusal.Reasons)));
    }

    [Fact]
    public async Task Records_of_one_payment_count_in_file_order_within_a_batch()
    {
        await _database.LoadAsync(new StagedPayment("P1") { Status = "PENDING" });

        var outcome = await _database.UpdateAsync(
            new("P1") { Status = "REFUNDED" },
            new("P2") { Status = "PENDING" },
            new("P1") { Status = "PENDING" },
            new("P1") { Status = "SUCCESS" },
            new("P2") { Status = "SUCCESS" },
            new("P1") { Status = "SUCCESS" },
            new("P1") { Status = "FAILED" },
            new("P2") { Status = "REFUNDED" },
            new("P1") { Status = "REFUNDED" },
            new("P2") { Status = "PENDING" },
            new("P1") { Status = "SUCCESS" },
            new("P1") { Status = "REFUNDED" });

        Assert.Equal((5, 3), (outcome.Accepted, outcome.Duplicates));
        Assert.Equal([1, 7, 10, 11], outcome.Refused.Select(refusal => refusal.RecordNumber));
        Assert.All(outcome.Refused, refusal => Assert.Equal(["status.transition"], refusal.Reasons));
        Assert.Equal(
            ["P1|PENDING|SUCCESS|5", "P1|SUCCESS|REFUNDED|10", "P2|PENDING|SUCCESS|6", "P2|SUCCESS|REFUNDED|9"],
            await _database.RowsAsync("select payment_id, previous_status, new_status, line_number from ops.payment_history order by payment_id, line_number"));
        Assert.Equal(
            ["P1|REFUNDED", "P2|REFUNDED"], await _database.RowsAsync("select payment_id, payment_status from public.payments order by payment_id"));
    }

    [Fact]
    public async Task The_same_file_again_is_all_duplicates_however_it_is_cut()
    {
        StagedPayment[] file = [new("P1") { Status = "PENDING" }, new("P1"), new("P1") { Status = "REFUNDED" }, new("P2") { Status = "PENDING" }];
        Assert.Equal(4, (await _database.LoadFileAsync("update", "a", file)).Accepted);

        var again = await _database.LoadFileAsync("update", "a", file);
        var beginning = await _database.LoadFileAsync("update", "a", file[..1]);

        Assert.Equal((0, 4, 0), (again.Accepted, again.Duplicates, again.Refused.Count));
        Assert.Equal((0, 1, 0), (beginning.Accepted, beginning.Duplicates, beginning.Refused.Count));
    }

    [Fact]
    public async Task A_file_is_not_a_duplicate_of_itself_where_another_has_moved_the_payment_on()
    {
        await _database.LoadFileAsync("update", "a", new StagedPayment("P1") { Status = "PENDING" });
        await _database.LoadFileAsync("update", "b", new StagedPayment("P1"));

        var late = await _database.LoadFileAsync("update", "a", new StagedPayment("P1") { Status = "PENDING" });

        Assert.Equal((0, 0), (late.Accepted, late.Duplicates));
        Assert.Equal(["status.transition"], Assert.Single(late.Refused).Reasons);
    }

    [Fact]
    public async Task A_line_refused_once_is_refused_again_when_the_file_is_sent_again()
    {
        StagedPayment[] file = [new("P1") { Status = "PENDING" }, new("P1"), new("P1") { Status = "PENDING" }];
        var first = await _database.LoadFileAsync("update", "a", file);
        var second = await _database.LoadFileAsync("update", "a", file);

        Assert.Equal((2, 0, 1), (first.Accepted, first.Duplicates, first.Refused.Count));
        Assert.Equal((0, 2, 3), (second.Accepted, second.Duplicates, Assert.Single(second.Refused).RecordNumber));
    }

    [Fact]
    public async Task A_move_leads_back_to_its_file_and_line_and_the_payment_to_those_of_its_insertion()
    {
        await _database.LoadFileAsync("insert", "first", new StagedPayment("P1") { Status = "PENDING" });
        await _database.LoadFileAsync("update", "second", new("P2"), new("P3"), new("P1"));

        Assert.Equal(
            ["4|True|2|True"],
            await _database.RowsAsync(
                """
                select history.line_number, mover.content_sha256 = encode(sha256('second'), 'hex'), payment.line_number,
                    loader.content_sha256 = encode(sha256('first'), 'hex')
                from ops.payment_history as history
                inner join ops.batches as moving on moving.batch_id = history.batch_id
                inner join ops.imports as mover on mover.import_id = moving.import_id
                inner join public.payments as payment on payment.payment_id = history.payment_id
                inner join ops.batches as loading on loading.batch_id = payment.batch_id
                inner join ops.imports as loader on loader.import_id = loading.import_id
                """));
    }

    [Fact]
    public async Task A_move_changes_status_hash_and_time_of_change_and_nothing_else()
    {
        await _database.LoadAsync(new StagedPayment("P1") { Status = "PENDING", Amount = 10000.01m, Seconds = 7, At = new DateTime(2025, 1, 15, 3, 0, 0, DateTimeKind.Utc) });
        const string rest = "select risk_score, is_suspicious, created_at, batch_id, line_number, processing_time_seconds, amount from public.payments";
        var before = await _database.RowsAsync(rest);

        var success = new StagedPayment("P1") { Amount = 10000.01m, Seconds = 7, At = new DateTime(2025, 1, 15, 3, 0, 0, DateTimeKind.Utc) };
        await _database.UpdateAsync(success);

        Assert.Equal(before, await _database.RowsAsync(rest));
        Assert.Equal(
            [$"SUCCESS|True|{success.Hash}"],
            await _database.RowsAsync(
                "select payment_status, updated_at > created_at, content_hash from public.payments inner join public.payment_keys using (payment_id)"));
        Assert.Equal(1, (await _database.LoadAsync(success)).Duplicates);
    }

    [Fact]
    public async Task Only_a_failed_payment_has_a_failure_reason()
    {
        await _database.LoadAsync(new("P1") { Status = "PENDING" }, new("P2") { Status = "PENDING" });

        await _database.UpdateAsync(new("P1") { Status = "FAILED", FailureReason = "card declined" }, new("P2") { FailureReason = "card declined" });

        Assert.Equal(
            ["P1|card declined", "P2|"], await _database.RowsAsync("select payment_id, failure_reason from public.payments order by payment_id"));
    }

    [Fact]
    public async Task Reports_follow_a_move_at_once()
    {
        await _database.LoadAsync(new("P1") { Status = "PENDING", Amount = 5m }, new("P2") { Amount = 7m });

        await _database.UpdateAsync(new("P1") { Amount = 5m }, new("P2") { Status = "REFUNDED", Amount = 7m });

        Assert.Equal(
            ["2|1|0|0|1|5.000"],
            await _database.RowsAsync(
                """
                select total_transactions, successful_transactions, failed_transactions, pending_transactions, refunded_transactions, total_revenue::numeric(24, 3)
                from public.get_daily_transaction_summary('2025-01-15')
                """));
        Assert.Equal(["1|5.000"], await _database.RowsAsync("select successful_count, successful_amount from rollup.merchant_totals"));
        Assert.Equal(["1|5.000"], await _database.RowsAsync("select successful_count, successful_amount from rollup.customer_totals"));
    }

    [Fact]
    public async Task An_update_rolled_back_leaves_nothing()
    {
        await _database.LoadAsync(new StagedPayment("P1") { Status = "PENDING" });
        await using (var connection = await _database.OpenConnectionAsync())
        {
            var batch = await connection.StageAsync(1, [new("P1"), new("P2") { Status = "PENDING" }, new("P2")], mode: "update");
            await using (var transaction = await connection.BeginTransactionAsync())
            {
                Assert.Equal(3, (await connection.RunBatchAsync(batch, 1)).Accepted);
                await transaction.RollbackAsync();
            }

            Assert.Equal(["P1|PENDING"], await _database.RowsAsync("select payment_id, payment_status from public.payments"));
            Assert.Equal(["0"], await _database.RowsAsync("select count(*) from ops.payment_history"));
            await _database.AssertExactAsync();

            // The staged rows are still there: the very batch may be tried again.
            await using var again = await connection.BeginTransactionAsync();
            Assert.Equal(3, (await connection.RunBatchAsync(batch, 1)).Accepted);
            await again.CommitAsync();
        }

        Assert.Equal(["P1|SUCCESS", "P2|SUCCESS"], await _database.RowsAsync("select payment_id, payment_status from public.payments order by payment_id"));
    }

    [Fact]
    public async Task Two_updates_and_an_insert_at_once_move_each_payment_once()
    {
        StagedPayment[] pending = [.. Enumerable.Range(0, 200).Select(number => new StagedPayment($"P{number}") { Status = "PENDING" })];
        await _database.LoadAsync(pending);
        StagedPayment[] moved = [.. pending.Select(payment => payment with { Status = "SUCCESS" })];

        var outcomes = await Task.WhenAll(
            LoadInLaneAsync(1, "update", moved),
            LoadInLaneAsync(2, "update", [.. moved.Reverse()]),
            LoadInLaneAsync(3, "insert", [.. moved.Select(payment => payment with { Id = "N" + payment.Id })]));

        Assert.Equal((200, 200), (outcomes[0].Accepted + outcomes[1].Accepted, outcomes[0].Duplicates + outcomes[1].Duplicates));
        Assert.Equal(200, outcomes[2].Accepted);
        Assert.All(outcomes, outcome => Assert.Empty(outcome.Refused));
        Assert.Equal(["200|SUCCESS"], await _database.RowsAsync("select count(*), max(new_status) from ops.payment_history"));
        Assert.Equal(["400"], await _database.RowsAsync("select count(*) from public.payments where payment_status = 'SUCCESS'"));
    }

    [Fact]
    public async Task A_success_and_a_failure_at_once_are_one_move_and_one_refusal()
    {
        await _database.LoadAsync(new StagedPayment("P1") { Status = "PENDING" });

        var outcomes = await Task.WhenAll(
            LoadInLaneAsync(1, "update", [new("P1")]), LoadInLaneAsync(2, "update", [new("P1") { Status = "FAILED" }]));

        Assert.Equal(1, outcomes.Sum(outcome => outcome.Accepted));
        Assert.Equal(["status.transition"], Assert.Single(outcomes.SelectMany(outcome => outcome.Refused)).Reasons);
    }

    private async Task<BatchOutcome> LoadInLaneAsync(int lane, string mode, StagedPayment[] payments)
    {
        await using var connection = await _database.OpenConnectionAsync();
        var batch = await connection.StageAsync(lane, payments, mode: mode);
        await using var transaction = await connection.BeginTransactionAsync();
        var outcome = await connection.RunBatchAsync(batch, lane);
        await Task.Delay(50);
        await transaction.CommitAsync();
        return outcome;
    }
}
