using Npgsql;
using Payments.Testing;

namespace Payments.Database.Tests;

/// <summary>What each login can and cannot do, by logging in.</summary>
public sealed class RightsTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const string Denied = PostgresErrorCodes.InsufficientPrivilege;

    [Theory]
    [InlineData("payments_api", "select count(*) from public.payments")]
    [InlineData("payments_api", "select * from public.get_daily_transaction_summary('2025-01-15')")]
    [InlineData("payments_api", "select * from public.detect_high_risk_transactions()")]
    [InlineData("payments_api", "select * from public.vw_customer_insights")]
    [InlineData("payments_api", "select count(*) from ops.quarantine")]
    [InlineData("payments_api", "select pipeline.sweep_lanes()")]
    [InlineData("payments_api", "select pipeline.ensure_payment_partitions('2024-02-01', '2024-02-01')")]
    [InlineData("payments_worker", "select count(*) from staging.payments")]
    [InlineData("payments_worker", "truncate staging.payments_lane_1")]
    [InlineData("payments_worker", "select pipeline.ensure_payment_partitions('2024-02-01', '2024-02-01')")]
    [InlineData("payments_worker", "delete from quartz.qrtz_triggers")]
    [InlineData("payments_worker", "select pipeline.report_drop_folder('h', '/p', 'watching', null, now(), now(), now(), 1, '{a}', '{pipe}', '{r}', array[now()])")]
    [InlineData("payments_worker", "select count(*) from ops.schema_journal")]
    [InlineData("bi_reader", "select * from public.vw_payment_analytics")]
    [InlineData("bi_reader", "select * from public.vw_merchant_performance")]
    [InlineData("bi_reader", "select * from public.vw_merchant_performance_by_currency")]
    [InlineData("bi_reader_pii", "select * from public.vw_customer_insights")]
    [InlineData("bi_reader_pii", "select * from public.vw_customer_insights_by_currency")]
    public async Task Logins_can_do_their_work(string role, string statement) => await AsAsync(role, statement);

    [Theory]
    [InlineData("payments_api", "insert into public.customers (customer_id, customer_name) values ('X', 'X')")]
    [InlineData("payments_api", "update public.payments set risk_score = 0")]
    [InlineData("payments_api", "delete from rollup.day_totals")]
    [InlineData("payments_api", "delete from public.payments")]
    [InlineData("payments_api", "delete from ops.drop_folders")]
    [InlineData("payments_api", "truncate staging.payments_lane_1")]
    [InlineData("payments_api", "select count(*) from quartz.qrtz_triggers")]
    [InlineData("payments_api", "create table public.mine (id int)")]
    [InlineData("payments_worker", "create table public.mine (id int)")]
    [InlineData("payments_worker", "create table partitions.mine (id int)")]
    [InlineData("payments_worker", "update public.currencies set minor_digits = 0")]
    [InlineData("payments_worker", "delete from ops.schema_journal")]
    [InlineData("payments_worker", "insert into ops.schema_journal (scriptname) values ('x')")]
    [InlineData("payments_api", "select count(*) from ops.schema_journal")]
    [InlineData("bi_reader", "select * from public.vw_customer_insights")]
    [InlineData("bi_reader", "select * from public.vw_customer_insights_by_currency")]
    [InlineData("bi_reader", "select * from public.customers")]
    [InlineData("bi_reader", "select * from public.payments")]
    [InlineData("bi_reader", "select * from rollup.payment_days")]
    [InlineData("bi_reader", "select * from public.detect_failed_payments('2025-01-01', '2025-01-31')")]
    [InlineData("bi_reader_pii", "select * from public.customers")]
    [InlineData("bi_reader_pii", "select * from public.payments")]
    [InlineData("bi_reader_pii", "select * from ops.runs")]
    public async Task Logins_can_do_nothing_else(string role, string statement)
    {
        var error = await Assert.ThrowsAsync<PostgresException>(() => AsAsync(role, statement));

        Assert.Equal(Denied, error.SqlState);
    }

    [Fact]
    public async Task The_worker_cannot_change_a_table()
    {
        var error = await Assert.ThrowsAsync<PostgresException>(() => AsAsync("payments_worker", "alter table public.payments add extra int"));

        Assert.Equal(Denied, error.SqlState);
    }

    [Theory]
    [InlineData("bi_reader")]
    [InlineData("bi_reader_pii")]
    public async Task Bi_sessions_start_read_only_and_with_a_time_limit(string role)
    {
        await using var source = NpgsqlDataSource.Create(database.ConnectionStringFor(role));

        Assert.Equal(
            ["on|2min"],
            await source.RowsAsync("select current_setting('default_transaction_read_only'), current_setting('statement_timeout')"));
    }

    [Fact]
    public async Task Every_view_is_granted_to_the_reader_of_personal_data_and_none_with_a_customers_name_to_the_other()
    {
        Assert.Empty(await database.DataSource.RowsAsync(
            """
            select class.relname
            from pg_class as class
            where class.relnamespace = 'public'::regnamespace
                and class.relkind = 'v'
                and (
                    not has_table_privilege('bi_reader_pii', class.oid, 'select')
                    or has_table_privilege('bi_reader', class.oid, 'select') = exists (
                        select
                        from pg_attribute as field
                        where field.attrelid = class.oid
                            and field.attname in ('customer_name', 'email', 'phone')
                    )
                )
            """));
    }

    [Fact]
    public async Task A_login_of_somebody_else_cannot_even_connect()
    {
        await using var connection = await database.DataSource.OpenConnectionAsync();
        var role = $"stranger_{Guid.NewGuid():n}";
        await connection.ExecuteAsync($"create role {role}");
        try
        {
            Assert.False(await connection.ScalarAsync<bool>("select has_database_privilege($1, current_database(), 'connect')", role));
        }
        finally
        {
            await connection.ExecuteAsync($"drop role {role}");
        }
    }

    private async Task AsAsync(string role, string statement)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.ConnectionStringFor(role)) { Pooling = false });
        await source.ExecuteAsync(statement);
    }
}
