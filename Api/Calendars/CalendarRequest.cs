using System.Text.Json.Serialization;
using Payments.Api.Docs;

namespace Payments.Api.Calendars;

/// <summary>A calendar to be made.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record CalendarRequest : IExample<CalendarRequest>
{
    /// <inheritdoc/>
    public static CalendarRequest Example { get; } = new() { Calendar = "OUR_BANK", CalendarName = "Our bank", Rule = "target2", Source = "agreement with our bank, annex 2" };

    /// <summary>Its code: 1 to 30 capitals, digits and underscores, beginning with a letter.</summary>
    public string? Calendar { get; init; }

    /// <summary>What people call it; at most 100 characters.</summary>
    public string? CalendarName { get; init; }

    /// <summary>target2, federal_reserve or england_and_wales: it has those holidays, and the one-off days of the rule's published calendar; without it only weekends are closed.</summary>
    public string? Rule { get; init; }

    /// <summary>Who publishes its days, and where; at most 500 characters.</summary>
    public string? Source { get; init; }

    /// <summary>Why, for the list of changes.</summary>
    public string? Note { get; init; }
}

/// <summary>A one-off day of a calendar.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record CalendarDayRequest : IExample<CalendarDayRequest>
{
    /// <inheritdoc/>
    public static CalendarDayRequest Example { get; } = new() { Day = new(2022, 9, 19), IsBusinessDay = false, Name = "State funeral", Source = "GOV.UK, 10 September 2022" };

    /// <summary>The day, of the years 1990 to 2100.</summary>
    public DateOnly? Day { get; init; }

    /// <summary>false: closed; true: open, although the rule or the weekend says otherwise.</summary>
    public bool? IsBusinessDay { get; init; }

    /// <summary>What it is; at most 100 characters.</summary>
    public string? Name { get; init; }

    /// <summary>Who declared it, and where; at most 500 characters.</summary>
    public string? Source { get; init; }

    /// <summary>Why, for the list of changes.</summary>
    public string? Note { get; init; }
}
