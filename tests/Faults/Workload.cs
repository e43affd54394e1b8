using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Payments.Faults;

/// <summary>
/// Files whose result is the same whatever the order in which workers, batches and files of one wave take turns: the payments of a customer
/// lie in one file (and its twin of another name) in order of time, since a score looks at what its customer did before; categories and rates,
/// on which scores and commissions rest, are set once, in a wave before. A wave begins when the last one is in.
/// </summary>
internal sealed class Workload
{
    private const int CustomersPerFile = 15;
    private const int Merchants = 9;
    private static readonly DateTime First = new(2026, 1, 1, 3, 0, 0, DateTimeKind.Utc);
    private static readonly string[] Countries = ["AT", "DE", "CH", "FR", ""];
    private static readonly string[] Methods = ["CREDIT_CARD", "DEBIT_CARD", "PAYPAL", "CRYPTO", "WALLET"];
    private static readonly (string Code, string Amount)[] Currencies = [("USD", "0.00"), ("USD", "0.00"), ("EUR", "0.00"), ("JPY", "0"), ("KWD", "0.000")];

    private readonly Random _random;
    private readonly List<string> _pending = [];
    private readonly List<string> _succeeded = [];

    /// <param name="seed">The same seed is the same workload.</param>
    /// <param name="payments">Records of the largest file.</param>
    public Workload(int seed, int payments)
    {
        _random = new(seed);
        var twin = Payments("A", 0, payments);
        var update = Update();
        Waves =
        [
            [
                new("customers.csv", "customers", Way.Drop, Customers(8)),
                new("merchants.csv", "merchants", Way.Upload, MerchantsFile()),
                new("torn.csv", "payments", Way.Drop, "payment_id,customer_id\nX1,C0-0\n"u8.ToArray()),
            ],
            [
                new("twin.csv", "payments", Way.Drop, twin),
                new("other-name.csv", "payments", Way.Drop, twin),
                new("packed.csv.gz", "payments", Way.Drop, Packed(Payments("B", 1, payments / 2))),
                new("growing.csv", "payments", Way.Growing, Payments("D", 2, payments / 3)),
                new("uploaded.csv", "payments", Way.Upload, Payments("E", 3, payments / 2)),
                new("cards.csv", "handbook", Way.Drop, Cards(payments / 2)),
                new("moved-customers.csv", "customers", Way.Drop, MovedCustomers()),
            ],
            [
                new("update.csv", "payments", Way.Upload, update, IsUpdate: true),
                new("update-again.csv", "payments", Way.Upload, update, IsUpdate: true),
                new("late.csv", "payments", Way.Drop, Payments("F", 4, payments / 4)),
            ],
            [
                new("refunds.csv", "refunds", Way.Drop, Claims("refund", 'E', "succeeded", "pending", "failed")),
                new("disputes.csv", "disputes", Way.Upload, Claims("dispute", 'B', "lost", "won", "warning_closed")),
            ],
        ];
    }

    /// <summary>What arrives together.</summary>
    public IReadOnlyList<Delivery[]> Waves { get; }

    private static string Customer(int file, int number) => $"C{file}-{number}";

    private static byte[] Packed(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest)) gzip.Write(content);
        return packed.ToArray();
    }

    private byte[] Customers(int files)
    {
        var file = new StringBuilder("customer_id,customer_name,email,country,credit_score\n");
        for (var number = 0; number < files * CustomersPerFile; number++)
        {
            var id = Customer(number / CustomersPerFile, number % CustomersPerFile);
            // A few share an address: the first one has it.
            var email = number % 17 == 16 ? "shared@example.com" : $"{id}@example.com";
            file.Append(CultureInfo.InvariantCulture, $"{id},Name {id},{email},{Pick(Countries)},{_random.Next(480, 800)}\n");
            if (number % 29 == 0) file.Append(CultureInfo.InvariantCulture, $"bad-{number},Bad,,AT,{_random.Next(851, 999)}\n");
        }

        // An address that is taken makes its customer unknown, and with that the payments that name it are refused.
        return Encoding.UTF8.GetBytes(file.ToString());
    }

    private static byte[] MovedCustomers()
    {
        var file = new StringBuilder("customer_id,country\n");
        for (var number = 0; number < CustomersPerFile * 2; number++)
        {
            file.Append(CultureInfo.InvariantCulture, $"{Customer(number / CustomersPerFile, number % CustomersPerFile)},{(number % 2 == 0 ? "PT" : "ES")}\n");
        }

        return Encoding.UTF8.GetBytes(file.ToString());
    }

    private static byte[] MerchantsFile()
    {
        var file = new StringBuilder("merchant_id,merchant_name,business_type,commission_rate,status,settles_from\n");
        for (var number = 0; number < Merchants; number++)
        {
            // One that is not settled by us.
            var settlesFrom = number == 0 ? "" : "2025-06-01";
            file.Append(CultureInfo.InvariantCulture, $"M{number},Merchant {number},RETAIL,{1 + (number * 0.375m)},ACTIVE,{settlesFrom}\n");
        }

        return Encoding.UTF8.GetBytes(file.ToString());
    }

    private byte[] Payments(string prefix, int file, int count)
    {
        const string Header = "payment_id,customer_id,merchant_id,amount,currency,payment_method,status,payment_date\n";
        var text = new StringBuilder(Header);
        var at = First.AddHours(file);
        var lines = new List<string>();
        for (var number = 0; number < count; number++)
        {
            at = number % (count / 5 + 1) == count / 5 ? at.AddMonths(1) : at.AddSeconds(_random.Next(20, 600));
            var line = Payment($"{prefix}{number:D6}", file, at);
            text.Append(line).Append('\n');
            lines.Add(line);
            var earlier = lines[_random.Next(lines.Count)];
            text.Append(_random.Next(60) switch
            {
                0 => earlier + "\n",
                1 => Conflicting(earlier) + "\n",
                2 => $"{prefix}u{number},NOBODY,M1,10.00,USD,WALLET,SUCCESS,2026-01-01\n",
                3 => $"{prefix}n{number},C{file}-1,M1,-5.00,USD,WALLET,SUCCESS,2026-01-01\n",
                4 => "torn line\n",
                _ => "",
            });
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private string Payment(string id, int file, DateTime at)
    {
        var (currency, format) = Pick(Currencies);
        var amount = (_random.Next(20) == 0 ? _random.Next(5_000, 20_000) : _random.Next(1, 900)).ToString(format, CultureInfo.InvariantCulture);
        var status = _random.Next(10) switch { 0 => "PENDING", 1 or 2 => "FAILED", _ => "SUCCESS" };
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"{id},{Customer(file, _random.Next(CustomersPerFile))},M{_random.Next(Merchants)},{amount},{currency},{Pick(Methods)},{status},{at:yyyy-MM-dd'T'HH:mm:ss'Z'}");
        if (status == "PENDING") _pending.Add(line);
        if (status == "SUCCESS") _succeeded.Add(line);
        return line;
    }

    private static string Conflicting(string line)
    {
        var fields = line.Split(',');
        fields[3] = "7";
        return string.Join(',', fields);
    }

    // Some settle, some fail, some that settle are refunded further down; a few that may not move.
    private byte[] Update()
    {
        var text = new StringBuilder("payment_id,customer_id,merchant_id,amount,currency,payment_method,status,payment_date\n");
        var refunds = new List<string>();
        foreach (var line in Of(_pending, 'A'))
        {
            var outcome = _random.Next(4);
            text.Append(With(line, "PENDING", outcome == 0 ? "FAILED" : "SUCCESS"));
            if (outcome == 1) refunds.Add(With(line, "PENDING", "REFUNDED"));
            if (outcome == 0 && _random.Next(3) == 0) refunds.Add(With(line, "PENDING", "SUCCESS"));
        }

        foreach (var line in Of(_succeeded, 'A').Where(_ => _random.Next(12) == 0)) refunds.Add(With(line, "SUCCESS", "REFUNDED"));
        foreach (var refund in refunds) text.Append(refund);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static IEnumerable<string> Of(List<string> lines, char prefix) => lines.Where(line => line[0] == prefix);

    private static string With(string line, string status, string other) => line.Replace($",{status},", $",{other},", StringComparison.Ordinal) + "\n";

    // One claim a payment, on the whole of it or on a unit of its currency.
    private byte[] Claims(string kind, char prefix, params string[] statuses)
    {
        var text = new StringBuilder($"{kind}_id,payment_id,amount,currency,status,reason,{kind}_date\n");
        foreach (var line in Of(_succeeded, prefix).Where(_ => _random.Next(6) == 0))
        {
            var payment = line.Split(',');
            var amount = _random.Next(3) == 0 ? "1" : payment[3];
            text.Append(CultureInfo.InvariantCulture, $"{kind}-{payment[0]},{payment[0]},{amount},{payment[4]},{Pick(statuses)},duplicate,2026-09-01\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"{kind}-of-nothing,NOTHING,1,USD,{statuses[0]},duplicate,2026-09-01\n");
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private byte[] Cards(int count)
    {
        var text = new StringBuilder("TRANSACTION_ID,TX_DATETIME,CUSTOMER_ID,TERMINAL_ID,TX_AMOUNT,TX_FRAUD\n");
        var at = new DateTime(2018, 4, 1, 0, 0, 0, DateTimeKind.Utc);
        for (var number = 0; number < count; number++)
        {
            at = at.AddSeconds(_random.Next(1, 6_000));
            text.Append(CultureInfo.InvariantCulture, $"{number},{at:yyyy-MM-dd HH:mm:ss},{_random.Next(300)},T{_random.Next(40)},{_random.Next(0, 300)}.{_random.Next(100):D2},{(_random.Next(50) == 0 ? 1 : 0)}\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private T Pick<T>(T[] values) => values[_random.Next(values.Length)];
}
