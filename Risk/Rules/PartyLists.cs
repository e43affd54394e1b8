using Payments.Risk.Engine;

namespace Payments.Risk.Rules;

/// <summary>Whom a list or a suppression is about. In the API and the database its name in lower case.</summary>
public enum PartyKind
{
    /// <summary>A customer, by id.</summary>
    Customer,

    /// <summary>A merchant, by id.</summary>
    Merchant,

    /// <summary>A country, as the store spells it; its case does not count.</summary>
    Country,
}

/// <summary>A list. In the API and the database its name in lower case.</summary>
public enum PartyList
{
    /// <summary>Neither points nor models take its payments over APPROVE; flags stay flags.</summary>
    Allow,

    /// <summary>Its payments are flagged, and score at least the block threshold.</summary>
    Block,
}

/// <summary>A party on a list.</summary>
/// <param name="List">The list.</param>
/// <param name="Kind">What the party is.</param>
/// <param name="Party">Its id, or the country.</param>
/// <param name="Reason">Why it is there.</param>
/// <param name="ExpiresAt">From this instant on (UTC) it no longer is; null: for good.</param>
public sealed record ListedParty(PartyList List, PartyKind Kind, string Party, string Reason, DateTime? ExpiresAt)
{
    /// <summary>The entry as a reason of a score.</summary>
    /// <param name="contribution">Points that it is answerable for.</param>
    public Reason Explain(double contribution)
    {
        var (code, verb) = List == PartyList.Block ? ("BLOCK_LIST", "blocked") : ("ALLOW_LIST", "allowed");
        var kind = Kind.ToString().ToLowerInvariant();
        return new(code, "list", $"The {kind} {Party} is {verb}: {Reason.TrimEnd('.')}.", contribution, Party, $"{kind} on the {(List == PartyList.Block ? "block" : "allow")} list");
    }
}

/// <summary>A rule that is not asked about a party.</summary>
/// <param name="RuleCode">The rule.</param>
/// <param name="Kind">What the party is.</param>
/// <param name="Party">Its id, or the country.</param>
/// <param name="ExpiresAt">From this instant on (UTC) it is asked again; null: never.</param>
public sealed record RuleSuppression(string RuleCode, PartyKind Kind, string Party, DateTime? ExpiresAt);

/// <summary>
/// Who is blocked, who is allowed, and which rules are suppressed for whom. Immutable. A block goes before an allowance, whichever parties they are
/// about. A country blocks its customers and its merchants; it allows, and suppresses rules for, its customers only: nobody vouches for all
/// that is bought in a country.
/// </summary>
public sealed class PartyLists
{
    private readonly Dictionary<(PartyKind, string), ListedParty> _blocked;
    private readonly Dictionary<(PartyKind, string), ListedParty> _allowed;
    private readonly Dictionary<(PartyKind, string, string), RuleSuppression> _suppressed;

    /// <summary>Lists of these entries; of several for one party the one that lasts longest counts.</summary>
    public PartyLists(IEnumerable<ListedParty> parties, IEnumerable<RuleSuppression> suppressions)
    {
        var lists = parties.ToLookup(party => party.List);
        _blocked = Longest(lists[PartyList.Block], entry => (entry.Kind, Key(entry.Kind, entry.Party)), entry => entry.ExpiresAt);
        _allowed = Longest(lists[PartyList.Allow], entry => (entry.Kind, Key(entry.Kind, entry.Party)), entry => entry.ExpiresAt);
        _suppressed = Longest(suppressions, entry => (entry.Kind, Key(entry.Kind, entry.Party), entry.RuleCode), entry => entry.ExpiresAt);
    }

    /// <summary>Nobody is listed.</summary>
    public static PartyLists Empty { get; } = new([], []);

    /// <summary>The entry that decides about a payment: a block where there is one, else an allowance, else null.</summary>
    /// <param name="subject">The payment.</param>
    /// <param name="now">The instant of scoring (UTC).</param>
    public ListedParty? Find(RiskSubject subject, DateTime now)
    {
        ArgumentNullException.ThrowIfNull(subject);
        if (_blocked.Count > 0)
        {
            var blocked = In(_blocked, PartyKind.Customer, subject.CustomerId, now)
                ?? In(_blocked, PartyKind.Merchant, subject.MerchantId, now)
                ?? In(_blocked, PartyKind.Country, subject.CustomerCountry, now)
                ?? In(_blocked, PartyKind.Country, subject.MerchantCountry, now);
            if (blocked is not null) return blocked;
        }

        return _allowed.Count == 0 ? null
            : In(_allowed, PartyKind.Customer, subject.CustomerId, now)
                ?? In(_allowed, PartyKind.Merchant, subject.MerchantId, now)
                ?? In(_allowed, PartyKind.Country, subject.CustomerCountry, now);
    }

    /// <summary>Whether a rule is not to be asked about a payment.</summary>
    /// <param name="ruleCode">The rule.</param>
    /// <param name="subject">The payment.</param>
    /// <param name="now">The instant of scoring (UTC).</param>
    public bool IsSuppressed(string ruleCode, RiskSubject subject, DateTime now)
    {
        ArgumentNullException.ThrowIfNull(subject);
        return _suppressed.Count > 0
            && (IsSuppressed(ruleCode, PartyKind.Customer, subject.CustomerId, now)
                || IsSuppressed(ruleCode, PartyKind.Merchant, subject.MerchantId, now)
                || IsSuppressed(ruleCode, PartyKind.Country, subject.CustomerCountry, now));
    }

    private bool IsSuppressed(string ruleCode, PartyKind kind, string? party, DateTime now) =>
        party is not null && _suppressed.TryGetValue((kind, Key(kind, party), ruleCode), out var entry) && Lasts(entry.ExpiresAt, now);

    private static ListedParty? In(Dictionary<(PartyKind, string), ListedParty> list, PartyKind kind, string? party, DateTime now) =>
        party is not null && list.TryGetValue((kind, Key(kind, party)), out var entry) && Lasts(entry.ExpiresAt, now) ? entry : null;

    private static bool Lasts(DateTime? expiresAt, DateTime now) => expiresAt is null || now < expiresAt;

    private static string Key(PartyKind kind, string party) => kind == PartyKind.Country ? party.ToUpperInvariant() : party;

    private static Dictionary<TKey, TEntry> Longest<TKey, TEntry>(IEnumerable<TEntry> entries, Func<TEntry, TKey> key, Func<TEntry, DateTime?> expiry)
        where TKey : notnull
    {
        var longest = new Dictionary<TKey, TEntry>();
        foreach (var entry in entries.OrderBy(entry => expiry(entry) ?? DateTime.MaxValue))
        {
            longest[key(entry)] = entry;
        }

        return longest;
    }
}
