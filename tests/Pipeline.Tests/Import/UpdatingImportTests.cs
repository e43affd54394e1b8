using System.Text;
using Npgsql;
using Payments.Pipeline.Import;

namespace Payments.Pipeline.Tests.Import;

/// <summary>Files with <c>mode=update</c>: the same outcome wherever a batch ends, however often they are sent or cut off.</summary>
public sealed class UpdatingImportTests
{
    // Of three payments that are known and two that are not: 6 accepted, 2 duplicates, 3 refused.
    private static readonly string[] Records =
    [
        Line("A", "SUCCESS"), Line("N", "PENDING"), Line("B", "PENDING"), Line("A", "REFUNDED"), Line("N", "SUCCESS"), Line("C", "SUCCESS"),
        Line("N", "REFUNDED"), Line("B", "SUCCESS", "9.99"), Line("B", "FAILED"), Line("A", "REFUNDED"), Line("N", "SUCCESS"),
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(50)]
    public async Task Records_count_in_file_order_wherever_a_batch_ends(int batchRecords)
    {
        await using var lab = await OpenAsync(batchRecords);

        AssertFirst(await lab.ImportAsync("payments", File(), ImportMode.Update));
        await AssertStoreAsync(lab);

        var again = await lab.ImportAsync("payments", File(), ImportMode.Update);
        Assert.Equal((11, 0, 8, 3), again.Counts);
        await AssertStoreAsync(lab);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(6)]
    [InlineData(8)]
    [InlineData(10)]
    public async Task A_crash_in_mid_batch_undoes_that_batch_only_and_the_next_attempt_ends_the_same(int records)
    {
        await using var lab = await OpenAsync(batchRecords: 2);
        var ticket = await lab.AcceptAsync("payments", Encoding.UTF8.GetBytes(File()), mode: ImportMode.Update);
        await lab.ExecuteAsync($"""
            create function public.crash() returns trigger language plpgsql as $$ begin raise exception 'crash'; end $$;
            create trigger crash before update on ops.imports for each row when (new.next_record > {records}) execute function public.crash();
            """);
        await Assert.ThrowsAsync<PostgresException>(() => lab.RunAsync(ticket, default));
        Assert.Equal(records, (await lab.ReportAsync(ticket.ImportId)).NextRecord);
        await lab.AssertExactAsync();

        await lab.ExecuteAsync("drop trigger crash on ops.imports");
        await lab.RunAsync(ticket, default);

        AssertFirst(await lab.ReportAsync(ticket.ImportId));
        await AssertStoreAsync(lab);
    }

    [Fact]
    public async Task Without_update_the_file_only_brings_what_is_new()
    {
        await using var lab = await OpenAsync(50);

        var report = await lab.ImportAsync("payments", File());

        Assert.Equal((11, 1, 1, 9), report.Counts);
        Assert.Equal(new Dictionary<string, long> { ["payment_id.conflict"] = 9 }, report.ByReason);
        Assert.Equal([0L], await lab.QueryAsync<long>("select count(*) from ops.payment_history"));
    }

    [Fact]
    public async Task Two_files_at_once_move_each_payment_once()
    {
        await using var lab = await OpenAsync(batchRecords: 20);
        var ids = Enumerable.Range(0, 200).Select(n => $"P{n}").ToList();
        await lab.ImportAsync("payments", ImportLab.PaymentsHeader + string.Concat(ids.Select(id => Line(id, "PENDING"))));

        var forwards = await AcceptAsync(ids);
        var backwards = await AcceptAsync([.. Enumerable.Reverse(ids)]);
        await Task.WhenAll(lab.RunAsync(forwards, default), lab.RunAsync(backwards, default));

        var reports = new[] { await lab.ReportAsync(forwards.ImportId), await lab.ReportAsync(backwards.ImportId) };
        Assert.Equal((200, 200, 0), (reports.Sum(report => report.Accepted), reports.Sum(report => report.Duplicates), reports.Sum(report => report.Rejected)));
        Assert.Equal(["SUCCESS 200"], await lab.QueryAsync<string>("select concat_ws(' ', payment_status, count(*)) from public.payments where payment_id like 'P%' group by payment_status"));
        await lab.AssertExactAsync();

        Task<ImportTicket> AcceptAsync(List<string> order) => lab.AcceptAsync(
            "payments", Encoding.UTF8.GetBytes(ImportLab.PaymentsHeader + string.Concat(order.Select(id => Line(id, "SUCCESS")))), mode: ImportMode.Update);
    }

    private static string File() => ImportLab.PaymentsHeader + string.Concat(Records);

    private static string Line(string id, string status, string amount = "10.00") => $"{id},CUST00001,MERCH0001,{amount},USD,WALLET,{status},2025-03-14T09:26:53Z\n";

    private static async Task<ImportLab> OpenAsync(int batchRecords)
    {
        var lab = await ImportLab.OpenAsync(("Import:BatchRecords", $"{batchRecords}"));
        await lab.AddReferencesAsync();
        await lab.ImportAsync("payments", ImportLab.PaymentsHeader + Line("A", "PENDING") + Line("B", "PENDING") + Line("C", "FAILED"));
        return lab;
    }

    private static void AssertFirst(ImportReport report)
    {
        Assert.Equal((11, 6, 2, 3), report.Counts);
        Assert.Equal(
            ["7 status.transition", "9 payment_id.conflict", "12 status.transition"],
            report.Refused.Select(row => $"{row.Line} {string.Join(' ', row.Reasons)}"));
        Assert.Equal(new Dictionary<string, long> { ["status.transition"] = 2, ["payment_id.conflict"] = 1 }, report.ByReason);
    }

    private static async Task AssertStoreAsync(ImportLab lab)
    {
        Assert.Equal(
            ["A REFUNDED", "B FAILED", "C FAILED", "N REFUNDED"],
            await lab.QueryAsync<string>("select concat_ws(' ', payment_id, payment_status) from public.payments order by payment_id"));
        Assert.Equal(
            ["2 A PENDING SUCCESS", "5 A SUCCESS REFUNDED", "6 N PENDING SUCCESS", "8 N SUCCESS REFUNDED", "10 B PENDING FAILED"],
            await lab.QueryAsync<string>("select concat_ws(' ', line_number, payment_id, previous_status, new_status) from ops.payment_history order by line_number"));
        await lab.AssertExactAsync();
    }
}
