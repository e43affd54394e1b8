using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Payments.Pipeline.Import;
using Payments.Pipeline.Runs;
using Payments.Testing;
using Payments.Worker.Drop;
using Payments.Worker.Runs;

namespace Payments.Worker.Tests;

/// <summary>Whole workers, from the drop folder to the store: what comes twice, half or while something is away ends in the right totals by itself.</summary>
public sealed class HealingTests(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncLifetime
{
    private const string Header = "payment_id,customer_id,merchant_id,amount,currency,payment_method,status,payment_date\n";

    private static readonly Dictionary<string, string?> Settings = new()
    {
        ["Import:BatchRecords"] = "10",
        ["Etl:RetryDelay"] = "00:00:00.001",
        ["Etl:LongestRetryDelay"] = "00:00:00.020",
        ["Etl:PollInterval"] = "00:00:00.050",
        ["Etl:MaxAttempts"] = "2",
        ["Drop:StableFor"] = "00:00:00.500",
    };

    private readonly string _folder = WorkerHost.NewFolder();

    public Task InitializeAsync() => ExecuteAsync("""
        truncate ops.runs, public.payments, public.payment_keys, rollup.day_totals cascade;
        insert into public.customers (customer_id, customer_name) values ('HC', 'A customer') on conflict do nothing;
        insert into public.merchants (merchant_id, merchant_name) values ('HM', 'A merchant') on conflict do nothing;
        """);

    public Task DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Two_workers_one_content_under_two_names_and_a_file_that_grows_end_in_the_totals_of_each_payment_once()
    {
        var drop = Directory.CreateDirectory(Path.Combine(_folder, "drop", "payments")).FullName;
        await using var first = await StartAsync();
        await using var second = await StartAsync();
        var content = Header + string.Concat(Enumerable.Range(0, 40).Select(Payment));
        await File.WriteAllTextAsync(Path.Combine(drop, "one.csv"), content);
        await File.WriteAllTextAsync(Path.Combine(drop, "two.csv"), content);
        await using (var growing = new StreamWriter(Path.Combine(drop, "growing.csv")) { AutoFlush = true })
        {
            await growing.WriteAsync(Header);
            for (var n = 30; n < 60; n++)
            {
                await growing.WriteAsync(Payment(n));
                await Task.Delay(30);
            }
        }

        await Eventually.EqualAsync<object?>(
            "3 files completed, 110 read, 60 accepted, 50 duplicates, 0 rejected",
            () => ScalarAsync("""
                select format('%s files %s, %s read, %s accepted, %s duplicates, %s rejected', count(*), string_agg(distinct status, ' '),
                    sum(records_read), sum(records_accepted), sum(records_duplicate), sum(records_rejected))
                from ops.imports
                """),
            seconds: 60);
        Assert.Equal("60 60 600.000", await ScalarAsync("""
            select concat_ws(' ', count(*), (select sum(transaction_count) from rollup.day_totals), sum(amount)) from public.payments
            """));
        await Eventually.EqualAsync(3, () => Task.FromResult(Directory.Exists(Path.Combine(_folder, "drop", "done")) ? Directory.GetFiles(Path.Combine(_folder, "drop", "done")).Length : 0));
    }

    [Fact]
    public async Task A_database_without_room_is_waited_for_and_the_import_goes_on_where_it_was()
    {
        await ExecuteAsync("""
            create sequence public.rounds;
            grant usage on sequence public.rounds to public;
            create function public.no_room() returns trigger language plpgsql as $$
            begin
                if nextval('public.rounds') % 8 <> 0 then
                    raise exception 'could not extend file "base/1/1": No space left on device' using errcode = '53100';
                end if;
                return new;
            end
            $$;
            create trigger no_room before insert on ops.batches for each row execute function public.no_room();
            """);
        try
        {
            await using var worker = await StartAsync();
            var ticket = await worker.Services.GetRequiredService<ImportIntake>().AcceptAsync(
                new MemoryStream(Encoding.UTF8.GetBytes(Header + string.Concat(Enumerable.Range(0, 35).Select(Payment)))),
                new("payments", ImportMode.Insert, "room.csv", RunRequester.Command),
                default);
            await Eventually.EqualAsync<object?>("succeeded", () => ScalarAsync($"select status from ops.runs where run_id = {ticket.RunId}"), seconds: 60);
            Assert.Equal(
                "35 read, 35 accepted, 0 failed attempts of many",
                await ScalarAsync($"""
                    select format('%s read, %s accepted, %s failed attempts of %s', import.records_read, import.records_accepted, run.failed_attempts, case when run.attempt > 20 then 'many' end)
                    from ops.imports as import inner join ops.runs as run using (run_id) where import_id = {ticket.ImportId}
                    """));
            Assert.Contains(worker.Log, line => line.StartsWith("Warning: Run ", StringComparison.Ordinal) && line.Contains("something that it needs is away (53100: could not extend file", StringComparison.Ordinal));
        }
        finally
        {
            await ExecuteAsync("drop trigger no_room on ops.batches; drop function public.no_room; drop sequence public.rounds");
        }
    }

    private static string Payment(int n) => $"HP{n},HC,HM,10.00,USD,WALLET,SUCCESS,2026-01-01T10:00:00Z\n";

    private Task<WorkerHost> StartAsync() => WorkerHost.StartAsync(
        database,
        builder =>
        {
            builder.AddRunPickUp();
            builder.AddDropFolder();
        },
        Settings,
        _folder);

    private async Task ExecuteAsync(string sql) => await ScalarAsync(sql);

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }
}
