using System.Text;

namespace Payments.Pipeline.Tests.Import;

/// <summary>The rules for payments in our own CSV, each by records of its own.</summary>
public sealed class PaymentsImportTests : IAsyncLifetime
{
    private const string Tail = ",CUST00001,MERCH0001,120.50,USD,CREDIT_CARD,SUCCESS,2025-03-14T09:26:53Z";
    private ImportLab _lab = null!;

    public async Task InitializeAsync()
    {
        _lab = await ImportLab.OpenAsync();
        await _lab.AddReferencesAsync();
    }

    public async Task DisposeAsync() => await _lab.DisposeAsync();

    [Fact]
    public async Task A_good_record_is_stored_exactly()
    {
        var report = await _lab.ImportAsync("payments", ImportLab.PaymentsHeader + "P-1_a,CUST00002,MERCH0003,9999999999999.9,EUR,WALLET,FAILED,2025-01-15T14:30:00.1234567+05:30\n");

        Assert.Equal((1, 1, 0, 0), report.Counts);
        var row = Assert.Single(await _lab.QueryAsync<dynamic>("select * from public.payments"));
        Assert.Equal(
            ("P-1_a", "CUST00002", "MERCH0003", 9_999_999_999_999.900m, "EUR", "WALLET", "FAILED"),
            ((string)row.payment_id, (string)row.customer_id, (string)row.merchant_id, (decimal)row.amount, (string)row.currency, (string)row.payment_method, (string)row.payment_status));
        Assert.Equal(new DateTime(2025, 1, 15, 9, 0, 0, DateTimeKind.Utc).AddMicroseconds(123_456), (DateTime)row.transaction_date);
        Assert.Equal(2L, (long)row.line_number);
        await _lab.AssertRollupsAreExactAsync();
    }

    [Fact]
    public async Task Amounts_carry_their_currencys_digits_and_no_others()
    {
        var report = await _lab.ImportAsync("payments", ImportLab.PaymentsHeader + """
            J1,CUST00001,MERCH0001,500,JPY,CREDIT_CARD,SUCCESS,2025-03-14
            J2,CUST00001,MERCH0001,500.00,JPY,CREDIT_CARD,SUCCESS,2025-03-14
            J3,CUST00001,MERCH0001,500.50,JPY,CREDIT_CARD,SUCCESS,2025-03-14
            K1,CUST00001,MERCH0001,1.234,KWD,CREDIT_CARD,SUCCESS,2025-03-14
            K2,CUST00001,MERCH0001,1.2345,KWD,CREDIT_CARD,SUCCESS,2025-03-14
            X1,CUST00001,MERCH0001,1.234,XXQ,CREDIT_CARD,SUCCESS,2025-03-14
            """);

        Assert.Equal((6, 3, 0, 3), report.Counts);
        Assert.Equal(
            ["amount.precision", "amount.precision", "amount.precision currency.unknown"],
            [report.ReasonsOf(3), report.ReasonsOf(5), report.ReasonsOf(6)]);
        Assert.Equal([500m, 500m, 1.234m], await _lab.QueryAsync<decimal>("select amount from public.payments order by payment_id"));
    }

    [Fact]
    public async Task All_reasons_of_a_record_are_given_in_header_order_and_the_first_one_counts()
    {
        var report = await _lab.ImportAsync("payments", """
            payment_date,merchant_id,status,amount,currency,payment_id,customer_id,payment_method
            2025-02-30,NOWHERE,MAYBE,NaN,??,P 1,NOBODY,CASH
            """);

        Assert.Equal(
            "payment_date.invalid merchant_id.unknown status.unknown amount.format currency.unknown payment_id.format customer_id.unknown payment_method.unknown",
            report.ReasonsOf(1));
        Assert.Equal(new Dictionary<string, long> { ["payment_date.invalid"] = 1 }, report.ByReason);
    }

    [Fact]
    public async Task Row_reasons_come_first_and_other_records_go_on()
    {
        byte[] file =
        [
            .. Encoding.UTF8.GetBytes(ImportLab.PaymentsHeader),
            .. "P\xFF"u8[..1], 0xFF, .. Encoding.UTF8.GetBytes(Tail + "\n"),
            .. "P\0"u8, .. Encoding.UTF8.GetBytes(Tail + "\n"),
            .. Encoding.UTF8.GetBytes($"P3{Tail},more\nP4\nP\"5{Tail}\n\"P6\"x{Tail}\n{new string('P', 257)}{Tail}\n"),
            .. Encoding.UTF8.GetBytes($"P8{Tail}\rP9{Tail}\r\n\n\nP10{Tail}"),
        ];
        var report = await _lab.ImportAsync("payments", file);

        Assert.Equal((10, 3, 0, 7), report.Counts);
        Assert.Equal(
            ["2 row.encoding", "3 row.control_char", "4 row.field_count", "5 row.field_count", "6 row.quote", "7 row.quote", "8 field.too_long"],
            report.Refused.Select(row => $"{row.Line} {string.Join(' ', row.Reasons)}"));
        Assert.Equal($"P\\xFF{Tail}", report.Refused[0].Raw);
        Assert.Equal($"P\\u{{0}}{Tail}", report.Refused[1].Raw);
        Assert.Equal([9L, 10L, 13L], await _lab.QueryAsync<long>("select line_number from public.payments order by line_number"));
    }

    [Fact]
    public async Task A_quote_never_closed_holds_the_rest_of_the_file()
    {
        var report = await _lab.ImportAsync("payments", $"{ImportLab.PaymentsHeader}P1{Tail}\n\"P2{Tail}\nP3{Tail}\n");

        Assert.Equal((2, 1, 0, 1), report.Counts);
        Assert.Equal(("row.quote", 3L, $"\"P2{Tail}\\nP3{Tail}\\n"), (report.ReasonsOf(2), report.Refused[0].Line, report.Refused[0].Raw));
    }

    [Fact]
    public async Task Times_before_2000_or_after_now_are_refused()
    {
        var future = TimeProvider.System.GetUtcNow().AddMinutes(5).ToString("yyyy-MM-ddTHH:mm:ssZ");
        var report = await _lab.ImportAsync("payments", ImportLab.PaymentsHeader + $"""
            P1,CUST00001,MERCH0001,1,USD,CREDIT_CARD,SUCCESS,1999-12-31T23:59:59.9999999Z
            P2,CUST00001,MERCH0001,1,USD,CREDIT_CARD,SUCCESS,2000-01-01T00:00:00Z
            P3,CUST00001,MERCH0001,1,USD,CREDIT_CARD,SUCCESS,0001-01-01T00:00:00+05:00
            P4,CUST00001,MERCH0001,1,USD,CREDIT_CARD,SUCCESS,{future}
            P5,CUST00001,MERCH0001,1,USD,CREDIT_CARD,SUCCESS,9999-12-31T23:59:59-05:00
            """);

        Assert.Equal(
            ["1 payment_date.too_old", "3 payment_date.too_old", "4 payment_date.future", "5 payment_date.future"],
            report.Refused.Select(row => $"{row.Record} {string.Join(' ', row.Reasons)}"));
    }

    [Fact]
    public async Task The_same_content_is_a_duplicate_other_content_a_conflict_over_all_files()
    {
        await _lab.ImportAsync("payments", $"{ImportLab.PaymentsHeader}P1{Tail}\nP2{Tail}\n");
        var report = await _lab.ImportAsync("payments", ImportLab.PaymentsHeader + """
            P1,CUST00001,MERCH0001,120.5,USD,CREDIT_CARD,SUCCESS,2025-03-14T10:26:53+01:00
            P2,CUST00001,MERCH0001,120.51,USD,CREDIT_CARD,SUCCESS,2025-03-14T09:26:53Z
            P3,CUST00001,MERCH0001,bad,USD,CREDIT_CARD,SUCCESS,2025-03-14T09:26:53Z
            P3,CUST00001,MERCH0001,5,USD,CREDIT_CARD,SUCCESS,2025-03-14T09:26:53Z
            P3,CUST00001,MERCH0001,5.00,USD,CREDIT_CARD,SUCCESS,2025-03-14T09:26:53Z
            P3,CUST00001,MERCH0001,6,USD,CREDIT_CARD,SUCCESS,2025-03-14T09:26:53Z
            """);

        Assert.Equal((6, 1, 2, 3), report.Counts);
        Assert.Equal(new Dictionary<string, long> { ["amount.format"] = 1, ["payment_id.conflict"] = 2 }, report.ByReason);
        await _lab.AssertRollupsAreExactAsync();
    }

    [Theory]
    [InlineData("", "file.empty")]
    [InlineData("\n\r\n \t\n", "file.empty")]
    [InlineData("\uFEFF", "file.empty")]
    [InlineData("payment_id,customer_id\nP1,C1\n", "file.header")]
    [InlineData("payment_id,customer_id,merchant_id,amount,currency,payment_method,status,payment_date,Amount\n", "file.header")]
    [InlineData("\"payment_id,customer_id,merchant_id,amount,currency,payment_method,status,payment_date\n", "file.header")]
    public async Task A_file_that_cannot_be_read_writes_nothing(string content, string code)
    {
        var report = await _lab.ImportAsync("payments", content);

        Assert.Equal(("rejected", code, (0L, 0L, 0L, 0L)), (report.Status, report.FileRejected, report.Counts));
        Assert.Equal([0L], await _lab.QueryAsync<long>("select count(*) from ops.batches"));
    }

    [Theory]
    [InlineData("FFFE70006100")]
    [InlineData("FEFF00700061")]
    [InlineData("70006100")]
    [InlineData("1F8B0800000000000003")]
    [InlineData("504B030414000000")]
    [InlineData("7061E96D656E742C")]
    public async Task Bytes_of_another_kind_are_refused_as_a_file(string bytes)
    {
        var report = await _lab.ImportAsync("payments", Convert.FromHexString(bytes));
        Assert.Equal("file.encoding", report.FileRejected);
    }

    [Fact]
    public async Task The_wrong_delimiter_is_named()
    {
        var report = await _lab.ImportAsync("payments", ImportLab.PaymentsHeader.Replace(',', ';'));
        Assert.EndsWith("The delimiter looks like a semicolon; it must be a comma.", report.Detail);
    }

    [Fact]
    public async Task Header_names_are_found_by_name_in_any_case_and_unknown_ones_are_remarked()
    {
        var report = await _lab.ImportAsync("payments", """
             Note , "PAYMENT_DATE" ,Status,payment_method,CURRENCY,amount,merchant_id,customer_id,Payment_Id
            "a ""b""
            c",2025-03-14,SUCCESS,PAYPAL,USD,1,MERCH0001,CUST00001,P1
            """.Replace(" \"PAYMENT_DATE\" ", "\" PAYMENT_DATE \""));

        Assert.Equal((1, 1, 0, 0), report.Counts);
        Assert.Equal(["header.extra_column"], report.Warnings);
    }

    [Fact]
    public async Task A_header_alone_is_remarked()
    {
        var report = await _lab.ImportAsync("payments", ImportLab.PaymentsHeader);
        Assert.Equal(("completed", (0L, 0L, 0L, 0L), "file.no_records"), (report.Status, report.Counts, Assert.Single(report.Warnings)));
    }

    [Fact]
    public async Task A_line_of_ten_million_characters_and_a_field_of_a_megabyte_are_single_refused_records()
    {
        var report = await _lab.ImportAsync("payments", $"{ImportLab.PaymentsHeader}{new string('x', 10_000_000)}\nP2,{new string('é', 500_000)}{Tail}\nP3{Tail}\n");

        Assert.Equal((3, 1, 0, 2), report.Counts);
        Assert.Equal(["row.field_count field.too_long", "row.field_count field.too_long"], [report.ReasonsOf(1), report.ReasonsOf(2)]);
        Assert.All(report.Refused, row => Assert.Equal((true, 4_000), (row.IsCut, row.Raw.Length)));
    }
}
