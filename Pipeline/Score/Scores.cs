using Payments.Risk.Engine;

namespace Payments.Pipeline.Score;

/// <summary>The scores of a batch on their way into it: of most payments a number and a flag, of those that need a look everything.</summary>
internal sealed class Scores(int payments)
{
    private readonly List<ScoredPayment> _toLookAt = [];

    /// <summary>What the store is told of each payment, once all of them are added.</summary>
    public ScoreColumns Columns { get; } = new(payments);

    /// <summary>Payments that a person should look at, or that a flag or a list hit.</summary>
    public IReadOnlyList<ScoredPayment> ToLookAt => _toLookAt;

    /// <summary>Ids of those that are from REVIEW upward or flagged, in the order of time.</summary>
    public string[] Alarming() =>
    [
        .. _toLookAt
            .Where(payment => payment.Assessment.Decision != Decision.Approve || payment.Assessment.IsFlagged)
            .OrderBy(payment => payment.Facts.Instant).ThenBy(payment => payment.Facts.PaymentId, StringComparer.Ordinal)
            .Select(payment => payment.Facts.PaymentId),
    ];

    public void Add(ScoredPayment payment)
    {
        Columns.Add(payment);
        if (payment.Assessment.NeedsLook) _toLookAt.Add(payment);
    }
}

/// <summary>What <c>score_payments</c> is told of payments, column by column.</summary>
internal sealed class ScoreColumns(int payments)
{
    private int _count;

    /// <summary>Numbers of their records.</summary>
    public long[] Records { get; } = new long[payments];

    /// <summary>Their scores, 0 to 100.</summary>
    public decimal[] Scores { get; } = new decimal[payments];

    /// <summary>Whether a flag or a block list hit.</summary>
    public bool[] Flags { get; } = new bool[payments];

    /// <summary>Their customers' countries; blank where none is known.</summary>
    public string[] Countries { get; } = new string[payments];

    public void Add(ScoredPayment payment)
    {
        Records[_count] = payment.RecordNumber;
        Scores[_count] = payment.Assessment.RoundedScore;
        Flags[_count] = payment.Assessment.IsFlagged;
        Countries[_count] = payment.Facts.CustomerCountry ?? "";
        _count++;
    }
}
