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
/// <param name="Subject">payments, customers, merchants, claims, …: names the staging table and the functions that validate and load it.</param>
/// <param name="Columns">The content.</param>
internal sealed record StagingLayout(string Subject, IReadOnlyList<StagedColumn> Columns)
{
    /// <summary>Lines of processors' reports; amounts follow from the currency, the gross amount is proven against fee and net.</summary>
    public static StagingLayout ProcessorLines { get; } = new(
        "processor_lines",
        [
            new("processor"), new("currency"), new("category"), new("original_category"), new("net"), new("fee"), new("gross"), new("account"), new("external_id"),
            new("payout_key"), new("payment_reference"), new("processor_reference"), new("source_reference"), new("payment_method"), new("description"),
            new("presentment_currency"), new("presentment_amount"), new("exchange_rate"), new("occurred_at"), new("available_on"), new("arrival_date"),
        ])
    {
        IsOfReports = true,
    };

    /// <summary>Payouts of processors.</summary>
    public static StagingLayout PayoutRecords { get; } = new(
        "payout_records",
        [
            new("processor"), new("currency"), new("payout_key"), new("amount"), new("status", "payout_status"), new("arrival_date"), new("initiated_at"), new("reference"),
        ])
    {
        IsOfReports = true,
    };

    /// <summary>Bank statements and their lines.</summary>
    public static StagingLayout BankRecords { get; } = new(
        "bank_records",
        [
            new("currency"), new("kind"), new("account_iban"), new("account_currency"), new("statement_reference"), new("sequence"), new("page"), new("content_hash"),
            new("opening_balance"), new("closing_balance"), new("opening_day"), new("closing_day"), new("from_day"), new("to_day"), new("line_count"),
            new("entry_number"), new("detail_number"), new("amount"), new("booking_date"), new("value_date"), new("bank_reference"), new("end_to_end_id"),
            new("instruction_id"), new("transaction_id"), new("remittance"), new("creditor_reference"), new("counterparty_name"), new("counterparty_account"),
            new("transaction_code"), new("charges"), new("original_currency"), new("original_amount"), new("is_reversal"), new("status"),
        ])
    {
        IsOfReports = true,
    };

    /// <summary>Reports of others: what they have besides what is read may be as long as it likes, and an absent column is the same as an empty one.</summary>
    public bool IsOfReports { get; private init; }

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
