namespace Payments.Pipeline.Import;

/// <summary>A column of a staging table that values of a file go to.</summary>
/// <param name="Name">The contract's name in files.</param>
/// <param name="Column">The staging table's name.</param>
internal sealed record StagedColumn(string Name, string Column)
{
    /// <summary>Where it has no value, the content hash is the one that records had before there was the column; such columns come last.</summary>
    public bool JoinsHashWithValue { get; init; }

    public StagedColumn(string name)
        : this(name, name)
    {
    }
}

/// <summary>The content columns of a staging table, in the order in which values are read, written and hashed.</summary>
/// <param name="Subject">payments, customers, merchants or claims: names the staging table and the functions that validate and load it.</param>
/// <param name="Columns">The content.</param>
internal sealed record StagingLayout(string Subject, IReadOnlyList<StagedColumn> Columns)
{
    /// <summary>Payments; the currency is first because the amount's digits follow from it. New columns go to the end: the order makes the content hash.</summary>
    public static StagingLayout Payments { get; } = new(
        "payments",
        [
            new("currency"), new("payment_id"), new("customer_id"), new("merchant_id"), new("amount"), new("payment_method"),
            new("status", "payment_status"), new("payment_date", "transaction_date"), new("processing_time_seconds"), new("failure_reason"),
            new("is_fraud"), new("card_number", "card") { JoinsHashWithValue = true },
        ]);

    public static StagingLayout Customers { get; } = new(
        "customers",
        [
            new("customer_id"), new("customer_name"), new("email"), new("phone"), new("country"), new("registration_date"),
            new("credit_score"), new("risk_category"), new("created_at"),
        ]);

    public static StagingLayout Merchants { get; } = new(
        "merchants",
        [
            new("merchant_id"), new("merchant_name"), new("business_type"), new("country"), new("commission_rate"), new("status"),
            new("created_at"), new("active_from"), new("active_until"), new("settles_from"),
        ]);

    public static StagingLayout Refunds { get; } = ClaimsOf("refund");

    public static StagingLayout Disputes { get; } = ClaimsOf("dispute");

    /// <summary>Refunds and disputes: claims on a payment's money, of one kind, staged and judged alike.</summary>
    private static StagingLayout ClaimsOf(string kind) => new(
        "claims",
        [
            new("currency"), new("kind"), new($"{kind}_id", "claim_id"), new("payment_id"), new("amount"), new("status", "claim_status"),
            new("reason"), new($"{kind}_date", "claimed_at"),
        ]);
}
