using System.Text;
using Npgsql;
using Payments.Pipeline.Runs;

namespace Payments.Pipeline.Tests.Import;

/// <summary>A worker may die at any moment of an import: the next attempt ends in the same totals.</summary>
public sealed class ResumedImportTests
{
    private const int Batches = 5;

    // 50 records: 30 accepted, 10 duplicates (of the 10 before each), 10 refused.
    private static readonly string File = ImportLab.PaymentsHeader + string.Concat(Enumerable.Range(0, 50).Select(n => (n % 5) switch
    {
        3 => Line(n - 1, "2.50"),
        4 => Line(n, "nothing"),
        _ => Line(n, "2.5"),
    }));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task A_crash_in_mid_batch_undoes_that_batch_only(int batch)
    {
        await using var lab = await OpenAsync();
        var ticket = await lab.AcceptAsync("payments", Encoding.UTF8.GetBytes(File));
        // The last statement of the batch's transaction fails: all before it has been done and must be undone.
        await lab.ExecuteAsync($"""
            create function public.crash() returns trigger language plpgsql as $$ begin raise exception 'crash'; end $$;
            create trigger crash before update on ops.imports for each row when (new.next_record > {batch * 10}) execute function public.crash();
            """);
        await Assert.ThrowsAsync<PostgresException>(() => lab.RunAsync(ticket, default));

        var half = await lab.ReportAsync(ticket.ImportId);
        Assert.Equal((batch * 10L, batch * 10L), (half.NextRecord, half.Read));
        Assert.Equal((batch * 6L, batch * 2L), (half.Accepted, half.Rejected));
        Assert.Equal(half.Rejected, half.Refused.Count);

        await lab.ExecuteAsync("drop trigger crash on ops.imports");
        await lab.RunAsync(ticket, default);
        await AssertTotalsAsync(lab, ticket.ImportId);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task A_worker_that_is_fenced_out_between_batches_writes_no_more(int batch)
    {
        await using var lab = await OpenAsync();
        var ticket = await lab.AcceptAsync("payments", Encoding.UTF8.GetBytes(File));
        // Another worker claims the run when that batch is committed.
        await lab.ExecuteAsync($"""
            create function public.take_over() returns trigger language plpgsql security definer
            as $$ begin update ops.runs set attempt = attempt + 1; return null; end $$;
            create trigger take_over after update on ops.imports for each row when (new.next_record = {batch * 10}) execute function public.take_over();
            """);
        var fault = await Assert.ThrowsAsync<PostgresException>(() => lab.RunAsync(ticket, default));
        Assert.Equal("PR001", fault.SqlState);
        Assert.Equal(batch * 10L, (await lab.ReportAsync(ticket.ImportId)).NextRecord);

        await lab.ExecuteAsync("drop trigger take_over on ops.imports");
        await lab.RunAsync(ticket, default);
        await AssertTotalsAsync(lab, ticket.ImportId);
    }

    [Fact]
    public async Task A_run_taken_over_after_its_last_word_only_repeats_the_account()
    {
        await using var lab = await OpenAsync();
        var ticket = await lab.AcceptAsync("payments", Encoding.UTF8.GetBytes(File));
        var first = await lab.RunAsync(ticket, default);
        Assert.Equal(first, await lab.RunAsync(ticket, default));
        await AssertTotalsAsync(lab, ticket.ImportId);
    }

    [Fact]
    public async Task A_deadlock_is_tried_again_within_the_run()
    {
        await using var lab = await OpenAsync();
        var ticket = await lab.AcceptAsync("payments", Encoding.UTF8.GetBytes(File));
        await lab.ExecuteAsync("""
            create sequence public.tries;
            grant usage on sequence public.tries to payments_worker;
            create function public.deadlock() returns trigger language plpgsql
            as $$ begin if nextval('public.tries') % 3 <> 0 then raise exception using errcode = '40P01'; end if; return new; end $$;
            create trigger deadlock before update of next_record on ops.imports for each row execute function public.deadlock();
            """);
        await lab.RunAsync(ticket, default);
        await AssertTotalsAsync(lab, ticket.ImportId);
        Assert.Equal([15L], await lab.QueryAsync<long>("select last_value from public.tries"));
    }

    [Fact]
    public async Task The_same_file_imported_twice_at_once_is_loaded_once()
    {
        await using var lab = await OpenAsync();
        var tickets = new[] { await lab.AcceptAsync("payments", Encoding.UTF8.GetBytes(File)), await lab.AcceptAsync("payments", Encoding.UTF8.GetBytes(File)) };
        Assert.NotEqual(tickets[0].RunId, tickets[1].RunId);

        var accounts = await Task.WhenAll(tickets.Select(ticket => lab.RunAsync(ticket, default)));

        Assert.All(accounts, account => Assert.Equal((50, 10, 40), (account.Read, account.Rejected, account.Accepted + account.Duplicates)));
        Assert.Equal(30, accounts.Sum(account => account.Accepted));
        Assert.Equal([30L], await lab.QueryAsync<long>("select count(*) from public.payments"));
        await lab.AssertRollupsAreExactAsync();
    }

    [Fact]
    public async Task A_spooled_file_that_is_damaged_or_gone_fails_for_good_and_goes_on_when_it_is_back()
    {
        await using var lab = await OpenAsync();
        var ticket = await lab.AcceptAsync("payments", Encoding.UTF8.GetBytes(File));
        var spooled = Directory.GetFiles(lab.SpoolPath).Single();
        var whole = await System.IO.File.ReadAllBytesAsync(spooled);

        await System.IO.File.WriteAllBytesAsync(spooled, whole[..100]);
        var damaged = await Assert.ThrowsAsync<InvalidDataException>(() => lab.RunAsync(ticket, default));
        Assert.Equal($"The spool's file {Path.GetFileName(spooled)} has 100 bytes; {whole.Length} were received.", damaged.Message);
        System.IO.File.Delete(spooled);
        var gone = await Assert.ThrowsAsync<FileNotFoundException>(() => lab.RunAsync(ticket, default));
        Assert.All([damaged, (Exception)gone], error => Assert.Equal(RunFault.Permanent, RunFaults.Of(error)));

        await System.IO.File.WriteAllBytesAsync(spooled, whole);
        await lab.RunAsync(ticket, default);
        await AssertTotalsAsync(lab, ticket.ImportId);
    }

    [Fact]
    public async Task Steps_add_up_their_turns()
    {
        await using var lab = await OpenAsync();
        var ticket = await lab.AcceptAsync("payments", Encoding.UTF8.GetBytes(File));
        await lab.RunAsync(ticket, default);

        Assert.Equal(
            ["import succeeded 50 50", "validate succeeded 50 40", "score succeeded 30 30", "load succeeded 40 30"],
            await lab.QueryAsync<string>("select concat_ws(' ', stage, status, rows_in, rows_out) from ops.run_steps order by step_number"));
        Assert.Equal(Batches, (await lab.QueryAsync<long>("select record_count from ops.batches where loaded_at is not null")).Count);
    }

    private static string Line(int n, string amount) => $"P{n:000},CUST00001,MERCH0001,{amount},USD,PAYPAL,SUCCESS,2025-03-{(n / 5) + 1:00}\n";

    private static async Task<ImportLab> OpenAsync()
    {
        var lab = await ImportLab.OpenAsync(("Import:BatchRecords", "10"));
        await lab.AddReferencesAsync();
        return lab;
    }

    private static async Task AssertTotalsAsync(ImportLab lab, long importId)
    {
        var report = await lab.ReportAsync(importId);
        Assert.Equal(("completed", (50L, 30L, 10L, 10L), 50L), (report.Status, report.Counts, report.NextRecord));
        Assert.Equal(new Dictionary<string, long> { ["amount.format"] = 10 }, report.ByReason);
        Assert.Equal(Enumerable.Range(0, 10).Select(n => (n * 5L) + 5), report.Refused.Select(row => row.Record));
        Assert.Equal([30L], await lab.QueryAsync<long>("select count(*) from public.payments"));
        await lab.AssertRollupsAreExactAsync();
    }
}
