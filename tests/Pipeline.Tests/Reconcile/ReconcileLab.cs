using Payments.Pipeline.Reconcile;
using Payments.Pipeline.Runs;
using Payments.Pipeline.Tests.Import;

namespace Payments.Pipeline.Tests.Reconcile;

/// <summary>A store with payments and settlements, what processors and banks say about them, and runs that hold them against each other.</summary>
internal sealed class ReconcileLab : IAsyncDisposable
{
    public const string Bank = "DE89370400440532013000";

    /// <summary>Noon of the day by which runs judge.</summary>
    private readonly FixedClock _clock = new(new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    private ReconcileLab(ImportLab store) => Store = store;

    public ImportLab Store { get; }

    /// <summary>A store with merchants of a commission rate, each with an account acct_ID at Stripe, and one bank account.</summary>
    public static async Task<ReconcileLab> OpenAsync(decimal rate = 0, params string[] merchants)
    {
        var lab = new ReconcileLab(await ImportLab.OpenAsync());
        await lab.Store.QueryAsync<int>("insert into public.customers (customer_id, customer_name) values ('C', 'C') returning 1");
        await lab.Store.QueryAsync<int>(
            """
            insert into public.merchants (merchant_id, merchant_name, commission_rate, settles_from)
            select id, id, @rate, '2026-01-01' from unnest(@merchants) as id;
            insert into reconciliation.accounts (processor, account, merchant_id) select 'stripe', 'acct_' || id, id from unnest(@merchants) as id;
            select pipeline.ensure_payment_partitions('2025-12-01', '2026-12-31');
            insert into reconciliation.bank_statements (
                account_iban, account_currency, statement_reference, sequence, page, opening_balance, closing_balance, line_count, content_hash, import_id, batch_id, line_number
            ) values (@bank, 'USD', 'S', 1, 1, 0, 0, 0, gen_random_uuid(), 1, 1, 1);
            select 1
            """,
            new { rate, merchants, bank = Bank });
        return lab;
    }

    /// <summary>Loads payments: id, merchant, instant, amount, currency, status.</summary>
    public async Task PayAsync(params IEnumerable<(string Id, string Merchant, DateTime At, decimal Amount, string Currency, string Status)> payments)
    {
        var rows = payments.ToArray();
        await Store.QueryAsync<int>(
            """
            with import as (
                insert into ops.imports (profile, content_sha256, size_bytes) values ('payments', repeat('0', 64), 0) returning import_id
            ),
            run as (
                insert into ops.runs (kind, request_key, requested_by, status, finished_at) values ('import', gen_random_uuid()::text, 'command', 'succeeded', now()) returning run_id
            ),
            batch as (
                insert into ops.batches (run_id, import_id, first_record, record_count, loaded_at) select run_id, import_id, 1, 1, now() from run, import returning batch_id
            ),
            payment as (
                select * from unnest(@ids, @merchants, @instants, @amounts, @currencies, @statuses) as payment (id, merchant, at, amount, currency, status)
            ),
            keys as (
                insert into public.payment_keys (payment_id, transaction_date, content_hash) select id, at, md5(id)::uuid from payment
            )
            insert into public.payments (payment_id, customer_id, merchant_id, amount, currency, payment_status, transaction_date, risk_score, batch_id, line_number)
            select id, 'C', merchant, amount, currency, status, at, 0, batch_id, 1 from payment, batch
            returning 1
            """,
            new
            {
                ids = rows.Select(row => row.Id).ToArray(),
                merchants = rows.Select(row => row.Merchant).ToArray(),
                instants = rows.Select(row => row.At).ToArray(),
                amounts = rows.Select(row => row.Amount).ToArray(),
                currencies = rows.Select(row => row.Currency).ToArray(),
                statuses = rows.Select(row => row.Status).ToArray(),
            });
    }

    /// <summary>One payment of a merchant's day in January or later, settled: at a rate of 0 the settlement is its amount.</summary>
    public async Task<string> SettleAsync(string merchant, DateOnly day, decimal amount)
    {
        await PayAsync(($"P-{merchant}-{day:MMdd}", merchant, day.ToDateTime(new(10, 0), DateTimeKind.Utc), amount, "USD", "SUCCESS"));
        await SettleAsync();
        return SettlementId(merchant, day);
    }

    /// <summary>Settles all payments so far.</summary>
    public Task SettleAsync() => Store.ExecuteAsync("select pipeline.settle_payments('2026-03-01')");

    public static string SettlementId(string merchant, DateOnly day) => $"STL-{day:yyyyMMdd}-USD-{merchant}";

    /// <summary>A processor's line; its id.</summary>
    public async Task<long> LineAsync(
        string account, string? reference, decimal gross, decimal fee, DateTime at, string currency = "USD", string category = "payment", string? payout = null,
        string? processorReference = null, decimal? presented = null, string? presentedCurrency = null, decimal? rate = null) =>
        (await Store.QueryAsync<long>(
            """
            insert into reconciliation.processor_lines (
                processor, account, external_id, payout_key, category, original_category, payment_reference, processor_reference, currency, gross, fee, net,
                presentment_amount, presentment_currency, exchange_rate, occurred_at, import_id, batch_id, line_number
            ) values (
                'stripe', @account, gen_random_uuid()::text, @payout, @category, @category, @reference, @processorReference, @currency, @gross, @fee, @gross - @fee,
                @presented, @presentedCurrency, @rate, @at, 1, 1, 1
            ) returning line_id
            """,
            new { account, reference, gross, fee, at, currency, category, payout, processorReference, presented, presentedCurrency, rate })).Single();

    /// <summary>A payout; its item key.</summary>
    public async Task<string> PayoutAsync(string key, string account, decimal amount, DateOnly day, string? reference = null, string currency = "USD", string status = "paid") =>
        (await Store.QueryAsync<string>(
            """
            insert into reconciliation.payouts (processor, payout_key, account, amount, currency, status, arrival_date, reference, is_stated, has_object, import_id, batch_id, line_number)
            values ('stripe', @key, @account, @amount, @currency, @status, @day, @reference, true, true, 1, 1, 1)
            returning processor || ':' || payout_key
            """,
            new { key, account, amount, currency, status, day, reference })).Single();

    /// <summary>A booked bank line; its id as an item has it.</summary>
    public async Task<string> BankAsync(decimal amount, DateOnly day, string? reference = null, string? remittance = null, string currency = "USD", string status = "BOOK") =>
        (await Store.QueryAsync<string>(
            """
            insert into reconciliation.bank_lines (
                statement_id, entry_number, detail_number, amount, currency, booking_date, value_date, end_to_end_id, remittance, is_reversal, status, import_id, batch_id, line_number
            ) select
                statement_id, (select count(*) + 1 from reconciliation.bank_lines), 0, @amount, @currency, @day, @day, @reference, @remittance, false, @status, 1, 1, 1
            from reconciliation.bank_statements order by statement_id limit 1
            returning bank_line_id::text
            """,
            new { amount, currency, day, reference, remittance, status })).Single();

    /// <summary>Reconciles as a worker does.</summary>
    public async Task<ReconcileResult> ReconcileAsync(ReconcileRequest? request = null, DateOnly? asOf = null)
    {
        if (asOf is { } day) _clock.Now = new(day.ToDateTime(new(12, 0)), TimeSpan.Zero);
        return await AttemptAsync(await RequestAsync(), request ?? new(), default);
    }

    public async Task<long> RequestAsync() => (await Store.QueryAsync<long>(
        "insert into ops.runs (kind, request_key, requested_by) values ('reconciliation', gen_random_uuid()::text, 'command') returning run_id")).Single();

    /// <summary>Claims the run, does it and ends it; what stops it leaves it as a killed worker does.</summary>
    public async Task<ReconcileResult> AttemptAsync(long runId, ReconcileRequest request, CancellationToken cancellationToken)
    {
        var attempt = (await Store.QueryAsync<int>("update ops.runs set status = 'running', attempt = attempt + 1 where run_id = @runId returning attempt", new { runId })).Single();
        var result = await Store.Get<ReconcileStage>().RunAsync(new RunContext(runId, attempt, Store.Worker, _clock), request, cancellationToken);
        await Store.QueryAsync<int>("update ops.runs set status = 'succeeded', finished_at = now() where run_id = @runId returning attempt", new { runId });
        return result;
    }

    /// <summary>Standing matches: level, method, our items and theirs.</summary>
    public Task<List<string>> MatchesAsync(string level) => Store.QueryAsync<string>(
        """
        select concat_ws(' ', match.method,
            string_agg(item.item_key, '+' order by item.item_key collate "C") filter (where not item.is_actual), '=',
            string_agg(item.item_key, '+' order by item.item_key collate "C") filter (where item.is_actual))
        from reconciliation.matches as match
        inner join reconciliation.match_items as item on item.match_id = match.match_id
        where match.level = @level and match.is_standing
        group by match.match_id, match.method
        order by 1
        """,
        new { level });

    /// <summary>Differences: status, aspect, class, our item, their item, both amounts.</summary>
    public Task<List<string>> DifferencesAsync(string level) => Store.QueryAsync<string>(
        """
        select concat_ws(' ', status, aspect, class, coalesce(nullif(expected_key, ''), '-'), coalesce(nullif(actual_key, ''), '-'),
            trim_scale(expected_amount), trim_scale(actual_amount))
        from reconciliation.differences
        where level = @level
        order by 1
        """,
        new { level });

    /// <summary>Open proposals: method, our items and theirs, score.</summary>
    public Task<List<string>> ProposalsAsync(string level) => Store.QueryAsync<string>(
        """
        select concat_ws(' ', method, array_to_string(expected_items, '+'), '=', array_to_string(actual_items, '+'), score)
        from pipeline.list_proposals(@level, 'open', null, null, null, null)
        order by 1
        """,
        new { level });

    /// <summary>Settlements that are paid, with the day.</summary>
    public Task<List<string>> PaidAsync() => Store.QueryAsync<string>(
        "select concat_ws(' ', settlement_id, settlement_date) from public.settlements where status = 'COMPLETED' order by 1");

    /// <summary>All that reconciliation has written, as one text.</summary>
    public async Task<string> DigestAsync() => (await Store.QueryAsync<string>(
        """
        select coalesce(string_agg(row, E'\n' order by row), '')
        from (
            select to_jsonb(match)::text as row from reconciliation.matches as match
            union all
            select to_jsonb(item)::text from reconciliation.match_items as item
            union all
            select to_jsonb(difference)::text from reconciliation.differences as difference
            union all
            select to_jsonb(proposal)::text from reconciliation.proposals as proposal
            union all
            select concat_ws(' ', settlement_id, status, settlement_date, net_amount) from public.settlements
        ) as content
        """)).Single();

    public ValueTask DisposeAsync() => Store.DisposeAsync();

    private sealed class FixedClock(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
