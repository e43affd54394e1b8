using System.CommandLine;
using System.Diagnostics;
using Npgsql;
using Payments.Pipeline.Runs;
using Payments.Pipeline.Settle;

namespace Payments.Bench;

/// <summary>Issue 5's bar of settling: a year of payments settled at once, under terms and fees of many kinds; then a day of its own, the proofs, and the commission check.</summary>
internal static class SettleBenchmark
{
    private const double Bar = 100_000;
    private const int PaymentsPerBatch = 50_000;
    private static readonly DateOnly FirstDay = new(2025, 1, 1);

    public static Command Command()
    {
        var payments = new Option<long>("--payments") { Description = "SUCCESS payments of a year.", DefaultValueFactory = _ => 5_000_000 };
        var merchants = new Option<int>("--merchants") { Description = "Merchants.", DefaultValueFactory = _ => 2_000 };
        var shuffled = new Option<bool>("--shuffled") { Description = "Ids at random instead of in the order of time." };
        var plain = new Option<bool>("--plain") { Description = "No terms and no fees: daily, two days later, one rate." };
        var command = new Command("settle", "A year settled at once: payments per second beside the bar, then the proofs.") { payments, merchants, shuffled, plain };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetValue(payments), parsed.GetValue(merchants), parsed.GetValue(shuffled), parsed.GetValue(plain), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(long payments, int merchants, bool shuffled, bool plain, CancellationToken cancellationToken)
    {
        await using var database = await BenchDatabase.StartAsync(cancellationToken);
        await FillAsync(database, payments, merchants, shuffled, plain, cancellationToken);
        // The last day is settled by itself, as every night does it.
        var year = await TimeAsync(() => SettleAsync(database, FirstDay.AddDays(364), cancellationToken));
        var perSecond = year.Result / year.Seconds;
        Out.Print($"settle     payments={year.Result} settlements={await database.ScalarAsync<long>("select count(*) from public.settlements", cancellationToken)} seconds={year.Seconds:0.0} payments_per_second={perSecond:0} bar={Bar:0}");
        var day = await TimeAsync(() => SettleAsync(database, FirstDay.AddDays(365), cancellationToken));
        Out.Print($"next_day   payments={day.Result} seconds={day.Seconds:0.00}");
        var sla = await TimeAsync(() => database.ScalarAsync<object>("select breaches from pipeline.check_sla('2025-06-30', now())", cancellationToken));
        Out.Print($"sla_check  breaches={sla.Result} first_seconds={sla.Seconds:0.00} bar=1");
        sla = await TimeAsync(() => database.ScalarAsync<object>("select breaches from pipeline.check_sla('2025-06-30', now())", cancellationToken));
        Out.Print($"sla_check  breaches={sla.Result} again_seconds={sla.Seconds:0.00} bar=1");
        var proof = await TimeAsync(() => database.ScalarAsync<long>("select count(*) from pipeline.check_settlements()", cancellationToken));
        Out.Print($"proof      differences={proof.Result} seconds={proof.Seconds:0.0}");
        return proof.Result == 0 ? 0 : 1;
    }

    private static async Task<(T Result, double Seconds)> TimeAsync<T>(Func<Task<T>> work)
    {
        var watch = Stopwatch.StartNew();
        var result = await work();
        return (result, watch.Elapsed.TotalSeconds);
    }

    /// <summary>As the worker does it, with its login.</summary>
    private static async Task<long> SettleAsync(BenchDatabase database, DateOnly asOf, CancellationToken cancellationToken)
    {
        var runId = await database.ScalarAsync<long>(
            $"insert into ops.runs (kind, request_key, requested_by, status, attempt) values ('import', 'settle {asOf:yyyy-MM-dd}', 'command', 'running', 1) returning run_id",
            cancellationToken);
        await using var dataSource = NpgsqlDataSource.Create(database.ConnectionStringFor("payments_worker"));
        var result = await SettleStage.RunAsync(new RunContext(runId, 1, dataSource, new FixedClock(asOf)), cancellationToken);
        return result.PaymentsSettled;
    }

    private sealed class FixedClock(DateOnly day) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(day, default, default);
    }

    private static async Task FillAsync(BenchDatabase database, long payments, int merchants, bool shuffled, bool plain, CancellationToken cancellationToken)
    {
        await database.ExecuteAsync(
            $"""
            select pipeline.ensure_payment_partitions('2025-01-01', '2026-01-01');
            insert into public.merchants (merchant_id, merchant_name, commission_rate, settles_from)
            select 'M' || to_char(number, 'FM00000'), 'Merchant ' || number, 1 + number % 5 * 0.35, '2025-01-01'
            from generate_series(1, {merchants}) as number;
            insert into ops.runs (kind, request_key, requested_by) values ('import', 'bench', 'command');
            insert into ops.imports (profile, content_sha256, size_bytes) values ('payments', repeat('0', 64), 0)
            """,
            cancellationToken);
        if (!plain)
        {
            // Half of the merchants have terms, a third fees, a few change in mid-year.
            await database.ExecuteAsync(
                """
                insert into settlement.terms (merchant_id, valid_from, cycle, week_day, delay_days, delay_kind, calendar, time_zone, cut_off, reserve_percent, reserve_days, author)
                select
                    merchant_id,
                    change.valid_from,
                    (array['daily', 'daily', 'weekly', 'monthly'])[1 + (number + change.place) % 4],
                    case when (number + change.place) % 4 = 2 then 7 end,
                    number % 4,
                    case when number % 3 = 0 then 'calendar' else 'business' end,
                    (array['TARGET2', 'FEDERAL_RESERVE', 'ENGLAND_AND_WALES', null])[1 + number % 4],
                    (array['Europe/Berlin', 'America/New_York', 'Asia/Tokyo', 'UTC'])[1 + number % 4],
                    case when number % 2 = 0 then '17:00'::time end,
                    number % 7,
                    30,
                    'bench'
                from (select merchant_id, row_number() over (order by merchant_id)::int as number from public.merchants) as merchant
                cross join (values ('2025-01-01'::date, 0), ('2025-07-01', 1)) as change (valid_from, place)
                where number % 2 = 0 and (change.place = 0 or number % 20 = 0);
                insert into settlement.fees (merchant_id, payment_method, currency, percent, fixed_amount, minimum_amount, valid_from, author)
                select
                    merchant_id, fee.payment_method, fee.currency, fee.percent, fee.fixed_amount, fee.minimum_amount, fee.valid_from, 'bench'
                from (select merchant_id, row_number() over (order by merchant_id) as number from public.merchants) as merchant
                cross join (values
                    (null, null, 1.9, 0, 0, '2025-01-01'::date),
                    ('CREDIT_CARD', 'USD', 2.4, 0.30, 0.50, '2025-01-01'),
                    ('CREDIT_CARD', 'USD', 2.2, 0.25, 0.40, '2025-08-01'),
                    ('PAYPAL', null, 3.1, 0, 0, '2025-01-01'),
                    (null, 'JPY', 2, 30, 0, '2025-03-01')
                ) as fee (payment_method, currency, percent, fixed_amount, minimum_amount, valid_from)
                where number % 3 = 0
                """,
                cancellationToken);
        }

        var watch = Stopwatch.StartNew();
        for (long done = 0; done < payments; done += PaymentsPerBatch * 10)
        {
            var id = shuffled ? "md5(number::text)" : "'P' || to_char(number, 'FM000000000000')";
            await database.ExecuteAsync(
                $"""
                with batch as (
                    insert into ops.batches (run_id, import_id, first_record, record_count, loaded_at)
                    select 1, 1, {done} + number * {PaymentsPerBatch} + 1, {PaymentsPerBatch}, now()
                    from generate_series(0, 9) as number
                    returning batch_id, first_record
                )
                insert into public.payments (
                    payment_id, customer_id, merchant_id, amount, currency, payment_method, payment_status, transaction_date, risk_score, batch_id, line_number
                )
                select
                    {id},
                    'C' || number % 50000,
                    'M' || to_char(merchant, 'FM00000'),
                    case when merchant % 8 = 7 then 1000 + (hashint8(number + 2) & 65535) else (1000 + (hashint8(number + 2) & 262143)) / 100.0 end,
                    (array['USD', 'USD', 'USD', 'USD', 'USD', 'USD', 'EUR', 'JPY'])[merchant % 8 + 1],
                    (array['CREDIT_CARD', 'DEBIT_CARD', 'BANK_TRANSFER', 'PAYPAL', 'CRYPTO', 'WALLET'])[1 + (hashint8(number + 3) & 1023) % 6],
                    'SUCCESS',
                    '2025-01-01 00:00:00+00'::timestamptz + number * (interval '365 days' / {payments}),
                    0,
                    batch.batch_id,
                    number
                from (select number, 1 + (hashint8(number) & 2147483647) % {merchants} as merchant from generate_series({done}, {Math.Min(done + (PaymentsPerBatch * 10), payments) - 1}) as number) as drawn
                inner join batch on number >= first_record - 1 and number < first_record - 1 + {PaymentsPerBatch}
                order by number
                """,
                cancellationToken);
        }

        await database.ExecuteAsync("vacuum (analyze) public.payments", cancellationToken);
        await database.ExecuteAsync("checkpoint", cancellationToken);
        Out.Progress($"{payments} payments written in {watch.Elapsed.TotalSeconds:0} s");
    }
}
