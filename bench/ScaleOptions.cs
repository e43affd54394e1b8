namespace Payments.Bench;

/// <summary>What the scale benchmark loads.</summary>
/// <param name="Payments">Sizes, each loaded into a database of its own.</param>
/// <param name="Customers">Customers, at every size.</param>
/// <param name="Merchants">Merchants, at every size.</param>
/// <param name="IsShuffled">Ids and instants at random instead of in the order of time: no page is near the last one.</param>
/// <param name="SettleAtMost">Sizes up to this one are settled too.</param>
/// <param name="Today">Payments end before this UTC day.</param>
/// <param name="ShowsCost">What the import costs inside PostgreSQL is printed too, which makes it slower.</param>
internal sealed record ScaleOptions(IReadOnlyList<long> Payments, int Customers, int Merchants, bool IsShuffled, long SettleAtMost, DateTime Today, bool ShowsCost = false);
