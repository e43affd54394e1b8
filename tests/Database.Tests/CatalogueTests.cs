using Payments.Testing;

namespace Payments.Database.Tests;

/// <summary>Rules of the house that the catalogue can prove.</summary>
public sealed class CatalogueTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const string OurSchemas = "('public', 'partitions', 'rollup', 'staging', 'risk', 'ops', 'settlement', 'sla', 'reconciliation', 'pipeline')";

    [Fact]
    public Task Every_table_and_view_is_commented() => NoneAsync(
        $"""
        select class.oid::regclass::text
        from pg_class as class
        where class.relnamespace::regnamespace::text in {OurSchemas}
            and class.relkind in ('r', 'p', 'v')
            and not (class.relispartition and class.relnamespace = 'staging'::regnamespace)
            and obj_description(class.oid, 'pg_class') is null
        """);

    [Fact]
    public Task Every_function_and_schema_is_commented() => NoneAsync(
        $"""
        select function.oid::regprocedure::text
        from pg_proc as function
        where function.pronamespace::regnamespace::text in {OurSchemas}
            and obj_description(function.oid, 'pg_proc') is null
        union all
        select space.nspname::text
        from pg_namespace as space
        where space.nspname in {OurSchemas}
            and obj_description(space.oid, 'pg_namespace') is null
        """);

    [Fact]
    public Task No_column_but_scores_holds_floats_and_none_naive_timestamps() => NoneAsync(
        $"""
        select format('%s.%s', field.attrelid::regclass, field.attname)
        from pg_attribute as field
        inner join pg_class as class on class.oid = field.attrelid
        where class.relnamespace::regnamespace::text in {OurSchemas}
            and class.relkind in ('r', 'p', 'v')
            and field.attnum > 0
            and field.atttypid in ('real'::regtype, 'double precision'::regtype, 'timestamp'::regtype, 'money'::regtype)
            and not (field.atttypid = 'double precision'::regtype and class.relnamespace = 'risk'::regnamespace)
        """);

    [Fact]
    public Task No_function_takes_or_returns_floats_or_naive_timestamps() => NoneAsync(
        $"""
        select function.oid::regprocedure::text
        from pg_proc as function
        where function.pronamespace::regnamespace::text in {OurSchemas}
            and coalesce(function.proallargtypes, function.proargtypes::oid[]) || function.prorettype
                && array['real'::regtype, 'double precision'::regtype, 'timestamp'::regtype, 'money'::regtype]::oid[]
        """);

    [Fact]
    public Task Contract_functions_are_stable_parallel_safe_sql_that_inlines() => NoneAsync(
        """
        select function.oid::regprocedure::text
        from pg_proc as function
        inner join pg_language as language on language.oid = function.prolang
        where function.pronamespace = 'public'::regnamespace
            and (
                language.lanname <> 'sql'
                or function.provolatile <> 's'
                or function.proparallel <> 's'
                or function.proconfig is not null
                or function.prosecdef
            )
        """);

    [Fact]
    public Task No_function_is_overloaded() => NoneAsync(
        $"""
        select function.proname::text
        from pg_proc as function
        where function.pronamespace::regnamespace::text in {OurSchemas}
        group by function.proname
        having count(*) > 1
        """);

    [Fact]
    public async Task Owners_rights_are_pinned_and_kept_from_everyone() => Assert.Equal(
        [
            "pipeline.analyze_matches(bigint,text)",
            "pipeline.analyze_settlements()",
            "pipeline.attach_restored_table(date)",
            "pipeline.create_restored_table(date)",
            "pipeline.drop_payment_partition(date)",
        ],
        await database.DataSource.RowsAsync(
            """
            select function.oid::regprocedure::text
            from pg_proc as function
            where function.prosecdef
                and function.pronamespace = 'pipeline'::regnamespace
                and function.proconfig::text like '%search_path=pg_catalog, pg_temp%'
                and not has_function_privilege('payments_api', function.oid, 'execute')
                and not has_function_privilege('bi_reader', function.oid, 'execute')
            order by 1
            """));

    [Fact]
    public async Task Of_the_functions_with_owners_rights_the_api_has_those_that_load_a_batch() => Assert.Equal(
        [
            "pipeline.ensure_payment_partitions(timestamp with time zone,timestamp with time zone)",
            "pipeline.sample_lane(text,smallint)",
        ],
        await database.DataSource.RowsAsync(
            """
            select function.oid::regprocedure::text
            from pg_proc as function
            where function.prosecdef
                and function.pronamespace = 'pipeline'::regnamespace
                and function.proconfig::text like '%search_path=pg_catalog, pg_temp%'
                and has_function_privilege('payments_api', function.oid, 'execute')
            order by 1
            """));

    [Fact]
    public async Task Every_file_of_code_is_named_after_its_object()
    {
        var files = SqlScripts.Code.Select(script => Path.GetFileNameWithoutExtension(script.Name)).Order(StringComparer.Ordinal);
        var objects = await database.DataSource.RowsAsync(
            """
            select function.proname::text as name
            from pg_proc as function
            where function.pronamespace in ('public'::regnamespace, 'pipeline'::regnamespace)
            union all
            select class.relname::text
            from pg_class as class
            where class.relkind = 'v'
                and class.relnamespace in ('public'::regnamespace, 'pipeline'::regnamespace)
            """);

        Assert.Equal(files, objects.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_file_of_code_says_its_grain_what_it_reads_and_who_calls_it() => Assert.All(
        SqlScripts.Code.Concat(SqlScripts.Grants),
        script =>
        {
            Assert.StartsWith("-- ", script.Contents, StringComparison.Ordinal);
            Assert.Contains("Grain:", script.Contents, StringComparison.Ordinal);
            Assert.Contains("Reads:", script.Contents, StringComparison.Ordinal);
            Assert.Contains("Called by:", script.Contents, StringComparison.Ordinal);
        });

    [Fact]
    public Task View_columns_have_types_that_bi_tools_read_well() => NoneAsync(
        """
        select format('%s.%s %s', field.attrelid::regclass, field.attname, format_type(field.atttypid, field.atttypmod))
        from pg_attribute as field
        inner join pg_class as class on class.oid = field.attrelid
        where class.relnamespace = 'public'::regnamespace
            and class.relkind = 'v'
            and field.attnum > 0
            and format_type(field.atttypid, field.atttypmod)
                !~ '^(bigint|integer|date|timestamp with time zone|numeric\(\d+,\d+\)|character varying\(\d+\))$'
        """);

    [Fact]
    public Task Constraints_are_named_by_us() => NoneAsync(
        """
        select format('%s.%s', rule.conrelid::regclass, rule.conname)
        from pg_constraint as rule
        inner join pg_class as class on class.oid = rule.conrelid
        where class.relnamespace::regnamespace::text in ('public', 'rollup', 'risk', 'ops', 'settlement', 'sla', 'reconciliation')
            and rule.contype in ('p', 'u', 'f', 'c')
            and rule.conname !~ format('^%s_[a-z_]*(pkey|key|fkey|check)$', class.relname)
        """);

    [Fact]
    public async Task Every_function_body_is_valid_with_all_the_others_there()
    {
        await using var connection = await database.DataSource.OpenConnectionAsync();
        foreach (var definition in await connection.RowsAsync(
            "select pg_get_functiondef(function.oid) from pg_proc as function where function.pronamespace in ('public'::regnamespace, 'pipeline'::regnamespace)"))
        {
            await connection.ExecuteAsync(definition);
        }
    }

    [Theory]
    [InlineData(
        "get_daily_transaction_summary",
        "transaction_date, total_transactions, successful_transactions, failed_transactions, pending_transactions, refunded_transactions, total_amount, success_rate, avg_transaction_amount, total_revenue, currency, other_currency_transactions")]
    [InlineData(
        "detect_failed_payments",
        "payment_id, customer_id, customer_name, merchant_name, amount, payment_method, transaction_date, failure_reason, currency")]
    [InlineData(
        "identify_sla_breaches",
        "settlement_id, merchant_id, merchant_name, settlement_date, expected_settlement_date, days_delayed, total_amount, net_amount, currency")]
    [InlineData(
        "detect_high_risk_transactions",
        "payment_id, customer_id, customer_name, amount, risk_score, transaction_date, payment_status, currency")]
    public async Task Contract_functions_have_their_columns_in_order(string function, string columns) => Assert.Equal(
        [columns],
        await database.DataSource.RowsAsync(
            $"""
            select string_agg(argument.name, ', ' order by argument.place)
            from pg_proc as function
            cross join lateral unnest(function.proargnames, function.proargmodes) with ordinality as argument (name, mode, place)
            where function.oid = 'public.{function}'::regproc
                and argument.mode = 't'
            """));

    [Theory]
    [InlineData(
        "vw_payment_analytics",
        "payment_date, payment_status, payment_method, currency, merchant_name, business_type, customer_country, transaction_count, total_amount, avg_amount, avg_processing_time, suspicious_count, merchant_id")]
    [InlineData(
        "vw_merchant_performance",
        "merchant_id, merchant_name, business_type, status, total_transactions, successful_transactions, failed_transactions, total_revenue, avg_transaction_amount, success_rate, currency, other_currency_transactions")]
    [InlineData(
        "vw_customer_insights",
        "customer_id, customer_name, email, country, credit_score, risk_category, total_transactions, total_spent, avg_transaction_amount, failed_transaction_count, last_transaction_date, currency, other_currency_transactions")]
    public async Task Contract_views_have_their_columns_in_order(string view, string columns) => Assert.Equal(
        [columns],
        await database.DataSource.RowsAsync(
            $"""
            select string_agg(field.attname, ', ' order by field.attnum)
            from pg_attribute as field
            where field.attrelid = 'public.{view}'::regclass
                and field.attnum > 0
            """));

    [Fact]
    public async Task Currencies_carry_their_minor_digits_and_no_placeholder_is_one() => Assert.Equal(
        ["CHE|2", "CLF|4", "JPY|0", "KWD|3", "USD|2"],
        await database.DataSource.RowsAsync(
            """
            select currency, minor_digits
            from public.currencies
            where currency in ('USD', 'JPY', 'KWD', 'CLF', 'CHE', 'XXX', 'XTS')
            order by currency
            """));

    private async Task NoneAsync(string query) => Assert.Empty(await database.DataSource.RowsAsync(query));
}
