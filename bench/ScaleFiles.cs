using System.Buffers.Text;
using System.Globalization;

namespace Payments.Bench;

/// <summary>
/// Files of the own profiles, written before anything is timed: payments over the 730 completed days before today in the order of time, as a processor
/// hands over its history, or shuffled with ids at random, as a file from nowhere. The same size gives the same bytes on the same day.
/// </summary>
internal sealed class ScaleFiles(DirectoryInfo folder, ScaleOptions options)
{
    private const int Days = 730;
    private const int LongestRow = 200;
    private static readonly string[] Countries = ["US", "DE", "FR", "GB", "ES", "IT", "NL", "PL", "SE", "BR", "JP", "IN"];
    private static readonly string[] BusinessTypes = ["E-COMMERCE", "RETAIL", "SUBSCRIPTION", "MARKETPLACE", "FINANCIAL_SERVICES", "TRAVEL"];
    private static readonly byte[][] Methods =
    [
        [.. "CREDIT_CARD"u8], [.. "CREDIT_CARD"u8], [.. "CREDIT_CARD"u8], [.. "DEBIT_CARD"u8], [.. "DEBIT_CARD"u8], [.. "WALLET"u8],
        [.. "PAYPAL"u8], [.. "BANK_TRANSFER"u8], [.. "CRYPTO"u8],
    ];

    private readonly DateTime _from = DateTime.SpecifyKind(options.Today.AddDays(-Days), DateTimeKind.Utc);

    /// <summary>Customers, the same at every size.</summary>
    public async Task<FileInfo> WriteCustomersAsync(CancellationToken cancellationToken)
    {
        var random = new Random(1);
        return await WriteTextAsync(
            "customers.csv", "customer_id,customer_name,email,country,credit_score", options.Customers,
            i => string.Create(CultureInfo.InvariantCulture, $"CUST-{i:D7},Customer {i},customer{i}@example.com,{Countries[random.Next(Countries.Length)]},{random.Next(450, 851)}"),
            cancellationToken);
    }

    /// <summary>Merchants, the same at every size; one in so many is settled by us.</summary>
    public async Task<FileInfo> WriteMerchantsAsync(int settledOneIn, CancellationToken cancellationToken)
    {
        var random = new Random(2);
        return await WriteTextAsync(
            $"merchants-{settledOneIn}.csv", "merchant_id,merchant_name,business_type,country,commission_rate,settles_from", options.Merchants,
            i => string.Create(
                CultureInfo.InvariantCulture,
                $"MERCH-{i:D5},Merchant {i},{BusinessTypes[i % BusinessTypes.Length]},{Countries[random.Next(Countries.Length)]},{1 + (i % 25 * 0.1m)},{(i % settledOneIn == 0 ? "2000-01-01" : "")}"),
            cancellationToken);
    }

    /// <summary>Payments: skewed customers and merchants, four statuses, six methods, three currencies by the customer's home.</summary>
    public FileInfo WritePayments(long count, CancellationToken cancellationToken)
    {
        var file = new FileInfo(Path.Combine(folder.FullName, string.Create(CultureInfo.InvariantCulture, $"payments-{count}.csv")));
        using var stream = new FileStream(file.FullName, FileMode.Create, FileAccess.Write, FileShare.None, 1024 * 1024);
        stream.Write("payment_id,customer_id,merchant_id,amount,currency,payment_method,status,payment_date\n"u8);
        var random = new Random(3);
        var span = TimeSpan.FromDays(Days).TotalMilliseconds;
        Span<byte> row = stackalloc byte[LongestRow];
        for (long i = 0; i < count; i++)
        {
            if (i % 100_000 == 0) cancellationToken.ThrowIfCancellationRequested();
            var at = _from.AddMilliseconds((options.IsShuffled ? random.NextDouble() : i / (double)count) * span);
            stream.Write(row[..WriteRow(row, random, i, at)]);
        }

        return file;
    }

    private int WriteRow(Span<byte> row, Random random, long number, DateTime at)
    {
        var used = 0;
        Append(row, "PAY-"u8, ref used);
        // A bijection of the number: unique without being remembered.
        AppendNumber(row, options.IsShuffled ? unchecked((ulong)number * 0x9E3779B97F4A7C15) : (ulong)number, options.IsShuffled ? 'X' : 'D', options.IsShuffled ? 16 : 12, ref used);
        var customer = Skewed(random, options.Customers);
        Append(row, ",CUST-"u8, ref used);
        AppendNumber(row, (ulong)customer, 'D', 7, ref used);
        Append(row, ",MERCH-"u8, ref used);
        AppendNumber(row, (ulong)Skewed(random, options.Merchants), 'D', 5, ref used);
        var roll = random.NextDouble();
        var cents = 100 + (ulong)(roll * roll * roll * 1_500_000);
        row[used++] = (byte)',';
        AppendNumber(row, cents / 100, 'D', 1, ref used);
        row[used++] = (byte)'.';
        AppendNumber(row, cents % 100, 'D', 2, ref used);
        Append(row, (customer % 10) switch { 0 => ",GBP,"u8, 1 or 2 => ",EUR,"u8, _ => ",USD,"u8 }, ref used);
        Append(row, Methods[random.Next(Methods.Length)], ref used);
        Append(row, random.Next(100) switch { < 88 => ",SUCCESS,"u8, < 96 => ",FAILED,"u8, < 98 => ",PENDING,"u8, _ => ",REFUNDED,"u8 }, ref used);
        Utf8Formatter.TryFormat(at, row[used..], out var written, 'O');
        // Milliseconds are what files have: 2026-01-01T00:00:00.000, then Z.
        used += Math.Min(written, 23);
        Append(row, "Z\n"u8, ref used);
        return used;
    }

    // A few are seen often, most seldom: the square of an even draw.
    private static int Skewed(Random random, int count)
    {
        var roll = random.NextDouble();
        return (int)(roll * roll * count);
    }

    private async Task<FileInfo> WriteTextAsync(string name, string header, int count, Func<int, string> row, CancellationToken cancellationToken)
    {
        var file = new FileInfo(Path.Combine(folder.FullName, name));
        await using var text = new StreamWriter(file.FullName);
        await text.WriteLineAsync(header.AsMemory(), cancellationToken);
        for (var i = 0; i < count; i++) await text.WriteLineAsync(row(i).AsMemory(), cancellationToken);
        return file;
    }

    private static void Append(Span<byte> row, ReadOnlySpan<byte> text, ref int used)
    {
        text.CopyTo(row[used..]);
        used += text.Length;
    }

    private static void AppendNumber(Span<byte> row, ulong number, char format, int digits, ref int used)
    {
        Utf8Formatter.TryFormat(number, row[used..], out var written, new(format, (byte)digits));
        used += written;
    }
}
