namespace Payments.Risk.Evaluation;

/// <summary>
/// Card precision at k: what a team finds that looks at the k riskiest customers of each day (Le Borgne, Siblini, Lebichot, Bontempi:
/// Reproducible Machine Learning for Credit Card Fraud Detection, chapter 4).
/// </summary>
public static class CardPrecision
{
    private static readonly Comparer<ScoredPayment> RiskiestFirst = Comparer<ScoredPayment>.Create((left, right) =>
    {
        var order = right.Score.CompareTo(left.Score);
        order = order != 0 ? order : left.PaymentId.Length.CompareTo(right.PaymentId.Length);
        return order != 0 ? order : string.CompareOrdinal(left.PaymentId, right.PaymentId);
    });

    /// <summary>
    /// Each day, customers not caught on an earlier day are ranked by their highest score of the day; those among the first k with a fraud on that
    /// day are caught, and their number over k is the day's precision. The result is the mean over the days that have payments.
    /// </summary>
    /// <remarks>
    /// Of equal scores the payment with the lower id comes first. A shorter id is the lower one, equal lengths compare by
    /// character: so numbers rank as numbers, with or without a common prefix.
    /// </remarks>
    /// <param name="k">Customers looked at in a day, at least 1. Always the divisor, also on a day with fewer customers.</param>
    /// <param name="payments">The payments of the test days, in any order.</param>
    /// <returns>0 to 1, or null without a payment.</returns>
    /// <exception cref="ArgumentException">A score is NaN.</exception>
    public static double? At(int k, IEnumerable<ScoredPayment> payments)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        ArgumentNullException.ThrowIfNull(payments);
        var ranked = payments.ToList();
        if (ranked.Exists(payment => double.IsNaN(payment.Score)))
        {
            throw new ArgumentException("A score is NaN, which has no rank.", nameof(payments));
        }

        var caught = new HashSet<string>(StringComparer.Ordinal);
        var precisions = new List<double>();
        foreach (var day in ranked.GroupBy(payment => payment.Day).OrderBy(day => day.Key))
        {
            var found = CompromisedAmongFirst(k, day.Where(payment => !caught.Contains(payment.CustomerId)));
            precisions.Add((double)found.Count / k);
            caught.UnionWith(found);
        }

        return precisions.Count > 0 ? precisions.Average() : null;
    }

    private static List<string> CompromisedAmongFirst(int k, IEnumerable<ScoredPayment> payments) =>
    [
        .. payments
            .GroupBy(payment => payment.CustomerId, StringComparer.Ordinal)
            .Select(customer => (Id: customer.Key, Riskiest: customer.Min(RiskiestFirst), Compromised: customer.Any(payment => payment.IsFraud)))
            .OrderBy(customer => customer.Riskiest, RiskiestFirst)
            .Take(k)
            .Where(customer => customer.Compromised)
            .Select(customer => customer.Id),
    ];
}
