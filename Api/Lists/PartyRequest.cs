using System.Text.Json.Serialization;
using Payments.Api.Docs;
using Payments.Api.Parameters;
using Payments.Api.Rules;
using Payments.Pipeline.RuleBooks;

namespace Payments.Api.Lists;

/// <summary>Whom an entry is about, and for how long.</summary>
internal abstract record PartyRequest
{
    private const int LongestId = 50;
    private const int LongestCountry = 100;

    /// <summary>customer, merchant or country.</summary>
    public string? PartyKind { get; init; }

    /// <summary>The customer's or merchant's id, which need not be known yet, or the country as the store spells it, whose case does not count.</summary>
    public string? Party { get; init; }

    /// <summary>Why; at most 1,000 characters. Reasons of scores quote it.</summary>
    public string? Reason { get; init; }

    /// <summary>It no longer counts from this instant on; without it for good.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Refuses an entry that the engine would not take.</summary>
    /// <exception cref="InvalidParameterException">It says which member, and how to put it right.</exception>
    public void Check(DateTimeOffset now)
    {
        if (PartyKind is null) throw new InvalidParameterException("party_kind", $"is required: one of {string.Join(", ", RuleWords.PartyKinds)}");
        RuleTexts.RequireOneOf("party_kind", PartyKind, RuleWords.PartyKinds);
        RequestTexts.RequireLine("party", Party, PartyKind == "country" ? LongestCountry : LongestId);
        RequestTexts.RequireLine("reason", Reason, 1000);
        RuleTexts.CheckInstant("expires_at", ExpiresAt);
        if (ExpiresAt <= now) throw new InvalidParameterException("expires_at", "must be later than now");
    }

    /// <summary>The party as it is stored.</summary>
    public string StoredParty() => RuleWords.Party(PartyKind!, Party!.Trim());
}

/// <summary>A party to be put on a list.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ListRequest : PartyRequest, IExample<ListRequest>
{
    /// <inheritdoc/>
    public static ListRequest Example { get; } = new() { List = "block", PartyKind = "customer", Party = "CUST-0042", Reason = "chargebacks on three cards", ExpiresAt = new(2026, 7, 31, 0, 0, 0, TimeSpan.Zero) };

    /// <summary>allow: rules and models do not take its payments over APPROVE, flags stay. block: its payments are flagged and blocked. A block goes before an allowance.</summary>
    public string? List { get; init; }
}

/// <summary>A rule to be suppressed for a party.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record SuppressionRequest : PartyRequest, IExample<SuppressionRequest>
{
    /// <inheritdoc/>
    public static SuppressionRequest Example { get; } = new() { RuleCode = "NIGHT", PartyKind = "merchant", Party = "MERCH-007", Reason = "a night shop", ExpiresAt = new(2026, 7, 31, 0, 0, 0, TimeSpan.Zero) };

    /// <summary>The rule.</summary>
    public string? RuleCode { get; init; }
}

/// <summary>The id that an addition was given; null where there is one already.</summary>
internal sealed record AddedId(long? Id);

/// <summary>Whether something was removed; null where it had been.</summary>
internal sealed record Removal(bool? IsRemoved);
