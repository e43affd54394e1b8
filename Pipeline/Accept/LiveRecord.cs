using System.Globalization;
using System.Text;
using Payments.Pipeline.Import;

namespace Payments.Pipeline.Accept;

/// <summary>Shows payments to the rules, one after the other, as if they were records of a file.</summary>
internal sealed class LiveRecord : Record
{
    private static readonly byte[] Pending = [.. "PENDING"u8];
    private readonly byte[] _arrival = new byte["yyyy-MM-ddTHH:mm:ss.ffffffZ".Length];
    private LivePayment _payment = null!;

    /// <summary>Goes to a payment.</summary>
    /// <param name="payment">The payment.</param>
    /// <param name="line">Its number among those of its import.</param>
    /// <param name="arrival">The instant of one that has none, UTC.</param>
    public void Show(LivePayment payment, long line, DateTime arrival)
    {
        _payment = payment;
        Line = line;
        FieldCount = LiveFields.Names.Count;
        Faults = (payment.HasNul ? RowFaults.ControlChar : RowFaults.None) | (payment.HasHalfCharacter ? RowFaults.Encoding : RowFaults.None);
        if (payment.IsUndated) Encoding.ASCII.GetBytes(arrival.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture), _arrival);
    }

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Field(int index) => _payment[index] switch
    {
        { IsEmpty: false } value => value.Span,
        _ when index == LiveFields.TransactionDate => _arrival,
        _ when index == LiveFields.PaymentStatus => Pending,
        _ => [],
    };

    /// <inheritdoc/>
    public override bool IsTooLong(int index)
    {
        var text = Field(index);
        return text.Length > MaxFieldCharacters && CountCharacters(text) > MaxFieldCharacters;
    }
}
