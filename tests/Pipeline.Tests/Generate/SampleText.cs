using System.Globalization;
using System.Text;
using Payments.Pipeline.Generate;

namespace Payments.Pipeline.Tests.Generate;

/// <summary>Sample files as a reader without knowledge of the generator sees them.</summary>
internal static class SampleText
{
    public static readonly DateOnly Today = new(2026, 3, 15);

    public static string Customers(GenerateOptions options) => Text(new SampleFiles(options).WriteCustomers);

    public static string Merchants(GenerateOptions options) => Text(new SampleFiles(options).WriteMerchants);

    public static string Payments(GenerateOptions options, DateOnly from, int days) => Text(
        output => new SampleFiles(options).WritePayments(Enumerable.Range(0, days).Select(from.AddDays), output, CancellationToken.None));

    public static List<PaymentLine> PaymentLines(GenerateOptions options, DateOnly from, int days) =>
        [.. Lines(Payments(options, from, days)).Select(PaymentLine.Parse)];

    public static List<PaymentLine> Window(GenerateOptions options) => PaymentLines(options, Today.AddDays(-options.Days), options.Days);

    /// <summary>Records without the header, split at commas: only company names may be quoted.</summary>
    public static List<string[]> Lines(string text) =>
        [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => Unquoted(line).Split(','))];

    private static string Unquoted(string line)
    {
        var parts = line.Split('"');
        return string.Concat(parts.Select((part, at) => at % 2 == 0 ? part : part.Replace(',', ' ')));
    }

    private static string Text(Action<Stream> write)
    {
        using var output = new MemoryStream();
        write(output);
        return Encoding.UTF8.GetString(output.ToArray());
    }
}

internal sealed record PaymentLine(
    string Id,
    string Customer,
    string Merchant,
    decimal Amount,
    string Currency,
    string Method,
    string Status,
    DateTime At,
    int? Seconds,
    string FailureReason)
{
    public DateOnly Day => DateOnly.FromDateTime(At);

    public static PaymentLine Parse(string[] fields)
    {
        Assert.Equal(10, fields.Length);
        return new(
            fields[0],
            fields[1],
            fields[2],
            decimal.Parse(fields[3], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture),
            fields[4],
            fields[5],
            fields[6],
            DateTime.ParseExact(
                fields[7], "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal),
            fields[8] == "" ? null : int.Parse(fields[8], CultureInfo.InvariantCulture),
            fields[9]);
    }
}
