using Npgsql;
using Payments.Testing;

namespace Payments.Database.Tests;

/// <summary>Reads inline and find their indexes.</summary>
public sealed class PlanTests : IClassFixture<TestDatabase>, IAsyncLifetime
{
    private readonly NpgsqlDataSource _database;

    public PlanTests(TestDatabase database) => _database = database.DataSource;

    public async Task InitializeAsync()
    {
        if (await _database.RowsAsync("select count(*) from public.payments") is not ["0"])
        {
            return;
        }

        await _database.ExecuteAsync(
            """
            insert into public.customers (customer_id, customer_name) select format('C%s', number), 'Name' from generate_series(1, 50) as number on conflict do nothing;
            insert into public.merchants (merchant_id, merchant_name) values ('M1', 'Shop') on conflict do nothing
            """);
        await _database.LoadAsync([.. Enumerable.Range(0, 20_000).Select(number => new StagedPayment($"P{number}", $"C{1 + (number % 50)}")
        {
            Amount = number % 200 == 0 ? 10_001m : 10m,
            Status = number % 20 == 0 ? "FAILED" : "SUCCESS",
            At = new DateTime(2025, 1, 1, 6, 0, 0, DateTimeKind.Utc).AddMinutes(number * 2),
        })]);
        await _database.ExecuteAsync("analyze public.payments; analyze rollup.payment_days");
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task High_risk_pages_walk_the_partial_index_with_a_literal() => AssertUses(
        "risk_score_payment_id_idx",
        await _database.RowsAsync("explain select * from public.detect_high_risk_transactions(70) limit 10"));

    [Fact]
    public async Task High_risk_pages_walk_the_partial_index_with_a_parameter()
    {
        await using var connection = await _database.OpenConnectionAsync();

        // So few rows would as well be sorted: the fact is that they need not be.
        await connection.ExecuteAsync("set enable_sort = off; set enable_bitmapscan = off");
        await using var command = new NpgsqlCommand(
            "explain select payment_id from public.detect_high_risk_transactions($1) order by risk_score desc, payment_id limit 10", connection);
        command.Parameters.Add(new() { Value = 70.0m });
        await using var reader = await command.ExecuteReaderAsync();
        var plan = new List<string>();
        while (await reader.ReadAsync())
        {
            plan.Add(reader.GetString(0));
        }

        AssertUses("risk_score_payment_id_idx", plan);
        Assert.DoesNotContain(plan, line => line.Contains("->  Sort  (", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Failed_payments_of_a_day_are_found_in_their_partial_index() => AssertUses(
        "transaction_date_payment_id_idx",
        await _database.RowsAsync("explain select * from public.detect_failed_payments('2025-01-10', '2025-01-10')"));

    [Fact]
    public async Task A_predicate_around_a_report_reaches_the_table() => AssertUses(
        "customer_id_transaction_date_idx",
        await _database.RowsAsync(
            """
            set enable_seqscan = off; set enable_sort = off;
            explain select * from public.detect_high_risk_transactions(0) where customer_id = 'C7'
            """));

    [Fact]
    public async Task Analytics_by_day_walks_its_key_backwards() => AssertUses(
        "Index Scan Backward using payment_days_pkey",
        await _database.RowsAsync("set enable_sort = off; set enable_seqscan = off; explain select * from public.vw_payment_analytics order by payment_date desc limit 5"));

    private static void AssertUses(string part, IEnumerable<string> plan)
    {
        var text = string.Join('\n', plan);
        Assert.Contains(part, text, StringComparison.Ordinal);
        Assert.DoesNotContain("Function Scan", text, StringComparison.Ordinal);
    }
}
