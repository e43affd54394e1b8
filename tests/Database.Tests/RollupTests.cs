using Npgsql;
using Payments.Testing;

namespace Payments.Database.Tests;

/// <summary>Rollups equal the base tables whatever happens to payments, customers and sample data.</summary>
public sealed class RollupTests : IClassFixture<TestDatabase>, IAsyncLifetime
{
    private readonly NpgsqlDataSource _database;

    public RollupTests(TestDatabase database) => _database = database.DataSource;

    public Task InitializeAsync() => _database.ExecuteAsync(
        """
        truncate public.payments, public.payment_keys, public.settlement_payments, public.settlements, settlement.reserves, settlement.carries, settlement.commission_rates, public.customers, public.merchants, reconciliation.accounts,
            sla.incidents, sla.incident_events, rollup.payment_days, rollup.day_totals, rollup.merchant_totals, rollup.customer_totals, risk.labels;
        insert into public.customers (customer_id, customer_name, country)
        select format('C%s', number), 'Name', case when number % 3 > 0 then format('Country %s', number % 3) end from generate_series(1, 20) as number;
        insert into public.merchants (merchant_id, merchant_name) select format('M%s', number), 'Shop' from generate_series(1, 5) as number
        """);

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Rollups_stay_exact_under_a_random_workload()
    {
        var random = new Random(20250115);
        for (var round = 0; round < 12; round++)
        {
            await _database.LoadAsync([.. Enumerable.Range(0, 150).Select(_ => RandomPayment(random))]);
            var customer = $"C{random.Next(1, 21)}";
            await UpsertAsync("customers", $"customer_id, country, given", $"'{customer}', {(random.Next(4) == 0 ? "null" : $"'Country {random.Next(3)}'")}, '{{customer_id,country}}'");
            await _database.AssertExactAsync();
        }
    }

    [Fact]
    public async Task Late_arrivals_are_counted_on_their_day_and_leave_last_dates_alone()
    {
        await _database.LoadAsync(new StagedPayment("P1"));
        await _database.LoadAsync(new StagedPayment("P0") { At = new DateTime(2001, 5, 31, 23, 59, 59, DateTimeKind.Utc) });

        Assert.Equal(
            ["2|2025-01-15T12:00:00Z"],
            await _database.RowsAsync("select transaction_count, last_transaction_date from rollup.customer_totals"));
        await _database.AssertExactAsync();
    }

    [Fact]
    public async Task A_customer_that_moves_takes_its_payments_along()
    {
        await _database.LoadAsync(new("P1", "C1"), new("P2", "C1"), new("P3", "C4"));

        Assert.Equal((1, 0), await UpsertAsync("customers", "customer_id, country, given", "'C1', 'Peru', '{customer_id,country}'"));

        Assert.Equal(
            ["Country 1|1", "Peru|2"],
            await _database.RowsAsync("select customer_country, transaction_count from public.vw_payment_analytics order by customer_country"));
        await _database.AssertExactAsync();
    }

    [Fact]
    public async Task An_upsert_changes_what_the_file_has_and_counts_what_changes_nothing()
    {
        Assert.Equal((1, 0), await UpsertAsync("customers", "customer_id, credit_score, given", "'N1', 599, '{customer_id,credit_score}'"));
        Assert.Equal((0, 1), await UpsertAsync("customers", "customer_id, credit_score, given", "'N1', 599, '{customer_id,credit_score}'"));
        Assert.Equal((1, 0), await UpsertAsync("customers", "customer_id, email, given", "'N1', 'n@example.com', '{customer_id,email}'"));
        Assert.Equal((2, 1), await UpsertAsync(
            "customers",
            "customer_id, customer_name, given",
            "'N1', 'A', '{customer_id,customer_name}'",
            "'N1', 'A', '{customer_id,customer_name}'",
            "'N1', 'B', '{customer_id,customer_name}'"));

        Assert.Equal(
            ["N1|B|n@example.com|599|HIGH"],
            await _database.RowsAsync("select customer_id, customer_name, email, credit_score, risk_category from public.customers where customer_id = 'N1'"));
    }

    [Fact]
    public async Task A_merchant_known_by_its_id_only_shows_the_id_as_its_name()
    {
        Assert.Equal((1, 0), await UpsertAsync("merchants", "merchant_id, given", "'N1', '{merchant_id}'"));
        Assert.Equal((0, 1), await UpsertAsync("merchants", "merchant_id, given", "'N1', '{merchant_id}'"));
        Assert.Equal((1, 0), await UpsertAsync("merchants", "merchant_id, commission_rate, given", "'N1', 2.5, '{merchant_id,commission_rate}'"));

        Assert.Equal(
            ["N1|N1|2.5000|ACTIVE"],
            await _database.RowsAsync("select merchant_id, merchant_name, commission_rate, status from public.merchants where merchant_id = 'N1'"));
    }

    [Fact]
    public async Task Removing_generated_rows_keeps_everything_real_exact()
    {
        await _database.ExecuteAsync(
            """
            insert into public.customers (customer_id, customer_name, is_generated) values ('G1', 'G', true), ('G2', 'G', true);
            insert into public.merchants (merchant_id, merchant_name, is_generated, commission_rate, settles_from)
            values ('GM1', 'G', true, 2.5, '2025-01-01'), ('GM2', 'G', true, 0, '2025-01-01');
            """);
        await LoadGeneratedAsync(
            new("G1", "G1", "GM1") { Amount = 100m },
            new("G2", "G2", "GM1") { Amount = 50m, Status = "FAILED" },
            new("G3", "C1", "GM2") { Amount = 9m, IsFraud = true });
        await _database.LoadAsync(new("R1", "G2", "GM1") { Amount = 10m }, new("R2", "C1", "M1") { Amount = 7m });
        await _database.ExecuteAsync("update ops.batches set loaded_at = now() where loaded_at is null; select pipeline.settle_payments('2025-01-20')");
        await _database.AssertExactAsync();

        Assert.Equal(["3|1|1|1"], await _database.RowsAsync("select * from pipeline.remove_generated()"));

        await _database.AssertExactAsync();
        Assert.Equal(["R1", "R2"], await _database.RowsAsync("select payment_id from public.payments order by payment_id"));
        Assert.Equal(
            ["10.000|0.250|9.750|1"],
            await _database.RowsAsync("select total_amount, commission_amount, net_amount, payment_count from public.settlements"));
        Assert.Equal(["G2"], await _database.RowsAsync("select customer_id from public.customers where is_generated"));
        Assert.Equal(["GM1"], await _database.RowsAsync("select merchant_id from public.merchants where is_generated"));
        Assert.Equal(["0"], await _database.RowsAsync("select count(*) from risk.labels"));
    }

    [Fact]
    public async Task Whatever_is_kept_wrongly_is_found()
    {
        await _database.LoadAsync(new StagedPayment("P1"));
        await _database.ExecuteAsync(
            """
            update rollup.customer_totals set last_transaction_date = '2025-01-16 00:00:00+00';
            update rollup.payment_days set transaction_count = 2;
            delete from rollup.merchant_totals;
            delete from public.payment_keys
            """);

        Assert.Equal(
            ["public.payment_keys", "rollup.customer_totals", "rollup.merchant_totals", "rollup.payment_days"],
            await _database.RowsAsync("select subject from pipeline.find_rollup_differences()"));
    }

    private static StagedPayment RandomPayment(Random random)
    {
        string[] statuses = ["SUCCESS", "FAILED", "PENDING", "REFUNDED"];
        string?[] methods = ["CRYPTO", "WALLET", null];
        string[] currencies = ["USD", "JPY"];
        return new StagedPayment($"R{random.Next(3000)}", $"C{random.Next(1, 22)}", $"M{random.Next(1, 7)}")
        {
            Amount = random.Next(0, 15000),
            Status = statuses[random.Next(4)],
            Method = methods[random.Next(3)],
            Currency = currencies[random.Next(2)],
            Seconds = random.Next(3) == 0 ? null : random.Next(100),
            At = new DateTime(2025, 1, 30, 0, 0, 0, DateTimeKind.Utc).AddMinutes(random.Next(5000)),
        };
    }

    private async Task LoadGeneratedAsync(params StagedPayment[] payments)
    {
        await using var connection = await _database.OpenConnectionAsync();
        var batch = await connection.StageAsync(1, payments, generated: true);
        await connection.RunBatchAsync(batch, 1);
    }

    private async Task<(long Accepted, long Duplicates)> UpsertAsync(string subject, string columns, params string[] records)
    {
        await using var connection = await _database.OpenConnectionAsync();
        var batch = await connection.NewBatchAsync();
        foreach (var (index, record) in records.Index())
        {
            await connection.ExecuteAsync(
                $"insert into staging.{subject} (batch_id, record_number, line_number, {columns}) values ({batch}, {index + 1}, {index + 2}, {record})");
        }

        await using var transaction = await connection.BeginTransactionAsync();
        await using var command = new NpgsqlCommand($"select accepted, duplicates from pipeline.upsert_{subject}($1)", connection);
        command.Parameters.Add(new() { Value = batch });
        (long, long) counts;
        await using (var reader = await command.ExecuteReaderAsync())
        {
            await reader.ReadAsync();
            counts = (reader.GetInt64(0), reader.GetInt64(1));
        }

        await transaction.CommitAsync();
        return counts;
    }
}
