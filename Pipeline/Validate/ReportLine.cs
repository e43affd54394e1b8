namespace Payments.Pipeline.Validate;

/// <summary>What the rules of a report's line have read so far, for those that follow and for the proof of the file.</summary>
internal sealed class ReportLine
{
    private readonly byte[] _payoutKey = new byte[ReportRules.LongestReference];
    private int _payoutKeyLength;

    /// <summary>What the line adds to the account, in thousandths; null: not read.</summary>
    public long? Net { get; set; }

    /// <summary>What the processor keeps, in thousandths; null: not read.</summary>
    public long? Fee { get; set; }

    /// <summary>The amount before the fee, in thousandths; null: not read.</summary>
    public long? Gross { get; set; }

    /// <summary>Our word for what happened; null: not known.</summary>
    public string? Category { get; set; }

    /// <summary>The payout that it belongs to, or is; empty: none.</summary>
    public ReadOnlySpan<byte> PayoutKey
    {
        get => _payoutKey.AsSpan(0, _payoutKeyLength);
        set
        {
            value.CopyTo(_payoutKey);
            _payoutKeyLength = value.Length;
        }
    }

    /// <summary>Whether it is a payout itself, no part of one.</summary>
    public bool IsPayout => Category == ReportRules.Payout;

    /// <summary>Forgets the line.</summary>
    public void Clear()
    {
        (Net, Fee, Gross, Category) = (null, null, null, null);
        _payoutKeyLength = 0;
    }
}
