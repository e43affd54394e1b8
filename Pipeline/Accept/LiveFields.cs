using System.Text;
using Payments.Pipeline.Import.Profiles;

namespace Payments.Pipeline.Accept;

/// <summary>The fields of a payment that comes over the API, in the order of its profile.</summary>
public static class LiveFields
{
    private const string Amount = "amount";
    private const string Seconds = "processing_time_seconds";
    private const string Status = "payment_status";
    private const string Date = "transaction_date";

    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. LivePaymentsProfile.Profile.Columns.Select(column => column.Header)];

    /// <summary>Place of the payment's id.</summary>
    internal static readonly int PaymentId = IndexOf("payment_id");

    /// <summary>Place of the payment's instant.</summary>
    internal static readonly int TransactionDate = IndexOf(Date);

    /// <summary>Place of the payment's status.</summary>
    internal static readonly int PaymentStatus = IndexOf(Status);

    private static readonly byte[][] Keys = [.. Names.Select(Encoding.UTF8.GetBytes)];
    private static readonly bool[] Numbers = [.. Names.Select(name => IsNumber(name))];

    /// <summary>Them for people.</summary>
    public static IReadOnlyList<LiveField> Describe() =>
    [
        .. LivePaymentsProfile.Profile.Columns.Select(column => new LiveField(
            column.Header,
            IsNumber(column.Header),
            column.IsRequired && column.Header is not (Status or Date),
            column.Header switch
            {
                Status => $"{column.Rule.Shape}; without it PENDING.",
                Date => $"{column.Rule.Shape}, not after now; without it now.",
                _ => $"{column.Rule.Shape}.",
            })),
    ];

    /// <summary>Whether a field's value is a JSON number; the others are texts.</summary>
    public static bool IsNumber(string name) => name is Amount or Seconds;

    /// <summary>The field that a reason code is about; null for the payment as a whole.</summary>
    public static string? OfReason(string code)
    {
        var name = code.Split('.')[0];
        return LivePaymentsProfile.Profile.Columns.FirstOrDefault(column => column.Name == name)?.Header;
    }

    internal static bool IsNumber(int field) => Numbers[field];

    internal static int Find(ReadOnlySpan<byte> name)
    {
        for (var i = 0; i < Keys.Length; i++)
        {
            if (name.SequenceEqual(Keys[i])) return i;
        }

        return -1;
    }

    private static int IndexOf(string name) => Names.ToList().IndexOf(name);
}

/// <summary>A field of a payment that comes over the API.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsNumber">Whether its value is a JSON number; else a text.</param>
/// <param name="IsRequired">Whether a payment must have it.</param>
/// <param name="Description">What its value is.</param>
public sealed record LiveField(string Name, bool IsNumber, bool IsRequired, string Description);
