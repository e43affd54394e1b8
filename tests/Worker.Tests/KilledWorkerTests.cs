using System.Globalization;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Payments.Pipeline.Import;
using Payments.Pipeline.Runs;
using Payments.Testing;

namespace Payments.Worker.Tests;

/// <summary>kill -9 of a real worker in mid-run, then another one: the totals are those of an undisturbed run.</summary>
public sealed class KilledWorkerTests(KilledWorkerTests.Databases databases) : IClassFixture<KilledWorkerTests.Databases>
{
    private const string Totals =
        """
        select jsonb_build_object(
            'customers', (select count(*) from public.customers),
            'merchants', (select count(*) from public.merchants),
            'payments', (select concat_ws('/', count(*), sum(amount), sum(risk_score), count(*) filter (where is_suspicious)) from public.payments),
            'keys', (select count(*) from public.payment_keys),
            'settled', (select count(*) from public.settlement_payments),
            'settlements', (select concat_ws('/', count(*), sum(net_amount), sum(payment_count), count(*) filter (where sla_breach)) from public.settlements),
            'incidents', (select concat_ws('/', count(*), sum(penalty_amount)) from sla.incidents),
            'summary', (select sum(transaction_count) from public.vw_payment_analytics))::text
        """;

    [Fact]
    public async Task An_import_killed_again_and_again_ends_with_the_totals_of_an_undisturbed_one()
    {
        const int Payments = 30_000;
        var folder = WorkerHost.NewFolder();
        (string, string)[] settings = [("Import__BatchRecords", "1000"), ("Drop__Enabled", "false")];
        foreach (var database in new[] { databases.Disturbed, databases.Undisturbed })
        {
            await ExecuteAsync(database, "insert into public.customers (customer_id, customer_name) values ('C1', 'A customer')");
            await ExecuteAsync(database, "insert into public.merchants (merchant_id, merchant_name, commission_rate, status, settles_from) values ('M1', 'A merchant', 2.5, 'ACTIVE', '2025-01-01')");
            await using var intake = await WorkerHost.StartAsync(database, _ => { }, folder: folder);
            await intake.Services.GetRequiredService<ImportIntake>().AcceptAsync(
                new MemoryStream(PaymentsFile(Payments)), new("payments", ImportMode.Insert, "big.csv", RunRequester.Api), default);
        }

        for (var kill = 1; kill <= 3; kill++)
        {
            await using var dying = SpawnedWorker.Start(databases.Disturbed, folder, settings);
            var least = kill * 4000L;
            await WaitForAsync(async () => (long)(await ScalarAsync(databases.Disturbed, "select coalesce(max(records_read), 0) from ops.imports"))! >= least);
            await dying.KillAsync();
        }

        Assert.Equal("running", await ScalarAsync(databases.Disturbed, "select status from ops.runs"));
        await using var survivor = SpawnedWorker.Start(databases.Disturbed, folder, settings);
        await using var undisturbed = SpawnedWorker.Start(databases.Undisturbed, folder, settings);
        await FinishAsync(databases.Disturbed);
        await FinishAsync(databases.Undisturbed);

        const string Account = "select concat_ws(' ', status, records_read, records_accepted, records_duplicate, records_rejected) from ops.imports";
        Assert.Equal($"completed {Payments} {Payments - 10} 0 10", await ScalarAsync(databases.Disturbed, Account));
        Assert.Equal(await ScalarAsync(databases.Undisturbed, Account), await ScalarAsync(databases.Disturbed, Account));
        Assert.Equal(10L, await ScalarAsync(databases.Disturbed, "select count(*) from ops.quarantine"));
        Assert.Equal(4, await ScalarAsync(databases.Disturbed, "select attempt from ops.runs"));
        Assert.Equal(await ScalarAsync(databases.Undisturbed, Totals), await ScalarAsync(databases.Disturbed, Totals));
    }

    [Fact]
    public async Task A_first_run_killed_in_the_middle_ends_with_the_totals_of_an_undisturbed_one()
    {
        var folder = WorkerHost.NewFolder();
        (string, string)[] settings =
        [
            ("Generate__Enabled", "true"), ("Generate__FirstRun", "true"), ("Generate__Payments", "20000"), ("Import__BatchRecords", "1000"), ("Drop__Enabled", "false"),
        ];
        await using (var dying = SpawnedWorker.Start(databases.DisturbedEtl, folder, settings))
        {
            await WaitForAsync(async () => (long)(await ScalarAsync(databases.DisturbedEtl, "select count(*) from public.payment_keys"))! > 3000);
            await dying.KillAsync();
        }

        Assert.Equal("running first_run", await ScalarAsync(databases.DisturbedEtl, "select concat_ws(' ', status, request_key) from ops.runs"));
        await using var survivor = SpawnedWorker.Start(databases.DisturbedEtl, folder, settings);
        await using var undisturbed = SpawnedWorker.Start(databases.UndisturbedEtl, folder, settings);
        await FinishAsync(databases.DisturbedEtl);
        await FinishAsync(databases.UndisturbedEtl);

        Assert.Equal(await ScalarAsync(databases.UndisturbedEtl, Totals), await ScalarAsync(databases.DisturbedEtl, Totals));
        const string Result = "select result::text from ops.runs";
        Assert.Equal(await ScalarAsync(databases.UndisturbedEtl, Result), await ScalarAsync(databases.DisturbedEtl, Result));
    }

    // One payment in 3,000 names a customer that nobody knows.
    private static byte[] PaymentsFile(int payments)
    {
        var file = new StringBuilder("payment_id,customer_id,merchant_id,amount,currency,payment_method,status,payment_date\n");
        var first = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        for (var i = 0; i < payments; i++)
        {
            var customer = i % 3000 == 1500 ? "NOBODY" : "C1";
            file.Append(CultureInfo.InvariantCulture, $"P{i},{customer},M1,{10 + (i % 977)}.50,USD,CREDIT_CARD,{(i % 20 == 0 ? "FAILED" : "SUCCESS")},{first.AddMinutes(i):yyyy-MM-dd'T'HH:mm:ss'Z'}\n");
        }

        return Encoding.UTF8.GetBytes(file.ToString());
    }

    private static Task FinishAsync(TestDatabase database) => Eventually.EqualAsync<object?>(
        "succeeded", () => ScalarAsync(database, "select concat_ws(': ', status, error) from ops.runs"), seconds: 60);

    private static async Task WaitForAsync(Func<Task<bool>> condition)
    {
        var from = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(from) < TimeSpan.FromSeconds(60), "The worker gets nowhere.");
            await Task.Delay(5);
        }
    }

    private static async Task ExecuteAsync(TestDatabase database, string sql) => await ScalarAsync(database, sql);

    private static async Task<object?> ScalarAsync(TestDatabase database, string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }

    /// <summary>Two databases for each fact: one whose worker dies, one whose worker lives.</summary>
    public sealed class Databases : IAsyncLifetime
    {
        public TestDatabase Disturbed { get; } = new();

        public TestDatabase Undisturbed { get; } = new();

        public TestDatabase DisturbedEtl { get; } = new();

        public TestDatabase UndisturbedEtl { get; } = new();

        private TestDatabase[] All => [Disturbed, Undisturbed, DisturbedEtl, UndisturbedEtl];

        public async Task InitializeAsync()
        {
            foreach (var database in All) await database.InitializeAsync();
        }

        public async Task DisposeAsync()
        {
            foreach (var database in All) await database.DisposeAsync();
        }
    }
}
