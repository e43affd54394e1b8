using System.Text;
using Payments.Pipeline.Import;
using Payments.Pipeline.Import.Json;

namespace Payments.Pipeline.Tests.Import;

/// <summary>JSON, whatever it looks like: lines one by one, documents as a whole.</summary>
public sealed class JsonFilesTests
{
    private const string Good = """{"payment_id":"G","customer_id":"CUST00001","merchant_id":"MERCH0001","amount":12.30,"currency":"USD","payment_method":"PAYPAL","status":"SUCCESS","payment_date":"2025-03-01"}""";

    [Fact]
    public async Task A_line_that_is_wrong_is_refused_with_its_line_and_the_others_go_on()
    {
        (string Line, string Reasons)[] lines =
        [
            (Good[..60], "row.json"),
            (Good, ""),
            (Record("A", "\"amount\":\"1.50\""), ""),
            (Record("B", "\"amount\":1e3"), "amount.format"),
            (Record("C", "\"amount\":123456789012345678901234567890"), "amount.too_large"),
            (Record("D", "\"amount\":null"), "amount.missing"),
            (Record("E", "\"amount\":{}"), "row.nesting amount.missing"),
            (Record("F", "\"amount\":1,\"Amount\":1"), "row.repeated_key"),
            (Record("H", "\"amount\":1,\"x\":[1,{\"y\":2}],\"x\":2"), "row.repeated_key"),
            (Record("I\\u0000", "\"amount\":1"), "row.control_char"),
            (Record("J\\ud800", "\"amount\":1"), "row.encoding payment_id.format"),
            (Record("K", "\"amount\":1") + " x", "row.json"),
            ("[1]", "row.json"),
            (Record("L", $"\"amount\":1,\"deep\":{new string('[', 70)}{new string(']', 70)}"), "row.json"),
            (Record("M", $"\"amount\":\"{new string('9', 300)}\""), "amount.too_large"),
            (Record("N", $"\"amount\":1,\"note\":\"{new string('x', 300)}\""), "field.too_long"),
            (Record("O", $"\"amount\":1,\"note\":\"{new string('x', 1_000_000)}\""), "field.too_long"),
            (Record("P", $"\"amount\":1,\"note\":[{string.Join(',', Enumerable.Repeat(1, 200_000))}]"), "row.too_large"),
            (new string('x', 10_000_000), "row.json"),
            (Record("Q", "\"amount\":1").Replace("payment_id", "payment\\u005fid", StringComparison.Ordinal), ""),
        ];
        await using var lab = await ImportLab.OpenAsync();
        await lab.AddReferencesAsync();
        foreach (var (end, isMarked) in new[] { ("\n", true), ("\r\n", false), ("\r", false), ("\n \n\n", false) })
        {
            await lab.ExecuteAsync("truncate public.payments, public.payment_keys");
            var report = await lab.ImportAsync(null, (isMarked ? "\uFEFF" : "") + string.Join(end, lines.Select(line => line.Line)));

            Assert.Equal((null, "payments"), (report.Detail, report.Profile));
            var step = end.Trim(' ').Length == 4 ? 3 : 1;
            var expected = lines.Select((line, i) => (Line: (i * step) + 1L, line.Reasons)).Where(line => line.Reasons.Length > 0);
            Assert.Equal(expected, report.Refused.Select(row => (row.Line, string.Join(' ', row.Reasons))));
            Assert.Equal(["header.extra_column"], report.Warnings);
            Assert.Equal(["A 1.500", "G 12.300", "Q 1.000"], await lab.QueryAsync<string>("select payment_id || ' ' || amount from public.payments order by payment_id"));
        }

    }

    [Theory]
    [InlineData("[{},{}")]
    [InlineData("[{},]")]
    [InlineData("[{}] {}")]
    [InlineData("{\"a\":1")]
    [InlineData("{\"a\":1} x")]
    [InlineData("{\n\"a\":1,\n\"b\":\n")]
    [InlineData("{\"object\":\"list\",\"data\":[{}]}\n{\"object\":\"list\",\"data\":[{}]}")]
    [InlineData("{garbage")]
    public async Task A_document_that_is_broken_is_refused_as_a_whole(string document)
    {
        var lines = JsonSurvey.RunAsync(new TricklingStream(Encoding.UTF8.GetBytes(document), new Random(1), 3), default);
        Assert.Equal("file.json", (await Assert.ThrowsAsync<FileRejectedException>(() => lines)).Code);
    }

    [Theory]
    [InlineData("{}\n{}", "Lines")]
    [InlineData("{\"a\":\"cut\n{}\n", "Lines")]
    [InlineData("{\"a\":1,\n{\"a\":1}\n", "Lines")]
    [InlineData("{} x\n{}\n", "Lines")]
    [InlineData("{\n}", "Object")]
    [InlineData("{\"object\":\"list\",\"data\":{}}", "Object")]
    [InlineData("[\n]", "Array")]
    [InlineData("{\"data\":[{\"data\":[]}],\"object\":\"list\"}", "Page")]
    [InlineData("{\"object\":\"search_result\",\"has_more\":true,\"data\":[]}", "Page")]
    public async Task Lines_and_documents_are_told_apart(string file, string shape)
    {
        for (var piece = 1; piece < 20; piece++)
        {
            var form = await JsonSurvey.RunAsync(new TricklingStream(Encoding.UTF8.GetBytes(file), new Random(piece), piece), default);
            Assert.Equal((shape, file.Contains("has_more", StringComparison.Ordinal)), (form.Shape.ToString(), form.HasMore));
        }
    }

    [Fact]
    public async Task A_document_gives_its_elements_with_their_lines_and_a_late_break_writes_nothing()
    {
        await using var lab = await ImportLab.OpenAsync(("Import:BatchRecords", "1"));
        await lab.AddReferencesAsync();
        var big = $"{{\"note\":\"{new string('x', 700_000)}\"}}";
        var document = $"[\n{Good},\r\n  {{\n \"payment_id\": \"X\"\n}}, 12,\n\"text\", null, [{Good}],\n{big},{Good.Replace("\"G\"", "\"Z\"", StringComparison.Ordinal)}]\n";

        Assert.Equal("file.json", (await lab.ImportAsync(null, document[..^4] + "\"}")).FileRejected);
        Assert.Empty(await lab.QueryAsync<string>("select payment_id from public.payments"));

        var report = await lab.ImportAsync(null, document);
        Assert.Equal((8, 2, 0, 6), report.Counts);
        Assert.Equal(
            ["2 3 customer_id.missing", "3 5 row.json", "4 6 row.json", "5 6 row.json", "6 6 row.json", "7 7 field.too_long"],
            report.Refused.Select(row => $"{row.Record} {row.Line} {row.Reasons[0]}"));
        Assert.Equal("{\\n \"payment_id\": \"X\"\\n}", report.Refused[0].Raw);
    }

    [Fact]
    public async Task Without_a_profile_the_content_tells_it_or_the_file_is_refused_with_what_was_seen_and_what_is_offered()
    {
        await using var lab = await ImportLab.OpenAsync();
        (string File, string? Profile)[] files =
        [
            ("customer_id,customer_name,email\nC1,A,a@example.com\n", "customers"),
            ("merchant_id,settles_from\nM1,2025-01-01\n", "merchants"),
            ("{\"customer_id\":\"C2\",\"customer_name\":\"B\"}", "customers"),
            ("[{\"merchant_id\":\"M2\"}]", "merchants"),
            ("TX_DATETIME,TRANSACTION_ID,CUSTOMER_ID,TERMINAL_ID,TX_AMOUNT,TX_FRAUD,TX_TIME_DAYS\n", "handbook"),
            ("{\"object\":\"list\",\"data\":[]}", "stripe_charges"),
            ("customer_id,merchant_id\nC1,M1\n", null),
            ("customer_id,a,b,c\nC1,1,2,3\n", null),
            ("payment_id,customer_id,merchant_id,amount,payment_method,status,payment_date\n", null),
            ("4242424242424242,x\n", null),
            ("[]", null),
            ("{\"object\":\"topup\",\"id\":\"tu_1\"}", null),
        ];
        foreach (var (file, profile) in files)
        {
            var report = await lab.ImportAsync(null, file);
            Assert.Equal((profile, profile is null ? "file.profile" : null), (report.Profile, report.FileRejected));
            if (profile is null) Assert.Contains("Offered, with what each needs: ", report.Detail, StringComparison.Ordinal);
        }

        Assert.Contains("Seen: ************4242, x.", (await lab.ImportAsync(null, files[9].File)).Detail, StringComparison.Ordinal);
        Assert.Contains("object = topup", (await lab.ImportAsync("stripe", files[^1].File)).Detail, StringComparison.Ordinal);
        Assert.Equal("file.profile", (await lab.ImportAsync("stripe_charges", files[0].File)).FileRejected);
        Assert.Equal("header.extra_column", Assert.Single((await lab.ImportAsync("merchants", "[{\"merchant_id\":\"M3\",\"x\":{}}]")).Warnings));
    }

    [Fact]
    public async Task A_key_that_an_object_lacks_leaves_the_store_as_it_is_and_null_empties_it()
    {
        await using var lab = await ImportLab.OpenAsync();
        await lab.ImportAsync("customers", "{\"customer_id\":\"C1\",\"customer_name\":\"A\",\"phone\":\"1\",\"country\":\"DE\"}\n{\"customer_id\":\"C1\",\"phone\":null}\n{\"customer_id\":\"C1\",\"credit_score\":650}\n");
        Assert.Equal("A - DE MEDIUM", Assert.Single(await lab.QueryAsync<string>("select concat_ws(' ', customer_name, coalesce(phone, '-'), country, risk_category) from public.customers")));

        await lab.ImportAsync("merchants", "[{\"merchant_id\":\"M1\",\"merchant_name\":\"A\",\"country\":\"DE\"},{\"merchant_id\":\"M1\",\"country\":null},{\"merchant_id\":\"M1\",\"business_type\":\"RETAIL\"}]");
        Assert.Equal("A - RETAIL", Assert.Single(await lab.QueryAsync<string>("select concat_ws(' ', merchant_name, coalesce(country, '-'), business_type) from public.merchants")));
    }

    private static string Record(string id, string rest) => $"{{\"payment_id\":\"{id}\",{rest},{Good[(Good.IndexOf("\"customer_id", StringComparison.Ordinal))..].Replace("\"amount\":12.30,", "", StringComparison.Ordinal)}";
}
