using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Payments.Pipeline.Import;
using Payments.Pipeline.Runs;
using Payments.Testing;
using Payments.Worker.Runs;

namespace Payments.Worker.Tests;

/// <summary>A backtest as a run of the worker, over payments that were imported.</summary>
public sealed class BacktestTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly RunQueue _queue = new(database.DataSource, TimeProvider.System);

    [Fact]
    public async Task A_rule_is_tried_on_history_with_the_labels_known_by_now()
    {
        await using var worker = await WorkerHost.StartAsync(
            database, builder => builder.AddRunPickUp(), new() { ["ConnectionStrings:payments"] = database.ConnectionStringFor("payments_worker") });
        var intake = worker.Services.GetRequiredService<ImportIntake>();
        await ImportAsync(intake, "customers", "customer_id\nC1\nC2\n");
        await ImportAsync(intake, "merchants", "merchant_id\nM1\n");
        var recent = TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-1);
        await ImportAsync(
            intake,
            "payments",
            $"""
            payment_id,customer_id,merchant_id,amount,currency,payment_method,status,payment_date
            P1,C1,M1,100.00,USD,CRYPTO,SUCCESS,2026-01-10T10:00:00Z
            P2,C1,M1,200.00,USD,CRYPTO,SUCCESS,2026-01-11T10:00:00Z
            P3,C1,M1,300.00,EUR,CRYPTO,SUCCESS,2026-01-12T10:00:00Z
            P4,C2,M1,400.00,USD,WALLET,SUCCESS,2026-01-12T10:00:00Z
            P5,C2,M1,20000.00,USD,WALLET,SUCCESS,2026-01-13T10:00:00Z
            P6,C2,M1,600.00,USD,CRYPTO,SUCCESS,2026-02-13T10:00:00Z
            P7,C2,M1,600.00,USD,CRYPTO,SUCCESS,{recent:O}

            """);
        await ExecuteAsync(
            """
            insert into risk.labels (payment_id, source, is_fraud, known_at, customer_id, merchant_id, transaction_date)
            select payment_id, 'test', payment_id <> 'P2', case payment_id when 'P3' then now() + interval '1 day' else transaction_date end, customer_id, merchant_id, transaction_date
            from public.payments
            where payment_id in ('P1', 'P2', 'P3', 'P5')
            """);

        var result = await BacktestAsync("payment_method = 'CRYPTO' and customer_count_30d >= 1", "2026-01-10", "2026-01-31");
        Assert.Equal((5, 3), (Number(result, "payments"), Number(result, "hits")));
        // Of P3 nothing is known yet, and it is old: genuine. P4 has no label.
        Assert.Equal((5, 2, 2), (Number(result, "judged"), Number(result, "presumed_genuine"), Number(result, "frauds")));
        Assert.Equal((1, 2), (Number(result, "true_positives"), Number(result, "false_positives")));
        Assert.Equal((1.0 / 3, 0.5, 2.0 / 3), (result.GetProperty("precision").GetDouble(), result.GetProperty("recall").GetDouble(), result.GetProperty("false_positive_rate").GetDouble()));
        Assert.Equal(
            ["EUR 0 0 300", "USD 100 0 200"],
            result.GetProperty("amounts").EnumerateArray().Select(amount => string.Join(' ', new[] { "currency", "amount_saved", "amount_saved_beyond_live", "amount_held" }.Select(name => Trimmed(amount.GetProperty(name))))));
        var crypto = result.GetProperty("rules").EnumerateArray().First();
        Assert.Equal(("PAID_IN_CRYPTO", 3), (crypto.GetProperty("rule_code").GetString(), Number(crypto.GetProperty("overlap"), "both")));

        result = await BacktestAsync("amount > 1", $"{recent:yyyy-MM-dd}", $"{recent:yyyy-MM-dd}");
        Assert.Equal((1, 1, 0), (Number(result, "payments"), Number(result, "hits"), Number(result, "judged")));

        // A rule is not compared with itself.
        result = await BacktestAsync("payment_method = 'CRYPTO'", "2026-01-01", "2026-01-31", "PAID_IN_CRYPTO");
        Assert.DoesNotContain(result.GetProperty("rules").EnumerateArray(), rule => rule.GetProperty("rule_code").GetString() == "PAID_IN_CRYPTO");
    }

    private async Task<JsonElement> BacktestAsync(string expression, string from, string to, string? rule = null)
    {
        await using var command = database.DataSource.CreateCommand("select pipeline.request_backtest($1, $2, $3, $4, 'anna', null, now())");
        command.Parameters.Add(new() { Value = (object?)rule ?? DBNull.Value });
        command.Parameters.Add(new() { Value = expression });
        command.Parameters.Add(new() { Value = DateOnly.Parse(from, System.Globalization.CultureInfo.InvariantCulture) });
        command.Parameters.Add(new() { Value = DateOnly.Parse(to, System.Globalization.CultureInfo.InvariantCulture) });
        var id = (long)(await command.ExecuteScalarAsync())!;
        var run = await _queue.WaitAsync((long)(await ScalarAsync($"select run_id from risk.backtests where backtest_id = {id}"))!, TimeSpan.FromSeconds(60));
        Assert.Equal(("succeeded", null), (run.Status, run.Error));
        Assert.Equal(id, run.Result!.Value.GetProperty("backtest_id").GetInt64());
        return JsonElement.Parse((string)(await ScalarAsync($"select result::text from risk.backtests where backtest_id = {id}"))!);
    }

    private async Task ImportAsync(ImportIntake intake, string profile, string csv)
    {
        using var file = new MemoryStream(Encoding.UTF8.GetBytes(csv));
        var ticket = await intake.AcceptAsync(file, new(profile, ImportMode.Insert, "test.csv", RunRequester.Command), CancellationToken.None);
        var run = await _queue.WaitAsync(ticket.RunId, TimeSpan.FromSeconds(60));
        Assert.Equal(("succeeded", null), (run.Status, run.Error));
    }

    private static long Number(JsonElement element, string member) => element.GetProperty(member).GetInt64();

    private static string Trimmed(JsonElement value) => value.ValueKind == JsonValueKind.Number ? value.GetDecimal().ToString("0.##", System.Globalization.CultureInfo.InvariantCulture) : value.GetString()!;

    private async Task ExecuteAsync(string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }
}
