using Payments.Risk.Features;

namespace Payments.Pipeline.Score;

/// <summary>
/// What one batch of a file leaves for the next: the payments that it looked back at, and its own. Whoever remembers reads only parties that are new.
/// It must be forgotten when a batch is rolled back; others' changes to the store are noticed by <see cref="HistoryReader"/>.
/// </summary>
internal sealed class ScoringMemory
{
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

    /// <summary>Begins.</summary>
    public void Begin(long until, decimal changes)
    {
        Forget();
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
        if (!IsEmpty) History = new();
        (IsEmpty, EvictedFrom) = (true, 0);
    }
}
