namespace Payments.Pipeline.Reconcile;

/// <summary>Files that a reconciliation follows: they say what processors or banks did.</summary>
public static class ReconciledFiles
{
    private static readonly HashSet<string> Profiles =
        new(["stripe_payout_reconciliation", "stripe_balance_transactions", "stripe_payouts", "adyen_settlement_details", "camt053"], StringComparer.Ordinal);

    /// <summary>Whether files of the profile are reconciled.</summary>
    public static bool Has(string? profile) => profile is not null && Profiles.Contains(profile);
}
