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

    [Fact]
    public async Task Payments_and_labels_of_batches_count_however_a_file_is_cut()
    {
        var scores = new List<List<string>>();
        foreach (var batchRecords in (int[])[1, 7, 40, 1_000])
        {
            await using var lab = await ImportLab.OpenAsync(("Import:BatchRecords", $"{batchRecords}"));
            var report = await lab.ImportAsync("handbook", LabelledFile());
            Assert.Equal((300L, 300L, 0L, 0L), report.Counts);
            scores.Add(await lab.QueryAsync<string>("select concat_ws(' ', payment_id, risk_score, is_suspicious) from public.payments order by payment_id"));
            await lab.AssertRollupsAreExactAsync();
        }

        // Labels of the file itself give points: of a batch's own payments as of those before.
        Assert.Equal(["0.00", "20.00"], scores[0].Select(score => score.Split(' ')[1]).Distinct().Order(StringComparer.Ordinal));
        Assert.All(scores, other => Assert.Equal(scores[0], other));
    }

    // A hundred days of three payments: a merchant in three is abused from the twentieth day on.
    private static string LabelledFile()
    {
        var random = new Random(5);
        var lines = Enumerable.Range(0, 300).Select(i =>
        {
            var (day, merchant) = (i / 3, random.Next(0, 6));
            var at = new DateTime(2024, 3, 1, 6, 0, 0, DateTimeKind.Utc).AddDays(day).AddMinutes(i % 3 * 300);
            return string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"{i + 1},{at:yyyy-MM-dd HH:mm:ss},{random.Next(1, 8)},{merchant},{random.Next(1, 40_000) / 100m:0.00},{i},{day},{(merchant < 2 && day > 20 ? 1 : 0)},0\n");
        });
        return "TRANSACTION_ID,TX_DATETIME,CUSTOMER_ID,TERMINAL_ID,TX_AMOUNT,TX_TIME_SECONDS,TX_TIME_DAYS,TX_FRAUD,TX_FRAUD_SCENARIO\n" + string.Concat(lines);
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
