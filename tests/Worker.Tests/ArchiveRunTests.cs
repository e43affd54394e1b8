using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Payments.Pipeline.Import;
using Payments.Pipeline.Runs;
using Payments.Testing;
using Payments.Worker.Runs;

namespace Payments.Worker.Tests;

/// <summary>Archives and restores as runs, with the worker's own login.</summary>
public sealed class ArchiveRunTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly RunQueue _queue = new(database.DataSource, TimeProvider.System);

    [Fact]
    public async Task Months_that_are_old_enough_are_archived_a_held_one_waits_and_a_restore_brings_one_back()
    {
        await using var worker = await WorkerHost.StartAsync(
            database,
            builder => builder.AddRunPickUp(),
            new() { ["Retention:PaymentMonths"] = "12", ["ConnectionStrings:payments"] = database.ConnectionStringFor("payments_worker") });
        await ImportAsync(worker, "customers", "customer_id\nA9\n");
        await ImportAsync(worker, "merchants", "merchant_id\nA9\n");
        await ImportAsync(
            worker,
            "payments",
            "payment_id,customer_id,merchant_id,amount,currency,payment_method,status,payment_date\nO1,A9,A9,1,USD,WALLET,SUCCESS,2021-01-10T10:00:00Z\nO2,A9,A9,2,USD,WALLET,PENDING,2021-02-10T10:00:00Z\n");

        var archived = (await DoAsync(RunKind.Archive)).Result!.Value;
        Assert.Equal(
            "2021-01 payments-2021-01.parquet 1",
            string.Join(' ', archived.GetProperty("archived").EnumerateArray().SelectMany(month => new[] { "month", "file", "payments" }.Select(name => month.GetProperty(name).ToString()))));
        Assert.Equal("2021-02", string.Join(' ', archived.GetProperty("held").EnumerateArray().Select(month => month.GetProperty("month").GetString())));
        Assert.True(File.Exists(Path.Combine(worker.Folder, "archive", "payments-2021-01.parquet")));
        Assert.Equal("O2", await PaymentsAsync());

        var refused = await DoAsync(RunKind.Archive, "failed", new { month = "2021-02" });
        Assert.Equal((1, "2021-02 cannot be archived: PENDING payments: 1, for example O2 (force=true archives them all the same)."), (refused.Attempt, refused.Error));

        await DoAsync(RunKind.Restore, parameters: new { month = "2021-01" });
        Assert.Equal("O1 O2", await PaymentsAsync());
        Assert.Equal(0, (await DoAsync(RunKind.PartitionMaintenance)).Result!.Value.GetProperty("swept").GetProperty("spool_files").GetInt32());
    }

    private async Task<RequestedRun> DoAsync(string kind, string status = "succeeded", object? parameters = null)
    {
        var run = await _queue.WaitAsync(await _queue.RequestAsync(kind, Guid.NewGuid().ToString(), RunRequester.Command, parameters), TimeSpan.FromSeconds(30));
        Assert.Equal((status, status == "failed" ? run.Error : null), (run.Status, run.Error));
        return run;
    }

    private async Task ImportAsync(WorkerHost worker, string profile, string csv)
    {
        using var file = new MemoryStream(Encoding.UTF8.GetBytes(csv));
        var ticket = await worker.Services.GetRequiredService<ImportIntake>().AcceptAsync(file, new(profile, ImportMode.Insert, "test.csv", RunRequester.Command), CancellationToken.None);
        var run = await _queue.WaitAsync(ticket.RunId, TimeSpan.FromSeconds(30));
        Assert.Equal(("succeeded", null), (run.Status, run.Error));
    }

    private async Task<object?> PaymentsAsync()
    {
        await using var command = database.DataSource.CreateCommand("select string_agg(payment_id, ' ' order by payment_id) from public.payments");
        return await command.ExecuteScalarAsync();
    }
}
