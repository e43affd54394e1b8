using System.CommandLine;
using System.Diagnostics;
using Npgsql;

namespace Payments.Bench;

/// <summary>The SLA check over a year of settlements: the first one, one that finds nothing new, one after payouts, and the first of a day.</summary>
internal static class SlaBenchmark
{
    private static readonly DateOnly Today = new(2026, 1, 5);

    /// <summary><c>bench -- sla</c>.</summary>
    public static Command Command()
    {
        var merchants = new Option<int>("--merchants") { Description = "Merchants, each with a settlement a day for a year.", DefaultValueFactory = _ => 2_000 };
        var command = new Command("sla", "The SLA check over a year of settlements, most of them paid, beside a count of them.") { merchants };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(merchants), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(int merchants, CancellationToken cancellationToken)
    {
        await using var database = await BenchDatabase.StartAsync(cancellationToken);
        var source = database.DataSource;
        await DoAsync(
            source,
            """
            insert into merchants (merchant_id, merchant_name) select 'M' || number, 'Shop' from generate_series(1, $1) as number;
            """,
            cancellationToken,
            merchants);
        // As the sample's payouts: 85 % in time, 8 % late, the rest fails or waits; what is older than a month is paid in the end, but for one in a thousand.
        await DoAsync(
            source,
            """
            insert into settlements (settlement_id, merchant_id, expected_settlement_date, total_amount, commission_amount, net_amount, payment_count, currency, period_start, period_end, status, settlement_date)
            select
                merchant_id || '-' || day, merchant_id, $1 - day, 1000, 25, 975, 10, 'USD', $1 - day - 2, $1 - day - 1,
                case when paid_on <= $1 then 'COMPLETED' when draw >= 970 then 'FAILED' else 'PENDING' end,
                case when paid_on <= $1 then paid_on end
            from (
                select
                    merchant_id, day, draw,
                    case
                        when draw < 850 then $1 - day
                        when draw < 930 then $1 - day + 1 + draw % 6
                        when draw < 999 and day > 30 then $1 - day + 30
                    end as paid_on
                from merchants cross join generate_series(-1, 363) as day
                cross join lateral (select abs(hashtext(merchant_id || day)) % 1000 as draw) as drawn
            ) as sample;
            """,
            cancellationToken,
            Today);
        await DoAsync(source, "vacuum analyze settlements", cancellationToken);
        Console.WriteLine($"{await ScalarAsync(source, "select count(*) from settlements", cancellationToken):n0} settlements, {await ScalarAsync(source, "select count(*) from settlements where settlement_date is null", cancellationToken):n0} unpaid; ms, best of three where it can be repeated");
        await MeasureAsync(source, "the first check ever", Today, 1, cancellationToken);
        await DoAsync(source, "vacuum analyze settlements", cancellationToken);
        await DoAsync(source, "vacuum analyze sla.incidents", cancellationToken);
        await MeasureAsync(source, "nothing new", Today, 3, cancellationToken);
        await DoAsync(source, "update settlements set status = 'COMPLETED', settlement_date = $1 where settlement_id in (select settlement_id from settlements where settlement_date is null order by settlement_id limit 2000)", cancellationToken, Today);
        await MeasureAsync(source, "after 2,000 payouts", Today, 1, cancellationToken);
        await MeasureAsync(source, "the first of a day", Today.AddDays(1), 1, cancellationToken);
        await MeasureAsync(source, "nothing new", Today.AddDays(1), 3, cancellationToken);
        await ReadAsync(source, "proof of all (assertion)", "select count(*) from pipeline.list_sla_differences(interval '0')", cancellationToken);
        await ReadAsync(source, "count of settlements (peer)", "select count(*) from settlements where sla_breach or not sla_breach", cancellationToken);
        await ReadAsync(source, "vw_sla_by_month", "select count(*) from (select * from vw_sla_by_month offset 0) as rows", cancellationToken);
        await ReadAsync(source, "vw_sla_by_month of a merchant", "select count(*) from (select * from vw_sla_by_month where merchant_id = 'M7' offset 0) as rows", cancellationToken);
        return 0;
    }

    private static async Task MeasureAsync(NpgsqlDataSource source, string name, DateOnly asOf, int times, CancellationToken cancellationToken)
    {
        var best = double.MaxValue;
        var judged = 0L;
        var steps = 0L;
        for (var turn = 0; turn < times; turn++)
        {
            await using var command = source.CreateCommand("select settlements_judged, steps from pipeline.check_sla($1, now())");
            command.CommandTimeout = 0;
            command.Parameters.Add(new() { Value = asOf });
            var from = Stopwatch.GetTimestamp();
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            best = Math.Min(best, Stopwatch.GetElapsedTime(from).TotalMilliseconds);
            (judged, steps) = (reader.GetInt64(0), reader.GetInt64(1));
        }

        Console.WriteLine($"{name,-32} {best,10:n0} ms {judged,10:n0} judged {steps,10:n0} steps");
    }

    private static async Task ReadAsync(NpgsqlDataSource source, string name, string sql, CancellationToken cancellationToken)
    {
        var from = Stopwatch.GetTimestamp();
        var rows = await ScalarAsync(source, sql, cancellationToken);
        Console.WriteLine($"{name,-32} {Stopwatch.GetElapsedTime(from).TotalMilliseconds,10:n0} ms {rows,10:n0} rows");
    }

    private static async Task<long> ScalarAsync(NpgsqlDataSource source, string sql, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(sql);
        command.CommandTimeout = 0;
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task DoAsync(NpgsqlDataSource source, string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = source.CreateCommand(sql);
        command.CommandTimeout = 0;
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
