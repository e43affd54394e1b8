namespace Payments.Api.Docs;

/// <summary>The subjects of the API, in the documentation's order.</summary>
internal static class ApiTags
{
    /// <summary>What the API is and how it is.</summary>
    public const string Status = "Status";

    /// <summary>Stored functions.</summary>
    public const string Reports = "Reports";

    /// <summary>BI views.</summary>
    public const string Analytics = "Analytics";

    /// <summary>Payments as they happen.</summary>
    public const string Payments = "Payments";

    /// <summary>Refunds and disputes.</summary>
    public const string Claims = "Refunds and disputes";

    /// <summary>Alerts and their review.</summary>
    public const string Alerts = "Alerts";

    /// <summary>What the engine has learned.</summary>
    public const string Models = "Models";

    /// <summary>Runs.</summary>
    public const string Etl = "ETL";

    /// <summary>Files.</summary>
    public const string Imports = "Imports";

    /// <summary>Refused records.</summary>
    public const string Quarantine = "Quarantine";

    /// <summary>What merchants are paid, and by which terms.</summary>
    public const string Settlements = "Settlements";

    /// <summary>Business days.</summary>
    public const string Calendars = "Calendars";

    /// <summary>Assertions and lineage.</summary>
    public const string Trust = "Trust";

    /// <summary>Scoring of history, and how good scoring is.</summary>
    public const string Risk = "Risk";

    /// <summary>Service levels of settlements.</summary>
    public const string Sla = "SLA";

    /// <summary>Months of payments in files.</summary>
    public const string Archives = "Archives";

    /// <summary>Rules and thresholds.</summary>
    public const string Rules = "Rules";

    /// <summary>Allow and block lists, suppressions.</summary>
    public const string Lists = "Lists";

    /// <summary>Processors and banks against payments and settlements.</summary>
    public const string Reconciliation = "Reconciliation";

    /// <summary>Slow queries.</summary>
    public const string Watch = "Slow queries";

    /// <summary>Issues on purpose.</summary>
    public const string Simulations = "Simulations";

    /// <summary>Every tag with its description.</summary>
    public static IReadOnlyList<(string Name, string Description)> All { get; } =
    [
        (Status, "What the API offers, and whether it is healthy."),
        (Reports, "Daily figures, failed payments, late settlements, risky payments."),
        (Analytics, "The views that BI tools read, over running totals."),
        (Payments, "Payments as they happen: stored, scored and decided upon in milliseconds; and all about one of them."),
        (Claims, "What payers got back or want back, whole payments or parts of them."),
        (Alerts, "Payments that somebody should look at: the queue, verdicts, and a live feed of what happens."),
        (Models, "What the engine has learned from payments and labels: versions, what each was measured by, which is live."),
        (Etl, "Runs of the pipeline: start one, follow it, see its steps."),
        (Imports, "Files of payments, customers, merchants, refunds and disputes, and what became of each record."),
        (Quarantine, "Refused records: see what is wrong, correct and replay them, or dismiss them."),
        (Sla, "Late settlements: incidents and their timelines, policies and penalties, what may become late, and figures by merchant and month."),
        (Archives, "Months of payments that have left the database for a Parquet file, and the way back."),
        (Risk, "History scored anew, drift of features and scores, and how good decisions were."),
        (Settlements, "What merchants are paid, what is still open, and the terms and fees that it goes by."),
        (Calendars, "Calendars of business days: holidays by published rule, and one-off days."),
        (Trust, "Whether the data is right, where each payment and settlement came from, and who changed what it goes by."),
        (Reconciliation, "Processors' lines, payouts and bank lines held against payments and settlements: matches, proposals, differences."),
        (Rules, "What scoring goes by besides models: rules as data with versions, shadow mode, caps and audit, and the thresholds of decisions."),
        (Lists, "Customers, merchants and countries that are allowed or blocked, and rules that do not count for them."),
        (Watch, "Statements that take too long: see and cancel them."),
        (Simulations, "Production issues on purpose, in development."),
    ];
}
