namespace Payments.Pipeline.Reconcile;

/// <summary>What is reconciled, and how: the parameters of a run of the kind <c>reconciliation</c>.</summary>
/// <param name="DryRun">Finds and reports everything, writes no match and completes no settlement.</param>
/// <param name="Level">One of <see cref="ReconcileLevel"/>; null: all three.</param>
/// <param name="From">First UTC day; null: whatever has no counterpart yet.</param>
/// <param name="To">Last UTC day, included; null: no last one.</param>
public sealed record ReconcileRequest(bool DryRun = false, string? Level = null, DateOnly? From = null, DateOnly? To = null);

/// <summary>What is held against what; the same words are in the tables of the schema <c>reconciliation</c>.</summary>
public static class ReconcileLevel
{
    /// <summary>Processors' lines and our payments, refunds and disputes.</summary>
    public const string Payment = "payment";

    /// <summary>Processors' payouts and our settlements.</summary>
    public const string Payout = "payout";

    /// <summary>Bank lines and payouts, or settlements.</summary>
    public const string Bank = "bank";
}

/// <summary>What a reconciliation found, or would have written.</summary>
/// <param name="DryRun">Whether nothing was written.</param>
/// <param name="Lines">Processor lines that had no match when it began.</param>
/// <param name="Figures">Counts and sums.</param>
public sealed record ReconcileResult(bool DryRun, long Lines, IReadOnlyList<ReconcileFigure> Figures)
{
    /// <summary>How many of an outcome, over all levels, classes and currencies.</summary>
    /// <param name="outcome">matched, difference, closed, proposal or completed.</param>
    public long Count(string outcome) => Figures.Where(figure => figure.Outcome == outcome).Sum(figure => figure.ItemCount);
}

/// <summary>One count and its sums.</summary>
/// <param name="Level">One of <see cref="ReconcileLevel"/>.</param>
/// <param name="Outcome">matched, difference, closed, proposal or completed.</param>
/// <param name="Class">Of a match its method, of a difference its class, of what was closed the reason.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="ItemCount">Matches, differences, proposals or settlements.</param>
/// <param name="ExpectedAmount">Our side.</param>
/// <param name="ActualAmount">The processor's or the bank's side.</param>
public sealed record ReconcileFigure(
    string Level, string Outcome, string Class, string Currency, long ItemCount, decimal ExpectedAmount, decimal ActualAmount);
