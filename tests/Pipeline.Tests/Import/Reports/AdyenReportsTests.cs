namespace Payments.Pipeline.Tests.Import.Reports;

/// <summary>Adyen's settlement details: the columns tell the direction, a batch adds up to what it pays out.</summary>
public sealed class AdyenReportsTests
{
    private const string Header =
        "Company Account,Merchant Account,Psp Reference,Merchant Reference,Payment Method,Creation Date,TimeZone,Type,Modification Reference,Gross Currency,Gross Debit (GC),Gross Credit (GC),"
        + "Exchange Rate,Net Currency,Net Debit (NC),Net Credit (NC),Commission (NC),Markup (NC),Scheme Fees (NC),Interchange (NC),Payment Method Variant,Modification Merchant Reference,"
        + "Batch Number,Reserved4,Reserved5,Reserved6,Reserved7,Reserved8,Reserved9,Reserved10\n";

    private static string Line(
        string type, string psp, string gross, string net, string fees = ",,,", string modification = "", string reference = "", string currency = "EUR", string grossCurrency = "EUR",
        string rate = "1", string created = "2024-03-01 10:00:00", string zone = "CET", string batch = "12", string account = "Shop") =>
        $"Company,{account},{psp},{reference},visa,{created},{zone},{type},{modification},{grossCurrency},{gross},{rate},{currency},{net},{fees},visadebit,,{batch},,,,,,,\n";

    [Fact]
    public async Task A_batch_is_taken_by_its_columns_with_its_payout()
    {
        await using var lab = await ImportLab.OpenAsync();
        var file = Header
            + Line("Settled", "PSP1", ",100.00", ",98.50", ",0.30,0.20,1.00", "MOD1", "order-1")
            + Line("Settled", "PSP2", ",110.00", ",97.00", "3.00,,,", "MOD2", "order-2", grossCurrency: "USD", rate: "0.90909")
            + Line("Refunded", "PSP1", "20.00,", "20.10,", ",0.10,,", "MOD3", "order-1", zone: "CEST", created: "2024-07-01 00:30:00")
            + Line("Chargeback", "PSP3", "5.00,", "15.00,", "10.00,,,", "MOD4", "order-3", zone: "Europe/Amsterdam", created: "2024-07-01 00:30:00")
            + Line("ChargebackReversed", "PSP3", ",5.00", ",5.00", modification: "MOD5", zone: "+05:30")
            + Line("Fee", "", ",", "0.40,", rate: "") + Line("Fee", "", ",", "0.40,", rate: "")
            + Line("Settled", "PSP9", "7.00,", "7.00,", modification: "MOD9")
            + Line("Balancetransfer", "", ",", ",2.40", rate: "")
            + Line("MerchantPayout", "", ",", "160.00,", modification: "TX77", rate: "", created: "2024-07-03 02:00:00");
        var first = await lab.ImportAsync(null, file);

        Assert.Equal((null, "adyen_settlement_details", (10, 10, 0, 0)), (first.Detail, first.Profile, first.Counts));
        Assert.Empty(first.Warnings);
        Assert.Equal(
            [
                "adyen Shop PSP1/MOD1/Settled/12 Shop/12/EUR payment Settled order-1 EUR 100.000 1.500 98.500 1.0000000000 2024-03-01 09:00:00",
                "adyen Shop PSP2/MOD2/Settled/12 Shop/12/EUR payment Settled order-2 EUR 100.000 3.000 97.000 110.000 USD 0.9090900000 2024-03-01 09:00:00",
                "adyen Shop PSP1/MOD3/Refunded/12 Shop/12/EUR refund Refunded order-1 EUR -20.000 0.100 -20.100 1.0000000000 2024-06-30 22:30:00",
                "adyen Shop PSP3/MOD4/Chargeback/12 Shop/12/EUR chargeback Chargeback order-3 EUR -5.000 10.000 -15.000 1.0000000000 2024-06-30 22:30:00",
                "adyen Shop PSP3/MOD5/ChargebackReversed/12 Shop/12/EUR chargeback_reversed ChargebackReversed - EUR 5.000 0.000 5.000 1.0000000000 2024-03-01 04:30:00",
                "adyen Shop 12/Fee/2024-03-01 10:00:00/-400/EUR#1 Shop/12/EUR fee Fee - EUR -0.400 0.000 -0.400 2024-03-01 09:00:00",
                "adyen Shop 12/Fee/2024-03-01 10:00:00/-400/EUR#2 Shop/12/EUR fee Fee - EUR -0.400 0.000 -0.400 2024-03-01 09:00:00",
                "adyen Shop PSP9/MOD9/Settled/12 Shop/12/EUR payment Settled - EUR -7.000 0.000 -7.000 1.0000000000 2024-03-01 09:00:00",
                "adyen Shop 12/Balancetransfer/2024-03-01 10:00:00/2400/EUR#1 Shop/12/EUR transfer Balancetransfer - EUR 2.400 0.000 2.400 2024-03-01 09:00:00",
                "adyen Shop /TX77/MerchantPayout/12 Shop/12/EUR payout MerchantPayout - EUR -160.000 0.000 -160.000 2024-07-03 01:00:00",
            ],
            await lab.LinesAsync());
        Assert.Equal(["adyen Shop/12/EUR Shop 160.000 EUR in_transit 2024-07-03 01:00:00 TX77 stated"], await lab.PayoutsAsync());
        Assert.Equal((10, 0, 10, 0), (await lab.ImportAsync(null, file)).Counts);
        await lab.AssertPayoutsFollowLinesAsync();
    }

    [Fact]
    public async Task Each_currency_of_a_batch_pays_out_by_itself()
    {
        await using var lab = await ImportLab.OpenAsync();
        var report = await lab.ImportAsync(null, Header
            + Line("Settled", "P1", ",100", ",100", currency: "JPY", grossCurrency: "JPY") + Line("Settled", "P2", ",1.234", ",1.234", currency: "KWD", grossCurrency: "KWD")
            + Line("MerchantPayout", "", ",", "100,", modification: "T1", currency: "JPY", grossCurrency: "") + Line("MerchantPayout", "", ",", "1.234,", modification: "T2", currency: "KWD", grossCurrency: "")
            + Line("Settled", "P3", ",1", ",1", batch: "13"));
        Assert.Equal((null, (5, 5, 0, 0)), (report.Detail, report.Counts));
        Assert.Equal(["report.no_payout"], report.Warnings);
        Assert.Equal(
            [
                "adyen Shop/12/JPY Shop 100.000 JPY in_transit 2024-03-01 09:00:00 T1 stated", "adyen Shop/12/KWD Shop 1.234 KWD in_transit 2024-03-01 09:00:00 T2 stated",
                "adyen Shop/13/EUR Shop 1.000 EUR in_transit summed",
            ],
            await lab.PayoutsAsync());
    }

    [Theory]
    [InlineData("Settled", ",10.00", ",9.00", "0.50,,,", "file.net", "Line 2: gross 10.00 less fee 0.50 is 9.50, net is 9.00 (difference -0.50).")]
    [InlineData("Novelty", ",10.00", ",9.50", "0.50,,,", "file.category", "Line 2: Type is \"Novelty\", which is not known.")]
    [InlineData("Settled", ",10.00", ",9.50", "0.50,,,", "file.payout", "Payout Shop/12/EUR: 1 lines add up to 9.50, the payout (line 3) is 9.60 (difference 0.10).")]
    [InlineData("Settled", ",10.00", ",x", "0.50,,,", "file.payout", "Payout Shop/12/EUR: 0 lines add up to 0.00, the payout (line 3) is 9.60 (difference 9.60). 1 lines could not be read (line 2: net.format).")]
    public async Task A_batch_that_does_not_hold_is_refused_as_a_whole(string type, string gross, string net, string fees, string code, string detail)
    {
        await using var lab = await ImportLab.OpenAsync();
        var report = await lab.ImportAsync(null, Header + Line(type, "P1", gross, net, fees, "M1") + Line("MerchantPayout", "", ",", "9.60,", modification: "T1"));
        Assert.Equal(("rejected", code, detail), (report.Status, report.FileRejected, report.Detail));
        Assert.Empty(await lab.LinesAsync());
    }

    [Fact]
    public async Task Fees_finer_than_money_explain_the_difference_to_the_minor_unit_and_absent_ones_are_the_difference()
    {
        await using var lab = await ImportLab.OpenAsync();
        var taken = await lab.ImportAsync(null, Header + Line("Settled", "P1", ",10.00", ",9.87", ",0.0432,0.0411,0.0420", "M1") + Line("Settled", "P2", ",10.00", ",9.80", modification: "M2"));
        Assert.Equal((2, 2, 0, 0), taken.Counts);
        Assert.Equal(["0.130", "0.200"], await lab.QueryAsync<string>("select fee::text from reconciliation.processor_lines order by line_id"));

        // Optional columns may be missing altogether.
        string[] optional = ["Company Account", "Payment Method", "Exchange Rate", "Commission (NC)", "Markup (NC)", "Scheme Fees (NC)", "Interchange (NC)", "Payment Method Variant", "Modification Merchant Reference"];
        var names = Header.TrimEnd('\n').Split(',');
        var kept = names.Select((name, place) => (name, place)).Where(column => !optional.Contains(column.name) && !column.name.StartsWith("Reserved", StringComparison.Ordinal)).ToList();
        var values = Line("Settled", "P3", ",10.00", ",9.75", modification: "M3").TrimEnd('\n').Split(',');
        var short_ = string.Join(',', kept.Select(column => column.name)) + "\n" + string.Join(',', kept.Select(column => values[column.place])) + "\n";
        Assert.Equal((null, (1, 1, 0, 0)), (await lab.ImportAsync(null, short_)) is var report ? (report.Detail, report.Counts) : default);
        Assert.Equal("0.250", (await lab.QueryAsync<string>("select fee::text from reconciliation.processor_lines order by line_id"))[^1]);
    }

    [Fact]
    public async Task What_is_not_readable_is_refused_line_by_line_where_no_payout_depends_on_it()
    {
        await using var lab = await ImportLab.OpenAsync();
        var report = await lab.ImportAsync(null, Header
            + Line("Settled", "P1", ",1", ",1", zone: "Mars/Base") + Line("Settled", "P2", ",1", ",1", zone: "IST") + Line("Settled", "P3", ",1", ",1", zone: "")
            + Line("Settled", "P4", ",1", ",") + Line("Settled", "P5", ",1", ",-1") + Line("Settled", "P6", ",1", ",1", batch: "") + Line("Settled", "P7", ",1", ",1", batch: "x")
            + Line("Settled", "P8", ",1", ",1", created: "2024-03-31 02:30:00", zone: "Europe/Amsterdam") + Line("Settled", "P9", ",1", ",1.005") + Line("Settled", "P10", ",1", ",1", account: "")
            + Line("Settled", "P11", ",1", ",1", created: "2024-10-27 02:30:00", zone: "Europe/Amsterdam"));
        Assert.Equal((11, 1, 0, 10), report.Counts);
        Assert.Equal(
            [
                "occurred_at.unknown", "occurred_at.unknown", "occurred_at.missing", "net.missing", "net.negative", "payout_key.missing", "payout_key.format", "occurred_at.invalid",
                "net.precision", "account.missing",
            ],
            report.Refused.Select(row => row.Reasons[0]));
        Assert.EndsWith("2024-10-27 01:30:00", Assert.Single(await lab.LinesAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_that_contradicts_is_refused_and_fees_sent_again_are_known()
    {
        await using var lab = await ImportLab.OpenAsync();
        var fee = Line("Fee", "", ",", "0.40,", rate: "");
        Assert.Equal((3, 3, 0, 0), (await lab.ImportAsync(null, Header + Line("Settled", "P1", ",10", ",10", modification: "M1") + fee + fee)).Counts);
        var again = await lab.ImportAsync(null, Header + Line("Settled", "P1", ",11", ",11", modification: "M1") + fee + fee + fee);
        Assert.Equal((4, 1, 2, 1), again.Counts);
        Assert.Equal("external_id.conflict", again.ReasonsOf(1));
    }
}
