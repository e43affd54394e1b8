using System.Security.Cryptography;
using System.Text;

namespace Payments.Pipeline.Tests.Import;

/// <summary>A card number is stored as its keyed hash and its last four digits, and is nowhere to be read.</summary>
public sealed class CardNumbersTests
{
    private const string Key = "a key for tests only";
    private const string Header = "payment_id,customer_id,merchant_id,amount,currency,payment_method,status,payment_date,card_number\n";

    [Fact]
    public async Task A_number_becomes_a_keyed_hash_and_four_digits_and_the_file_goes()
    {
        await using var lab = await ImportLab.OpenAsync(("Cards:HashKey", Key));
        await lab.AddReferencesAsync();
        var file = Header
            + Row("P1", "4242424242424242")
            + Row("P2", "4242 4242-4242 4242")
            + Row("P3", "")
            + Row("P4", "4242424242424241")
            + Row("P5", "424242424242")
            + "P6,CUST00001,MERCH0001,1.00,USD,5555555555554444,SUCCESS,2024-01-01,378282246310005\n";
        var report = await lab.ImportAsync(null, file);

        Assert.Equal((null, "payments", (6, 3, 0, 3)), (report.Detail, report.Profile, report.Counts));
        Assert.Equal(new Dictionary<string, long> { ["card_number.format"] = 2, ["payment_method.unknown"] = 1 }, report.ByReason);
        var hash = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Key), "4242424242424242"u8));
        Assert.Equal(
            [$"P1 {hash} 4242", $"P2 {hash} 4242"],
            await lab.QueryAsync<string>("select concat_ws(' ', payment_id, encode(card_hash, 'hex'), card_last_four) from public.payment_cards order by payment_id"));
        Assert.Equal(
            [
                "P4,CUST00001,MERCH0001,10.00,USD,CREDIT_CARD,SUCCESS,2024-01-01,************4241",
                "P5,CUST00001,MERCH0001,10.00,USD,CREDIT_CARD,SUCCESS,2024-01-01,424242424242",
                "P6,CUST00001,MERCH0001,1.00,USD,************4444,SUCCESS,2024-01-01,***********0005",
            ],
            report.Refused.Select(row => row.Raw));
        Assert.Empty(Directory.EnumerateFiles(lab.SpoolPath));

        Assert.Equal((6, 0, 3, 3), (await lab.ImportAsync("payments", file)).Counts);
        Assert.Equal("payment_id.conflict", (await lab.ImportAsync("payments", Header + Row("P1", "5555555555554444"))).ReasonsOf(1));
        Assert.Equal("payment_id.conflict", (await lab.ImportAsync("payments", ImportLab.PaymentsHeader + "P1,CUST00001,MERCH0001,10.00,USD,CREDIT_CARD,SUCCESS,2024-01-01\n")).ReasonsOf(1));
        Assert.Equal(1, (await lab.ImportAsync("payments", ImportLab.PaymentsHeader + "P3,CUST00001,MERCH0001,10.00,USD,CREDIT_CARD,SUCCESS,2024-01-01\n")).Duplicates);
        await lab.AssertRollupsAreExactAsync();
    }

    [Fact]
    public async Task The_hash_of_a_record_without_a_card_is_what_it_was_before_there_were_cards()
    {
        await using var lab = await ImportLab.OpenAsync();
        await lab.AddReferencesAsync();
        await lab.ImportAsync("payments", ImportLab.PaymentsHeader + "PAY-1,CUST00001,MERCH0001,129.90,USD,CREDIT_CARD,SUCCESS,2024-01-31T14:03:27Z\n");
        Assert.Equal(LiteralHash, Assert.Single(await lab.QueryAsync<string>("select content_hash::text from public.payment_keys")));
    }

    [Theory]
    [InlineData(Header)]
    [InlineData("{\"payment_id\":\"P0\"}\n{\"payment_id\":\"P1\",\"card\\u005fnumber\":\"4242424242424242\"}\n")]
    public async Task Without_a_key_a_file_with_numbers_is_refused_as_a_whole(string start)
    {
        await using var lab = await ImportLab.OpenAsync();
        var report = await lab.ImportAsync("payments", start.StartsWith('{') ? start : start + Row("P1", "4242424242424242"));
        Assert.Equal(("file.card_key", (0L, 0L, 0L, 0L)), (report.FileRejected, report.Counts));
        Assert.Contains("Cards:HashKey", report.Detail, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(lab.SpoolPath));
    }

    [Fact]
    public async Task Without_a_key_other_files_are_taken_and_stripes_cards_left_out()
    {
        await using var lab = await ImportLab.OpenAsync();
        var report = await lab.ImportAsync(null, """{"object":"charge","id":"ch_1","amount":100,"currency":"usd","status":"succeeded","captured":true,"refunded":false,"created":1700000000,"customer":"cus_1","payment_method_details":{"type":"card","card":{"funding":"debit","fingerprint":"Fp1","last4":"0005"}}}""");
        Assert.Equal((1, 1, 0, 0), report.Counts);
        Assert.Empty(await lab.QueryAsync<string>("select payment_id from public.payment_cards"));
    }

    [Fact]
    public async Task A_file_that_another_import_waits_for_stays_until_that_one_has_read_it()
    {
        await using var lab = await ImportLab.OpenAsync(("Cards:HashKey", Key));
        await lab.AddReferencesAsync();
        var file = Encoding.UTF8.GetBytes(Header + Row("P1", "4242424242424242"));
        var (first, second) = (await lab.AcceptAsync("payments", file), await lab.AcceptAsync("payments", file));
        await lab.RunAsync(first, default);
        Assert.Single(Directory.EnumerateFiles(lab.SpoolPath));
        Assert.Equal(1, (await lab.RunAsync(second, default)).Duplicates);
        Assert.Empty(Directory.EnumerateFiles(lab.SpoolPath));
    }

    [Theory]
    [InlineData("a 4242424242424242 b", "a ************4242 b")]
    [InlineData("4242 4242 4242 4242,x", "**** **** **** 4242,x")]
    [InlineData("4242-4242-4242-4242", "****-****-****-4242")]
    [InlineData("4242424242424241", "4242424242424241")]
    [InlineData("PAY-00000000000000", "PAY-**********0000")]
    [InlineData("2024-01-01 12:00:00", "2024-01-01 12:00:00")]
    [InlineData("x378282246310005", "x***********0005")]
    public void Numbers_with_a_right_check_digit_are_masked_in_texts(string text, string expected) =>
        Assert.Equal(expected, Payments.Pipeline.Validate.CardNumberText.Mask(text));

    private static string Row(string id, string card) => $"{id},CUST00001,MERCH0001,10.00,USD,CREDIT_CARD,SUCCESS,2024-01-01,{card}\n";

    private const string LiteralHash = "8280e776-a93b-d1b3-f13b-6e8505bbd2e6";
}
