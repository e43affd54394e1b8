using System.Text;
using Payments.Pipeline.Load;

namespace Payments.Pipeline.Validate;

/// <summary>Takes the values of a payment's record both ways: on to its row, and as what they are.</summary>
internal sealed class PaymentWriter : ValueWriter
{
    // Few different ones in a batch, and a great many rows.
    private readonly WordCache _words = new();
    private CopyRows _rows = null!;
    private PaymentValue _value;
    private StagedPayment _payment;

    /// <summary>A batch begins: its words are its own.</summary>
    public void BeginBatch() => _words.Clear();

    /// <summary>A record begins.</summary>
    /// <param name="rows">Where its row goes.</param>
    /// <param name="recordNumber">Its number, from 1.</param>
    /// <param name="lineNumber">The physical line where it starts.</param>
    public void Begin(CopyRows rows, long recordNumber, long lineNumber)
    {
        _rows = rows;
        _payment = new() { RecordNumber = recordNumber, LineNumber = lineNumber };
    }

    /// <summary>The next value is this one.</summary>
    public void Expect(PaymentValue value) => _value = value;

    /// <summary>Takes the value back that was written last; its row is cut by who writes it.</summary>
    public void TakeBack()
    {
        switch (_value)
        {
            case PaymentValue.Amount:
                _payment.Thousandths = null;
                break;
            case PaymentValue.Instant:
                _payment.Instant = null;
                break;
            case PaymentValue.ProcessingSeconds:
                _payment.ProcessingSeconds = null;
                break;
            default:
                Set(null);
                break;
        }
    }

    /// <summary>The record is complete.</summary>
    /// <param name="hash">First 16 bytes of its content's hash; empty where it is refused.</param>
    /// <param name="reasons">Why it is refused; empty where it is not.</param>
    public StagedPayment End(ReadOnlySpan<byte> hash, IReadOnlyList<string> reasons)
    {
        if (reasons.Count == 0) _payment.ContentHash = new Guid(hash, bigEndian: true);
        else _payment.Reasons = string.Join(' ', reasons);
        return _payment;
    }

    /// <inheritdoc/>
    public override void Null() => _rows.Null();

    /// <inheritdoc/>
    public override void Boolean(bool value) => _rows.Boolean(value);

    /// <inheritdoc/>
    public override void Int32(int value)
    {
        _rows.Int32(value);
        if (_value == PaymentValue.ProcessingSeconds) _payment.ProcessingSeconds = value;
    }

    /// <inheritdoc/>
    public override void Int64(long value)
    {
        _rows.Int64(value);
        if (_value == PaymentValue.Instant) _payment.Instant = value;
    }

    /// <inheritdoc/>
    public override void Text(ReadOnlySpan<byte> utf8)
    {
        _rows.Text(utf8);
        if (_value is PaymentValue.PaymentId or PaymentValue.CustomerId) Set(Encoding.UTF8.GetString(utf8));
        else if (_value != PaymentValue.Other) Set(_words.Of(utf8));
    }

    /// <inheritdoc/>
    public override void Text(string text) => Text(Encoding.UTF8.GetBytes(text));

    /// <inheritdoc/>
    public override void Bytes(ReadOnlySpan<byte> bytes) => _rows.Bytes(bytes);

    /// <inheritdoc/>
    public override void Uuid(ReadOnlySpan<byte> bytes) => _rows.Uuid(bytes);

    /// <inheritdoc/>
    public override void Date(DateOnly day) => _rows.Date(day);

    /// <inheritdoc/>
    public override void Numeric(long unscaled, int scale)
    {
        _rows.Numeric(unscaled, scale);
        if (_value == PaymentValue.Amount) _payment.Thousandths = unscaled;
    }

    /// <inheritdoc/>
    public override void Numeric(decimal value, int scale)
    {
        _rows.Numeric(value, scale);
        if (_value == PaymentValue.Amount) _payment.Thousandths = (long)(value * 1_000);
    }

    private void Set(string? text)
    {
        switch (_value)
        {
            case PaymentValue.PaymentId:
                _payment.PaymentId = text;
                break;
            case PaymentValue.CustomerId:
                _payment.CustomerId = text;
                break;
            case PaymentValue.MerchantId:
                _payment.MerchantId = text;
                break;
            case PaymentValue.Currency:
                _payment.Currency = text;
                break;
            case PaymentValue.Method:
                _payment.PaymentMethod = text;
                break;
            case PaymentValue.Status:
                _payment.PaymentStatus = text;
                break;
            case PaymentValue.FailureReason:
                _payment.FailureReason = text;
                break;
            default:
                break;
        }
    }
}

/// <summary>A value of a payment that is read as what it is; the others go to the row alone.</summary>
internal enum PaymentValue
{
    /// <summary>None of them.</summary>
    Other,

    /// <summary>The payment's id.</summary>
    PaymentId,

    /// <summary>Who pays.</summary>
    CustomerId,

    /// <summary>Who is paid.</summary>
    MerchantId,

    /// <summary>The amount, in thousandths.</summary>
    Amount,

    /// <summary>The currency.</summary>
    Currency,

    /// <summary>The method.</summary>
    Method,

    /// <summary>The status.</summary>
    Status,

    /// <summary>When it was paid.</summary>
    Instant,

    /// <summary>How long it took.</summary>
    ProcessingSeconds,

    /// <summary>Why it failed.</summary>
    FailureReason,
}
