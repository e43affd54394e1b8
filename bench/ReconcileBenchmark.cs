using System.CommandLine;
using System.Globalization;
using Payments.Pipeline.Import;

namespace Payments.Bench;

/// <summary>Issue 5's bar of reconciliation: a million lines of processors and banks against payments and settlements under 60 s, by a real worker; first as a dry run, then for good, then once more.</summary>
internal static class ReconcileBenchmark
{
    private const double Bar = 60;
    private const int Days = 25;
    private const int NewLines = 10_000;

    public static Command Command()
    {
        var lines = new Option<long>("--lines") { Description = "Lines: nine in ten of processors, the rest payouts and bank lines.", DefaultValueFactory = _ => 1_000_000 };
        var command = new Command("reconcile", "Processors' lines, payouts and bank lines held against payments and settlements, in phases, beside the bar.") { lines };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(lines), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(long lines, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("payments-bench-");
        try
        {
            await using var database = await BenchDatabase.StartAsync(cancellationToken);
            var storage = new StorageOptions { Path = Path.Combine(folder.FullName, "storage") };
            await database.ExecuteAsync(World(lines * 9 / 10, Math.Max(1, lines / 20 / Days)), cancellationToken);
            await database.ExecuteAsync("vacuum analyze", cancellationToken);
            var counts = await database.ScalarAsync<string>(
                """
                select format('processor_lines=%s payouts=%s bank_lines=%s payments=%s settlements=%s',
                    (select count(*) from reconciliation.processor_lines), (select count(*) from reconciliation.payouts), (select count(*) from reconciliation.bank_lines),
                    (select count(*) from public.payments), (select count(*) from public.settlements))
                """,
                cancellationToken);
            Out.Print($"world      {counts}");
            await using var pipeline = new PipelineImport(database, storage);
            using var worker = WorkerProcess.Start(database.ConnectionStringFor("payments_worker"), storage);
            var dry = await pipeline.ReconcileAsync(dryRun: true, cancellationToken);
            Out.Print($"dry_run    seconds={dry.Seconds:0.0} {dry.Found}");
            var real = await pipeline.ReconcileAsync(dryRun: false, cancellationToken);
            Out.Print($"reconcile  seconds={real.Seconds:0.0} bar={Bar:0} lines_per_second={lines / real.Seconds:0} {real.Found}");
            Out.Print($"phases     {real.Steps}");
            var again = await pipeline.ReconcileAsync(dryRun: false, cancellationToken);
            Out.Print($"once_more  seconds={again.Seconds:0.0} {again.Found}");
            await database.ExecuteAsync(NextDay(lines * 9 / 10), cancellationToken);
            var next = await pipeline.ReconcileAsync(dryRun: false, cancellationToken);
            Out.Print($"next_day   seconds={next.Seconds:0.0} new_lines={NewLines} {next.Found}");
            Out.Print($"phases     {next.Steps}");
            Out.Print($"summary    seconds={await SecondsAsync(database, "select count(*) from public.vw_reconciliation_summary", cancellationToken):0.0}");
            return dry.Found == real.Found && again.Found == "nothing" ? 0 : 1;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<double> SecondsAsync(BenchDatabase database, string sql, CancellationToken cancellationToken)
    {
        var from = TimeProvider.System.GetTimestamp();
        await database.ScalarAsync<long>(sql, cancellationToken);
        return TimeProvider.System.GetElapsedTime(from).TotalSeconds;
    }

    // The day after, reported as it was.
    private static string NextDay(long payments) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        insert into public.payments (payment_id, customer_id, merchant_id, amount, currency, payment_status, transaction_date, risk_score, batch_id, line_number)
        select 'PAY-' || lpad(p::text, 12, '0'), 'C', (select merchant_id from public.merchants order by merchant_id offset p % 50 limit 1), 1 + p % 999, 'USD', 'SUCCESS',
            '2026-01-01 00:00Z'::timestamptz + make_interval(days => {Days}, secs => p - {payments}), 0, (select max(batch_id) from ops.batches), p
        from generate_series({payments}::bigint, {payments} + {NewLines} - 1) as p;
        insert into public.payment_keys select payment_id, transaction_date, md5(payment_id)::uuid from public.payments where line_number >= {payments};
        insert into reconciliation.processor_lines (
            processor, account, external_id, category, original_category, payment_reference, processor_reference, currency, gross, fee, net, occurred_at, import_id, batch_id, line_number)
        select 'stripe', 'acct_' || merchant_id, 'txn_' || payment_id, 'payment', 'charge', payment_id, 'pi_' || payment_id, currency, amount,
            round(amount * 0.025, 2), amount - round(amount * 0.025, 2), transaction_date + interval '1 hour', 1, 1, line_number
        from public.payments
        where line_number >= {payments};
        select 1
        """);

    // Days of merchants, each settled, paid out and banked. One payment in 100 is not reported, one in 100 is reported a cent off, one in 200 twice; of the
    // payouts three in five name their settlement, one in 50 holds two of them, one in 100 is a cent off, one in 100 comes in two parts.
    private static string World(long payments, long merchants) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        insert into public.customers (customer_id, customer_name) values ('C', 'C');
        insert into public.merchants (merchant_id, merchant_name, commission_rate, settles_from)
        select 'M' || lpad(m::text, 5, '0'), 'M' || m, 2.5, '2025-01-01' from generate_series(1, {merchants}) as m;
        select pipeline.ensure_payment_partitions('2026-01-01', '2026-03-01');
        insert into ops.runs (kind, request_key, requested_by, status, finished_at) values ('import', 'world', 'command', 'succeeded', now());
        insert into ops.imports (profile, content_sha256, size_bytes) values ('payments', repeat('0', 64), 0);
        insert into ops.batches (run_id, import_id, first_record, record_count, loaded_at)
        select run.run_id, import.import_id, 1, {payments}, now() from ops.runs as run cross join ops.imports as import;
        insert into public.payments (payment_id, customer_id, merchant_id, amount, currency, payment_status, transaction_date, risk_score, batch_id, line_number)
        select 'PAY-' || lpad(p::text, 12, '0'), 'C', 'M' || lpad((1 + p * 7919 % {merchants})::text, 5, '0'), 1 + (p * 48271 % 99999) / 100.0, 'USD', 'SUCCESS',
            '2026-01-01 00:00Z'::timestamptz + make_interval(secs => p::float8 / {payments} * {Days} * 86400), 0, (select max(batch_id) from ops.batches), p
        from generate_series(0::bigint, {payments} - 1) as p;
        insert into public.payment_keys select payment_id, transaction_date, md5(payment_id)::uuid from public.payments;
        analyze public.payments, public.payment_keys;
        select pipeline.settle_payments('2026-03-01');
        analyze public.settlements, public.settlement_payments;
        insert into reconciliation.accounts (processor, account, merchant_id) select 'stripe', 'acct_' || merchant_id, merchant_id from public.merchants;
        insert into reconciliation.processor_lines (
            processor, account, external_id, payout_key, category, original_category, payment_reference, processor_reference, currency, gross, fee, net, occurred_at, import_id, batch_id, line_number)
        select 'stripe', 'acct_' || merchant_id, 'txn_' || payment_id || '_' || copy, null, 'payment', 'charge', payment_id, 'pi_' || payment_id, currency, gross, fee, gross - fee,
            transaction_date + interval '1 hour', 1, 1, line_number
        from public.payments
        cross join lateral (
            select copy, amount - case when line_number % 100 = 7 then 0.01 else 0 end as gross, round(amount * 0.025, 2) as fee
            from generate_series(1, case when line_number % 200 = 3 then 2 when line_number % 100 = 9 then 0 else 1 end) as copy
        ) as reported;
        with settlement as (
            select *, row_number() over (order by merchant_id, period_start) as n, lead(net_amount) over of_merchant as next_amount, lead(merchant_id) over of_merchant as next_merchant
            from public.settlements
            window of_merchant as (order by merchant_id, period_start)
        )
        insert into reconciliation.payouts (processor, payout_key, account, amount, currency, status, arrival_date, reference, is_stated, has_object, import_id, batch_id, line_number)
        select 'stripe', 'po_' || md5(settlement_id) || part, 'acct_' || merchant_id,
            case
                when n % 50 = 10 and next_merchant = merchant_id then net_amount + next_amount
                when n % 100 = 20 then net_amount - 0.01
                when n % 100 = 30 and part = 1 then round(net_amount / 3, 2)
                when n % 100 = 30 then net_amount - round(net_amount / 3, 2)
                else net_amount
            end,
            currency, 'paid', expected_settlement_date + (n % 3)::int, case when n % 5 < 3 and n % 50 not in (10, 11) then settlement_id else 'tr_' || md5(settlement_id) end, true, true, 1, 1, n
        from settlement
        cross join lateral generate_series(1, case when n % 50 = 11 and n > 1 then 0 when n % 100 = 30 then 2 else 1 end) as part;
        insert into reconciliation.bank_statements (
            account_iban, account_currency, statement_reference, sequence, page, opening_balance, closing_balance, line_count, content_hash, import_id, batch_id, line_number)
        values ('DE89370400440532013000', 'USD', 'S', 1, 1, 0, 0, 0, md5('S')::uuid, 1, 1, 1);
        insert into reconciliation.bank_lines (
            statement_id, entry_number, detail_number, amount, currency, booking_date, value_date, end_to_end_id, remittance, is_reversal, status, import_id, batch_id, line_number)
        select 1, line_number, row_number() over (order by payout_key), amount, currency, arrival_date + 1, arrival_date + 1,
            case when line_number % 10 < 7 then payout_key end, 'PAYOUT STRIPE ' || coalesce(reference, ''), false, 'BOOK', 1, 1, line_number
        from reconciliation.payouts;
        select 1
        """);
}

/// <summary>What a reconciliation took.</summary>
internal sealed record ReconcileTimes(double Seconds, string Steps, string Found);
