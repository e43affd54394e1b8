using System.ComponentModel.DataAnnotations;

namespace Payments.Pipeline.Retention;

/// <summary>Section <c>Retention</c>: how long things stay in the database and in the storage folder.</summary>
public sealed class RetentionOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Retention";

    /// <summary>Whole months of payments that stay in the database besides the current one; older ones are archived every night. Null (the default): all of them stay.</summary>
    [Range(1, 1200)]
    public int? PaymentMonths { get; set; }

    /// <summary>Days that a received file stays in the spool after all of its imports have ended; one with open quarantined records stays longer. Default 30.</summary>
    [Range(1, 36_500)]
    public int SpoolDays { get; set; } = 30;

    // A day at least: what rules did in the 24 hours before is what they are capped by.
    /// <summary>Days that steps of runs, results of assertions and hourly counts of rules are kept; the runs themselves stay. Default 400.</summary>
    [Range(1, 36_500)]
    public int HistoryDays { get; set; } = 400;
}
