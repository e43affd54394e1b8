using Payments.Risk.Features;

namespace Payments.Pipeline.Score;

/// <summary>
/// What one batch of a file leaves for the next: the payments that it looked back at, and its own. Whoever remembers reads only parties that are new.
/// It must be forgotten when a batch is rolled back; others' changes to the store are noticed by <see cref="HistoryReader"/>.
/// </summary>
internal sealed class ScoringMemory
{
    private IReadOnlyList<BroughtFraud> _broughtBefore = [];

    /// <summary>The history of the batches so far.</summary>
    public PaymentHistory History { get; private set; } = new();

    /// <summary>Whether nothing is remembered.</summary>
    public bool IsEmpty { get; private set; } = true;

    /// <summary>Of the parties known, everything stored up to this instant is known.</summary>
    public long Until { get; private set; }

    /// <summary>The number of changes to the store that were not its own when it began.</summary>
    public decimal Changes { get; private set; }

    /// <summary>Nothing that only payments before this instant look back at is remembered any more.</summary>
    public long EvictedFrom { get; private set; }

    /// <summary>How often it has begun: what was added before is not there any more.</summary>
    public int Beginnings { get; private set; }

    /// <summary>Whether batches have come in the order of time so far: those of a shuffled file of years have little to remember for each other.</summary>
    public bool IsInOrder { get; set; } = true;

    /// <summary>Frauds that this batch and the one before bring themselves: the store may not have them yet.</summary>
    public Dictionary<string, BroughtFraud> Frauds { get; private set; } = [];

    /// <summary>A batch brings frauds of its own.</summary>
    public void Bring(IReadOnlyList<BroughtFraud> frauds)
    {
        Frauds = new(StringComparer.Ordinal);
        foreach (var fraud in _broughtBefore.Concat(frauds)) Frauds[fraud.PaymentId] = fraud;
        _broughtBefore = frauds;
    }

    /// <summary>Begins.</summary>
    public void Begin(long until, decimal changes)
    {
        ForgetPayments();
        Beginnings++;
        (IsEmpty, Until, Changes) = (false, until, changes);
    }

    /// <summary>Forgets what is too old for payments from an instant on, once that is worth the while.</summary>
    public void Evict(long from)
    {
        if (EvictedFrom != 0 && from - EvictedFrom < Instants.Day) return;
        EvictedFrom = from;
        History.Evict(from);
    }

    /// <summary>Forgets everything.</summary>
    public void Forget()
    {
        ForgetPayments();
        _broughtBefore = [];
        Frauds = [];
    }

    /// <summary>Forgets everything but the frauds that batches have brought.</summary>
    public void ForgetPayments()
    {
        if (!IsEmpty) History = new();
        (IsEmpty, EvictedFrom) = (true, 0);
    }
}

/// <summary>A fraud that a batch brings, and when it becomes known.</summary>
internal readonly record struct BroughtFraud(string PaymentId, string CustomerId, string MerchantId, long PaidAt, long KnownAt);
