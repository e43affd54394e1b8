using Npgsql;
using Payments.Testing;

namespace Payments.Pipeline.Tests.Settle;

/// <summary>Every figure of settlements, day after day, is that of a slow recomputation: terms, fees, late arrivals, refunds, reserves, balances carried.</summary>
public sealed class SettlementModelTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static readonly DateOnly First = new(2026, 3, 2);
    private static readonly string[] Calendars = ["TARGET2", "FEDERAL_RESERVE", "ENGLAND_AND_WALES"];
    private static readonly string?[] Methods = ["CREDIT_CARD", "DEBIT_CARD", "PAYPAL", null];
    private static readonly string[] Currencies = ["USD", "JPY", "KWD"];
    private static readonly string[] Zones = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Kiritimati", "Pacific/Pago_Pago"];
    private static readonly TimeOnly?[] CutOffs = [null, new(17, 0), new(0, 0), new(23, 59), new(12, 30)];

    private readonly SettlementRows _rows = new(database);
    private int _payments;
    private int _settled;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Every_figure_is_that_of_a_slow_recomputation(int seed)
    {
        var random = new Random(seed);
        var model = new SettlementModel(await HolidaysAsync());
        var merchants = Enumerable.Range(0, 7).Select(number => Draw(random, $"S{seed}-{number}", number)).ToList();
        foreach (var merchant in merchants) await WriteAsync(merchant);
        await _rows.ExecuteAsync("select pipeline.ensure_payment_partitions('2026-02-01', '2026-06-01')");

        var known = new List<ModelPayment>();
        var refunded = new Dictionary<string, decimal>();
        for (var asOf = First; asOf < First.AddDays(50); asOf = asOf.AddDays(random.Next(1, 4)))
        {
            // A part arrives late, up to three weeks.
            var arriving = Enumerable.Range(0, random.Next(0, 40)).Select(_ => DrawPayment(random, merchants, asOf)).ToList();
            await ArriveAsync(arriving);
            arriving.ForEach(model.Arrive);
            known.AddRange(arriving);
            if (random.Next(3) == 0) await RefundAsync(random, model, known, refunded);

            await SettleAsync(asOf);
            model.Settle(asOf);
            if (random.Next(2) == 0)
            {
                // Settling again changes nothing.
                await SettleAsync(asOf);
                model.Settle(asOf);
            }

            if (random.Next(3) == 0) await RefundAsync(random, model, known, refunded);
            await PayAsync(random, model, asOf);
            await AssertEqualAsync(model, $"seed {seed}, as of {asOf:yyyy-MM-dd}");
        }

        Assert.Contains(model.Settlements, settlement => settlement.Carried < 0);
        Assert.Contains(model.Settlements, settlement => settlement.Released > 0);
        Assert.Equal([], await _rows.ReadAsync("select * from pipeline.check_commissions()", reader => reader.GetString(0)));
        Assert.Equal(
            [],
            await _rows.ReadAsync(
                """
                select settlement_id
                from settlements
                cross join lateral (select coalesce(sum(line.amount), 0) as net from pipeline.list_settlement_lines(settlement_id) as line) as lines
                where lines.net <> net_amount
                """,
                reader => reader.GetString(0)));
        var fees = model.Settlements.SelectMany(settlement => settlement.Payments).ToDictionary(payment => payment.Id, SettlementModel.Fee);
        foreach (var (payment, fee) in await _rows.ReadAsync(
            "select listed.payment_id, listed.fee_amount from settlements cross join lateral pipeline.list_settlement_payments(settlement_id) as listed where merchant_id like $1 || '-%'",
            reader => (reader.GetString(0), reader.GetDecimal(1)),
            $"S{seed}"))
        {
            Assert.Equal(fees[payment], fee);
        }

        // Nothing is wrong, so nothing is mended.
        Assert.Equal([], await _rows.ReadAsync("select settlement_id from pipeline.recompute_settlements(null)", reader => reader.GetString(0)));
    }

    private static ModelMerchant Draw(Random random, string id, int number)
    {
        var terms = new List<ModelTerms>();
        // The first has none; others change once or twice, some have days without any in between.
        for (var from = First.AddDays(-random.Next(0, 20)); number > 0 && from < First.AddDays(40); from = from.AddDays(random.Next(1, 40)))
        {
            var cycle = random.Next(4) switch { 0 => "weekly", 1 => "monthly", _ => "daily" };
            terms.Add(new(
                from,
                random.Next(3) == 0 ? from.AddDays(random.Next(1, 25)) : null,
                cycle,
                cycle == "weekly" ? random.Next(1, 8) : null,
                random.Next(0, 4),
                random.Next(2) == 0 ? "calendar" : "business",
                random.Next(3) == 0 ? null : Calendars[random.Next(3)],
                Zones[random.Next(Zones.Length)],
                CutOffs[random.Next(CutOffs.Length)],
                random.Next(3) switch { 0 => 0, 1 => 100, _ => 7.5m },
                random.Next(0, 12)));
        }

        var fees = new List<ModelFee>();
        for (var count = number % 3 == 0 ? 0 : random.Next(1, 8); count > 0; count--)
        {
            var currency = random.Next(3) == 0 ? null : Currencies[random.Next(3)];
            var from = First.AddDays(random.Next(-10, 30));
            fees.Add(new(
                random.Next(2) == 0 ? null : Methods[random.Next(3)],
                currency,
                random.Next(5) switch { 0 => 0, 1 => 100, _ => random.Next(0, 50_000) / 10_000m },
                currency is null ? 0 : random.Next(0, 40),
                currency is null ? 0 : random.Next(0, 60),
                from,
                random.Next(3) == 0 ? from.AddDays(random.Next(1, 20)) : null));
        }

        fees = [.. fees.DistinctBy(fee => (fee.Method, fee.Currency, fee.From))];
        var rates = new List<(DateOnly, decimal)> { (DateOnly.MinValue, random.Next(0, 50_000) / 10_000m) };
        if (number % 2 == 0) rates.Add((First.AddDays(random.Next(0, 30)), random.Next(0, 50_000) / 10_000m));
        return new(id, terms, fees, rates);
    }

    private ModelPayment DrawPayment(Random random, List<ModelMerchant> merchants, DateOnly asOf)
    {
        var currency = Currencies[random.Next(3)];
        var amount = random.Next(0, 20_000);
        return new(
            $"P{Interlocked.Increment(ref _payments)}-{random.Next()}",
            merchants[random.Next(merchants.Count)],
            currency,
            Methods[random.Next(Methods.Length)],
            currency switch { "JPY" => amount, "KWD" => amount / 1000m, _ => amount / 100m },
            asOf.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc).AddMinutes(-random.Next(1, random.Next(4) == 0 ? 30_000 : 3_000)));
    }

    private async Task<Dictionary<string, HashSet<DateOnly>>> HolidaysAsync()
    {
        var holidays = new Dictionary<string, HashSet<DateOnly>>();
        foreach (var calendar in Calendars)
        {
            holidays[calendar] = [.. await _rows.ReadAsync("select day from pipeline.list_holidays($1, '2026-01-01', '2027-01-01')", reader => reader.GetFieldValue<DateOnly>(0), calendar)];
        }

        return holidays;
    }

    private async Task WriteAsync(ModelMerchant merchant)
    {
        await _rows.AddMerchantAsync(merchant.Rates[^1].Rate, new(2026, 2, 1), id: merchant.Id);
        for (var place = 0; place + 1 < merchant.Rates.Count; place++)
        {
            await _rows.ExecuteAsync("insert into settlement.commission_rates (merchant_id, valid_until, commission_rate) values ($1, $2, $3)", merchant.Id, merchant.Rates[place + 1].From, merchant.Rates[place].Rate);
        }

        foreach (var terms in merchant.Terms)
        {
            await _rows.ExecuteAsync(
                """
                insert into settlement.terms (
                    merchant_id, valid_from, valid_until, cycle, week_day, delay_days, delay_kind, calendar, time_zone, cut_off, reserve_percent, reserve_days, author
                ) values ($1, $2, $3::date, $4, $5::smallint, $6, $7, $8::text, $9, $10::time, $11, $12, 'test')
                """,
                merchant.Id, terms.From, Value(terms.Until), terms.Cycle, Value(terms.WeekDay), terms.Delay, terms.DelayKind, Value(terms.Calendar), terms.Zone, Value(terms.CutOff), terms.ReservePercent, terms.ReserveDays);
        }

        foreach (var fee in merchant.Fees)
        {
            await _rows.ExecuteAsync(
                """
                insert into settlement.fees (merchant_id, payment_method, currency, percent, fixed_amount, minimum_amount, valid_from, valid_until, author)
                values ($1, $2::text, $3::text, $4, $5, $6, $7, $8::date, 'test')
                """,
                merchant.Id, Value(fee.Method), Value(fee.Currency), fee.Percent, fee.Fixed, fee.Minimum, fee.From, Value(fee.Until));
        }
    }

    private static object Value<T>(T? value) => value is null ? DBNull.Value : value;

    private async Task ArriveAsync(List<ModelPayment> payments)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var batch = await SettlementRows.AddPaymentsAsync(connection, "none", "SUCCESS");
        foreach (var payment in payments)
        {
            await using var command = new NpgsqlCommand(
                """
                insert into payments (
                    payment_id, customer_id, merchant_id, amount, currency, payment_method, payment_status, transaction_date, risk_score, batch_id, line_number
                ) values ($1, 'C', $2, $3, $4, $5, 'SUCCESS', $6, 0, $7, 1)
                """,
                connection);
            foreach (var value in new object?[] { payment.Id, payment.Merchant.Id, payment.Amount, payment.Currency, payment.Method, payment.At, batch })
            {
                command.Parameters.Add(value is null ? new() { Value = DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Varchar } : new NpgsqlParameter { Value = value });
            }

            await command.ExecuteNonQueryAsync();
        }

        await transaction.CommitAsync();
    }

    private async Task RefundAsync(Random random, SettlementModel model, List<ModelPayment> known, Dictionary<string, decimal> refunded)
    {
        foreach (var payment in known.Where(_ => random.Next(4) == 0).ToList())
        {
            var left = payment.Amount - refunded.GetValueOrDefault(payment.Id);
            var amount = random.Next(2) == 0 ? left : SettlementModel.Round(left / 3, payment.Currency);
            if (amount <= 0) continue;
            refunded[payment.Id] = refunded.GetValueOrDefault(payment.Id) + amount;
            await _rows.ExecuteAsync(
                """
                with taken as (select pipeline.lock_settlements())
                insert into refunds (refund_id, payment_id, amount, currency, refund_status, refund_date, batch_id, line_number)
                select 'R' || gen_random_uuid(), $1, $2, $3, 'succeeded', now(), 1, 1 from taken
                """,
                payment.Id, amount, payment.Currency);
            await _rows.ExecuteAsync("select pipeline.adjust_payments(array[$1])", payment.Id);
            model.Refund(payment, amount);
        }
    }

    private async Task PayAsync(Random random, SettlementModel model, DateOnly asOf)
    {
        foreach (var open in model.Settlements.Where(open => open.Status != "COMPLETED" && open.Expected <= asOf && random.Next(2) == 0).ToList())
        {
            var id = await IdAsync(open);
            if (open.Status == "PENDING" && random.Next(6) == 0)
            {
                await _rows.ExecuteAsync("update settlements set status = 'FAILED' where settlement_id = $1", id);
                open.Status = "FAILED";
                continue;
            }

            await _rows.ExecuteAsync("select pipeline.complete_settlements(array[$1], array[$2])", id, asOf);
            open.Status = "COMPLETED";
            open.PaidOn = asOf;
        }
    }

    private Task<string> IdAsync(ModelSettlement settlement) => _rows.ReadOneAsync(
        "select settlement_id from settlements where merchant_id = $1 and currency = $2 and period_start = $3",
        reader => reader.GetString(0),
        settlement.Merchant, settlement.Currency, settlement.Start);

    /// <summary>By turns at once, and in halves as a backlog.</summary>
    private Task SettleAsync(DateOnly asOf) => ++_settled % 2 == 0
        ? _rows.ExecuteAsync("select pipeline.settle_payments($1)", asOf)
        : _rows.SettleHalvesAsync(asOf);

    private async Task AssertEqualAsync(SettlementModel model, string where)
    {
        var merchants = model.Settlements.Select(settlement => settlement.Merchant).Distinct().ToArray();
        var stored = await _rows.ReadAsync(
            """
            select concat_ws(
                ' ', merchant_id, currency, period_start, period_end, expected_settlement_date, 'paid', settlement_date, status, payment_count, total_amount, commission_amount,
                reserve_amount, carried_amount, adjustment_amount, net_amount
            )
            from settlements where merchant_id = any ($1) order by merchant_id, currency, period_start
            """,
            reader => reader.GetString(0),
            [merchants]);
        var expected = model.Settlements
            .OrderBy(settlement => settlement.Merchant, StringComparer.Ordinal).ThenBy(settlement => settlement.Currency, StringComparer.Ordinal).ThenBy(settlement => settlement.Start)
            .Select(settlement => FormattableString.Invariant(
                $"{settlement.Merchant} {settlement.Currency} {settlement.Start:yyyy-MM-dd} {settlement.End:yyyy-MM-dd} {settlement.Expected:yyyy-MM-dd} paid {(settlement.PaidOn is { } paid ? $"{paid:yyyy-MM-dd} " : "")}{settlement.Status} {settlement.Payments.Count} {settlement.Total:0.000} {settlement.Commission:0.000} {settlement.Released - settlement.Held:0.000} {settlement.Carried:0.000} {settlement.Adjustment:0.000} {settlement.Net:0.000}"));
        Assert.Equal([where, .. expected], [where, .. stored]);
        Assert.Equal([where], [where, .. await _rows.DifferencesAsync()]);
        Assert.Equal([where], [where, .. await _rows.ReadAsync("select merchant_id from pipeline.check_balances()", reader => reader.GetString(0))]);
    }
}
