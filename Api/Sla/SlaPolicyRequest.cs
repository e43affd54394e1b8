using System.Globalization;
using System.Text.Json.Serialization;
using Payments.Api.Docs;
using Payments.Api.Parameters;
using Payments.Api.Reading;

namespace Payments.Api.Sla;

/// <summary>What days late cost, from a day on.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record SlaTierRequest
{
    /// <summary>The first day late that it goes for, 1 to 3,650.</summary>
    public int? FromDay { get; init; }

    /// <summary>Of each day: percent of the net amount, or an amount; at most six decimals.</summary>
    public decimal? Rate { get; init; }
}

/// <summary>When a policy ends.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record SlaPolicyEnd : IExample<SlaPolicyEnd>
{
    /// <inheritdoc/>
    public static SlaPolicyEnd Example { get; } = new() { ValidUntil = new(2026, 7, 1), Note = "the contract ends" };

    /// <summary>First expected date that it no longer goes for.</summary>
    public DateOnly? ValidUntil { get; init; }

    /// <summary>Why; at most 1,000 characters.</summary>
    public string? Note { get; init; }
}

/// <summary>A policy to be added.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record SlaPolicyRequest : IExample<SlaPolicyRequest>
{
    private const int LongestName = 100;
    private const decimal GreatestAmount = 1_000_000_000;

    /// <inheritdoc/>
    public static SlaPolicyRequest Example { get; } = new()
    {
        MerchantId = "MERCH-007",
        PolicyName = "Example Books 2026",
        ValidFrom = new(2026, 2, 1),
        WarningDays = 1,
        WarningDayKind = "business",
        EscalationDays = 2,
        PenaltyBasis = "percent",
        PenaltyTiers = [new() { FromDay = 1, Rate = 0.1m }, new() { FromDay = 6, Rate = 0.25m }],
        PenaltyCap = 10,
        TargetShare = 99,
        Note = "contract of January",
    };

    /// <summary>Whose settlements; without it of every merchant that has no policy of its own.</summary>
    public string? MerchantId { get; init; }

    /// <summary>Settlements in which currency; without it in every one.</summary>
    public string? Currency { get; init; }

    /// <summary>What it is called; at most 100 characters.</summary>
    public string? PolicyName { get; init; }

    /// <summary>First expected date that it goes for, 1990 to 2100.</summary>
    public DateOnly? ValidFrom { get; init; }

    /// <summary>First expected date that it no longer goes for; without it for good.</summary>
    public DateOnly? ValidUntil { get; init; }

    /// <summary>So many days before the expected date an unpaid settlement is warned of, 0 to 60; without it only one whose payout has failed.</summary>
    public int? WarningDays { get; init; }

    /// <summary>calendar (without it) or business.</summary>
    public string? WarningDayKind { get; init; }

    /// <summary>It escalates when it is so many days late, 1 to 365; without it never.</summary>
    public int? EscalationDays { get; init; }

    /// <summary>calendar (without it) or business.</summary>
    public string? EscalationDayKind { get; init; }

    /// <summary>none (without it), percent (of the net amount, per day late) or fixed (an amount per day late, in the policy's currency).</summary>
    public string? PenaltyBasis { get; init; }

    /// <summary>calendar (without it) or business.</summary>
    public string? PenaltyDayKind { get; init; }

    /// <summary>What days late cost, from which day on; one from day 1 is a penalty per day. At most 50.</summary>
    public IReadOnlyList<SlaTierRequest>? PenaltyTiers { get; init; }

    /// <summary>Most that a penalty comes to: percent of the net amount, or an amount; without it no end.</summary>
    public decimal? PenaltyCap { get; init; }

    /// <summary>Percent of settlements that are to be paid in time, 0 to 100 with at most two decimals.</summary>
    public decimal? TargetShare { get; init; }

    /// <summary>Why, for whoever looks at it later; at most 1,000 characters.</summary>
    public string? Note { get; init; }

    /// <summary>Refuses a policy that cannot be kept.</summary>
    /// <exception cref="InvalidParameterException">It says which member, and how to put it right.</exception>
    public async Task CheckAsync(Reader reader, CancellationToken cancellationToken)
    {
        RequestTexts.RequireLine("policy_name", PolicyName, LongestName);
        if (MerchantId is { } merchant && (merchant.Length == 0 || !RequestTexts.Fits(merchant, 50))) throw new InvalidParameterException("merchant_id", "is no merchant; leave it out for a policy of all");
        if (Currency is { } currency && (currency.Length != 3 || !currency.All(char.IsAsciiLetterUpper) || await reader.FindAsync(new RowQuery<KnownCurrency>("public.currencies").Where("currency = @currency").With("currency", currency), cancellationToken) is null))
        {
            throw new InvalidParameterException("currency", "must be an ISO 4217 code, for example USD");
        }

        var from = Day("valid_from", ValidFrom, isRequired: true);
        if (Day("valid_until", ValidUntil, isRequired: false) <= from) throw new InvalidParameterException("valid_until", "must be later than valid_from");
        if (WarningDays is < 0 or > 60) throw new InvalidParameterException("warning_days", "must be a whole number from 0 to 60");
        if (EscalationDays is < 1 or > 365) throw new InvalidParameterException("escalation_days", "must be a whole number from 1 to 365");
        RequireOneOf("warning_day_kind", WarningDayKind, "calendar", "business");
        RequireOneOf("escalation_day_kind", EscalationDayKind, "calendar", "business");
        RequireOneOf("penalty_day_kind", PenaltyDayKind, "calendar", "business");
        RequireOneOf("penalty_basis", PenaltyBasis, "none", "percent", "fixed");
        CheckPenalty();
        if (TargetShare is not (>= 0 and <= 100) || decimal.Round(TargetShare.Value, 2) != TargetShare) throw new InvalidParameterException("target_share", "is required: a number from 0 to 100 with at most two decimals");
        RequestTexts.CheckNote("note", Note);
    }

    /// <summary>The statement that adds it.</summary>
    public RowQuery<AddedPolicy> Add(string? author, DateTime now) =>
        new RowQuery<AddedPolicy>(
                "pipeline.add_sla_policy(@merchant, @currency, @name, @from, @until, @warning, @warning_kind, @escalation, @escalation_kind, @basis, @penalty_kind, @cap, @days, @rates, @target, @note, @by, @now) as added (id, is_new)")
            .With("merchant", MerchantId)
            .With("currency", Currency)
            .With("name", PolicyName!.Trim())
            .With("from", Day("valid_from", ValidFrom, isRequired: true))
            .With("until", Day("valid_until", ValidUntil, isRequired: false))
            .With("warning", WarningDays)
            .With("warning_kind", WarningDayKind ?? "calendar")
            .With("escalation", EscalationDays)
            .With("escalation_kind", EscalationDayKind ?? "calendar")
            .With("basis", PenaltyBasis ?? "none")
            .With("penalty_kind", PenaltyDayKind ?? "calendar")
            .With("cap", PenaltyCap)
            .With("days", (PenaltyTiers ?? []).Select(tier => tier.FromDay!.Value).ToArray())
            .With("rates", (PenaltyTiers ?? []).Select(tier => tier.Rate!.Value).ToArray())
            .With("target", TargetShare)
            .With("note", Note)
            .With("by", author ?? "")
            .With("now", now);

    /// <summary>A day of a request's body.</summary>
    /// <exception cref="InvalidParameterException">It is none, or missing.</exception>
    public static DateOnly? Day(string name, DateOnly? value, bool isRequired) =>
        value is null ? isRequired ? throw Complaint(name, isRequired) : null
        : value is { Year: >= 1990 and <= 2100 } ? value
        : throw Complaint(name, isRequired);

    private static InvalidParameterException Complaint(string name, bool isRequired) =>
        new(name, $"{(isRequired ? "is required: " : "must be ")}a date from 1990 to 2100 as YYYY-MM-DD, for example 2026-01-31");

    private static void RequireOneOf(string name, string? value, params string[] allowed)
    {
        if (value is not null && !allowed.Contains(value, StringComparer.Ordinal)) throw new InvalidParameterException(name, $"must be one of {string.Join(", ", allowed)}");
    }

    private void CheckPenalty()
    {
        var tiers = PenaltyTiers ?? [];
        var isNone = (PenaltyBasis ?? "none") == "none";
        if (isNone != (tiers.Count == 0)) throw new InvalidParameterException("penalty_tiers", isNone ? "must be left out where penalty_basis is none" : "is required with this penalty_basis: one from day 1 is a penalty per day");
        if (tiers.Count > 50 || tiers.Any(tier => tier is null || tier.FromDay is not (>= 1 and <= 3650)) || tiers.Zip(tiers.Skip(1)).Any(pair => pair.First.FromDay >= pair.Second.FromDay))
        {
            throw new InvalidParameterException("penalty_tiers", "must have from_day from 1 to 3650 in ascending order, at most 50 of them");
        }

        var most = PenaltyBasis == "percent" ? 100 : GreatestAmount;
        if (tiers.Any(tier => tier.Rate is not { } rate || rate < 0 || rate > most || decimal.Round(rate, 6) != rate)) throw new InvalidParameterException("penalty_tiers", string.Create(CultureInfo.InvariantCulture, $"must each have a rate from 0 to {most} with at most six decimals"));
        if (PenaltyCap is { } cap && (isNone || cap <= 0 || cap > most || decimal.Round(cap, 6) != cap))
        {
            throw new InvalidParameterException("penalty_cap", isNone ? "must be left out where penalty_basis is none" : string.Create(CultureInfo.InvariantCulture, $"must be a number over 0, at most {most}, with at most six decimals"));
        }

        if (PenaltyBasis == "fixed" && Currency is null) throw new InvalidParameterException("currency", "is required with a fixed penalty, which is in it");
    }

    private sealed record KnownCurrency(string Currency);
}
