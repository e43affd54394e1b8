using System.Globalization;
using System.Text;

namespace Payments.Bench;

/// <summary>Payments as callers of the API send them: parties, amounts and methods as in the files of <see cref="ScaleFiles"/>.</summary>
internal sealed class LivePayments(ScaleOptions options, int seed)
{
    private static readonly string[] Methods =
        ["CREDIT_CARD", "CREDIT_CARD", "CREDIT_CARD", "DEBIT_CARD", "DEBIT_CARD", "WALLET", "PAYPAL", "BANK_TRANSFER", "CRYPTO"];

    private readonly Random _random = new(seed);
    private long _number;

    /// <summary>The next payment as JSON.</summary>
    public string Next()
    {
        var customer = Skewed(options.Customers);
        var roll = _random.NextDouble();
        var cents = 100 + (long)(roll * roll * roll * 1_500_000);
        var currency = (customer % 10) switch { 0 => "GBP", 1 or 2 => "EUR", _ => "USD" };
        return string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"payment_id":"LIVE-{{seed}}-{{_number++}}","customer_id":"CUST-{{customer:D7}}","merchant_id":"MERCH-{{Skewed(options.Merchants):D5}}","amount":{{cents / 100}}.{{cents % 100:D2}},"currency":"{{currency}}","payment_method":"{{Methods[_random.Next(Methods.Length)]}}","payment_status":"{{(_random.Next(100) < 90 ? "SUCCESS" : "PENDING")}}"}""");
    }

    /// <summary>So many payments as a JSON list.</summary>
    public byte[] Next(int count) => Encoding.UTF8.GetBytes($"[{string.Join(',', Enumerable.Range(0, count).Select(_ => Next()))}]");

    private int Skewed(int count)
    {
        var roll = _random.NextDouble();
        return (int)(roll * roll * count);
    }
}
