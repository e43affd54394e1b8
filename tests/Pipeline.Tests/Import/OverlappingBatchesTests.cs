namespace Payments.Pipeline.Tests.Import;

/// <summary>Batches are prepared while others are loaded, and take effect one by one all the same.</summary>
public sealed class OverlappingBatchesTests
{
    private const string File = ImportLab.PaymentsHeader
        + "A1,CUST00001,MERCH0001,10.00,USD,PAYPAL,FAILED,2025-03-01T08:00:00Z\n"
        + "A2,CUST00001,MERCH0001,10.00,USD,PAYPAL,FAILED,2025-03-01T08:01:00Z\n"
        + "A1,CUST00001,MERCH0001,10.00,USD,PAYPAL,FAILED,2025-03-01T08:00:00Z\n"
        + "A3,CUST00001,MERCH0001,10.00,USD,PAYPAL,FAILED,2025-03-01T08:02:00Z\n"
        + "A4,CUST00001,MERCH0001,10.00,USD,PAYPAL,SUCCESS,2025-03-01T08:03:00Z\n"
        + "A2,CUST00001,MERCH0001,99.00,USD,PAYPAL,FAILED,2025-03-01T08:01:00Z\n"
        + "A5,CUST00001,MERCH0001,10.00,USD,PAYPAL,SUCCESS,2025-03-02T08:03:00Z\n";

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(100)]
    public async Task Ids_and_failures_of_the_batch_before_count_however_a_file_is_cut(int batchRecords)
    {
        await using var lab = await OpenAsync(batchRecords);
        await AssertOutcomeAsync(lab);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_batch_that_loses_a_deadlock_begins_anew_before_the_one_that_is_prepared(int batchRecords)
    {
        await using var lab = await OpenAsync(batchRecords);
        await lab.ExecuteAsync("""
            create sequence public.loads;
            grant usage on sequence public.loads to payments_worker;
            create function public.lose_the_first_two() returns trigger language plpgsql as $$
            begin
                if nextval('public.loads') <= 2 then
                    raise exception 'deadlock detected' using errcode = 'deadlock_detected';
                end if;
                return null;
            end;
            $$;
            create trigger lose_the_first_two before insert on rollup.day_totals
                for each statement execute function public.lose_the_first_two();
            """);
        await AssertOutcomeAsync(lab);
    }

    private static async Task<ImportLab> OpenAsync(int batchRecords)
    {
        var lab = await ImportLab.OpenAsync(("Import:BatchRecords", $"{batchRecords}"));
        await lab.AddReferencesAsync();
        return lab;
    }

    private static async Task AssertOutcomeAsync(ImportLab lab)
    {
        var report = await lab.ImportAsync("payments", File);

        Assert.Equal(("completed", (7L, 5L, 1L, 1L)), (report.Status, report.Counts));
        Assert.Equal([6L], report.Refused.Select(row => row.Record));
        Assert.Equal(
            ["A1 10.000 0.00", "A2 10.000 0.00", "A3 10.000 0.00", "A4 10.000 50.00", "A5 10.000 0.00"],
            await lab.QueryAsync<string>("select concat_ws(' ', payment_id, amount, risk_score) from public.payments order by payment_id"));
        await lab.AssertRollupsAreExactAsync();
    }
}
