using System.Text;

namespace Payments.Pipeline.Accept;

/// <summary>A payment as somebody sent it: the values of its fields, not yet judged.</summary>
public sealed class LivePayment
{
    private readonly ReadOnlyMemory<byte>[] _values;
    private readonly List<FieldComplaint> _complaints = [];

    internal LivePayment(int fields) => _values = new ReadOnlyMemory<byte>[fields];

    /// <summary>What keeps it from being read as a payment at all; none where its values can be judged.</summary>
    public IReadOnlyList<FieldComplaint> Complaints => _complaints;

    /// <summary>Its id as it came, whatever that is; null where it has none.</summary>
    public string? PaymentId => _values[LiveFields.PaymentId].IsEmpty ? null : Encoding.UTF8.GetString(_values[LiveFields.PaymentId].Span);

    /// <summary>A text had half of a character.</summary>
    internal bool HasHalfCharacter { get; set; }

    /// <summary>A text had the character U+0000.</summary>
    internal bool HasNul { get; set; }

    /// <summary>Its instant is that of its arrival, because it brought none.</summary>
    internal bool IsUndated => _values[LiveFields.TransactionDate].IsEmpty;

    /// <summary>A field's value as text; empty where it has none.</summary>
    internal ReadOnlyMemory<byte> this[int field]
    {
        get => _values[field];
        set => _values[field] = value;
    }

    internal void Complain(string field, string complaint) => _complaints.Add(new(field, complaint));
}

/// <summary>What is wrong with how a field is written.</summary>
/// <param name="Field">Its name.</param>
/// <param name="Complaint">What is wrong and how to put it right, as the end of a sentence that begins with the name.</param>
public sealed record FieldComplaint(string Field, string Complaint);
