namespace Payments.Pipeline.Tests.Import;

public sealed class HandbookImportTests
{
    [Fact]
    public async Task Card_transactions_make_their_references_and_frauds_become_labels_known_later()
    {
        await using var lab = await ImportLab.OpenAsync();
        var report = await lab.ImportAsync("handbook", """
            TRANSACTION_ID,TX_DATETIME,CUSTOMER_ID,TERMINAL_ID,TX_AMOUNT,TX_TIME_SECONDS,TX_TIME_DAYS,TX_FRAUD,TX_FRAUD_SCENARIO
            1,2018-05-14 00:00:01,851,9335,61.65,3715201,43,0,0
            2,2018-05-14 08:01:46,851,9335,0.00,3715306,43,1,2
            3,2018-05-14 08:01:46,new one,9335,-1,3715306,43,2,2
            """);

        Assert.Equal((3, 2, 0, 1), report.Counts);
        Assert.Empty(report.Warnings);
        Assert.Equal("customer_id.format amount.negative is_fraud.format", report.ReasonsOf(3));
        Assert.Equal(
            ["1 851 9335 61.650 USD SUCCESS", "2 851 9335 0.000 USD SUCCESS"],
            await lab.QueryAsync<string>("select concat_ws(' ', payment_id, customer_id, merchant_id, amount, currency, payment_method, payment_status) from public.payments order by 1"));
        Assert.Equal(["851 851"], await lab.QueryAsync<string>("select concat_ws(' ', customer_id, customer_name) from public.customers"));
        Assert.Equal(
            ["2 handbook t 2018-05-21 08:01:46"],
            await lab.QueryAsync<string>("select concat_ws(' ', payment_id, source, is_fraud, known_at at time zone 'UTC') from risk.labels"));
    }
}
