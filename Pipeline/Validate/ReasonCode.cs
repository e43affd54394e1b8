using Payments.Pipeline.Import;

namespace Payments.Pipeline.Validate;

/// <summary>A reason why a record or a file is refused, or a warning about a file.</summary>
/// <param name="Code">As it is counted in <c>by_reason</c>; of a column's value <c>column.fault</c>.</param>
/// <param name="Meaning">One sentence.</param>
/// <param name="Remedy">What the sender can do.</param>
public sealed record ReasonCode(string Code, string Meaning, string Remedy)
{
    internal const string RowQuote = "row.quote";
    internal const string RowEncoding = "row.encoding";
    internal const string RowControlChar = "row.control_char";
    internal const string RowJson = "row.json";
    internal const string RowRepeatedKey = "row.repeated_key";
    internal const string RowNesting = "row.nesting";
    internal const string RowTooLarge = "row.too_large";
    internal const string RowFieldCount = "row.field_count";
    internal const string FieldTooLong = "field.too_long";
    internal const string FileEmpty = "file.empty";
    internal const string FileEncoding = "file.encoding";
    internal const string FileProfile = "file.profile";
    internal const string FileJson = "file.json";
    internal const string FileNotLastPage = "file.not_last_page";
    internal const string FileHeader = "file.header";
    internal const string FileCompression = "file.compression";
    internal const string FileTooLarge = "file.too_large";
    internal const string FileNoRecords = "file.no_records";
    internal const string FileCardKey = "file.card_key";
    internal const string FileXml = "file.xml";
    internal const string FileCamt = "file.camt";
    internal const string FileBalance = "file.balance";
    internal const string FileCategory = "file.category";
    internal const string FileNet = "file.net";
    internal const string FilePayout = "file.payout";
    internal const string ReportNoPayout = "report.no_payout";
    internal const string StripeTestMode = "stripe.test_mode";
    internal const string HeaderExtraColumn = "header.extra_column";

    /// <summary>Reasons for which a whole file is refused; nothing of it is written.</summary>
    public static IReadOnlyList<ReasonCode> OfFiles { get; } =
    [
        new(FileEmpty, "The file has no bytes, or only blank lines.", "Send the file again; it was cut or never filled."),
        new(FileEncoding, "The file is not UTF-8 text: UTF-16, UTF-32, undeclared gzip or zip, or bad bytes in the header.", "Save it as UTF-8; declare compression by the name (`.gz`, `.zip`), `Content-Type` or `Content-Encoding: gzip`."),
        new(FileHeader, "A column of the profile is missing from the header or named twice, or the header cannot be read.", "Name each column once, separated by commas; the detail says which."),
        new(FileProfile, "No profile fits the file, several do equally, or the profile asked for is not read from this syntax.", "Name the profile (`profile=`), or name the columns as one of the profiles does (`GET /api/imports/profiles`); the detail says what was seen."),
        new(FileJson, "The file is a JSON document (an object, a list, a page) that is cut off or broken, or something follows it.", "Send it again as a whole; one document a file, or one record a line."),
        new(FileXml, "The file is XML that is broken or cut off, has a document type declaration (DTD), or is deeper or has larger parts than anything that is read.", "Send it again as a whole, without a DTD; the detail says where."),
        new(FileCamt, "The file is no message of bank statements (camt.053.001.02 to .13), or lacks what the standard demands.", "Ask the bank for camt.053; the detail says what is missing, with its line."),
        new(FileBalance, "A bank statement does not add up: opening balance plus booked entries is not the closing balance, or the transactions of an entry are not the entry.", "Ask the bank for the statement again; the detail has the figures."),
        new(FileCategory, "A line of a processor's report has a category or type that is not known: nobody has said what it means.", "Have the word added to the list of categories (`StripeCategories`, `AdyenTypes`); the detail has the line and the word."),
        new(FileNet, "A line of a processor's report does not add up: gross less fee is not net.", "Export the report again; the detail has the line and the figures."),
        new(FilePayout, "The lines of a payout do not add up to it.", "Export the report again, whole; the detail has the figures."),
        new(FileCompression, "The file is declared to be gzip or zip, and is not, is cut off or broken, is encrypted, or is an archive of none or several files.", "Compress it again, one file in an archive, or do not declare it."),
        new(FileCardKey, "The file has card numbers, and there is no key to make them unreadable with.", "Set `Cards:HashKey`, or send the file without `card_number`."),
        new(FileTooLarge, "The content of a compressed file exceeds the limit of size or expansion.", "Split the file, or raise `Import:MaxExpandedBytes` or `Import:MaxExpansion`."),
    ];

    /// <summary>Remarks about a file that was read.</summary>
    public static IReadOnlyList<ReasonCode> Warnings { get; } =
    [
        new(FileNoRecords, "The file has a header and no record.", "Check whether the sender meant to send records."),
        new(FileNotLastPage, "The page says that there are more (`has_more`).", "Send the pages that follow too."),
        new(StripeTestMode, "The file has objects of Stripe's test mode (`livemode` is false).", "Check whether test data is meant to be here."),
        new(ReportNoPayout, "A batch of the report has no line of its payout (`MerchantPayout`): what its lines add up to could not be proven.", "Nothing, where the batch has paid nothing out."),
        new(HeaderExtraColumn, "The header, or a record of JSON, has a column that the profile does not know; it is ignored.", "None is needed; check for a misspelt optional column."),
    ];

    /// <summary>Reasons about a record as a whole, in the order in which they count.</summary>
    public static IReadOnlyList<ReasonCode> OfRows { get; } =
    [
        new(RowQuote, "A quote in an unquoted field, text after a closing quote, or a quote that is never closed (it holds all that follows it).", "Quote the whole field and double the quotes inside."),
        new(RowEncoding, "The record has bytes that are not UTF-8.", "Save the file as UTF-8."),
        new(RowControlChar, "The record has the character U+0000.", "Remove it."),
        new(RowJson, "The line, or the element of the list, is not an object of JSON, or is nested deeper than 64.", "Write one whole object a line."),
        new(RowRepeatedKey, "A key occurs twice in the object.", "Give each value once."),
        new(RowNesting, "An object or a list is where a value is wanted, or a value where an object is.", "Give a text or a number; null for none."),
        new(RowFieldCount, "The record has more or fewer fields than the header.", "Quote fields that contain commas; keep empty fields."),
        new(FieldTooLong, $"A field has more than {RecordReader.MaxFieldCharacters} characters.", "Shorten it."),
        new(RowTooLarge, $"The record has more than {RecordReader.MaxRecordBytes / 1024} KiB.", "Leave out what is not needed."),
    ];

    /// <summary>Reasons about a column's value; <see cref="Code"/> is <c>column.fault</c>.</summary>
    public static IReadOnlyList<ReasonCode> OfValues { get; } =
    [
        .. ImportProfiles.All
            .SelectMany(profile => profile.Columns)
            .SelectMany(column => column.Faults.Select(fault => (Column: column, Fault: fault)))
            .GroupBy(pair => pair.Column.Name)
            .SelectMany(column => column.GroupBy(pair => pair.Fault, pair => pair.Column.Rule.Shape).OrderBy(fault => fault.Key)
                .Select(fault => new ReasonCode(Of(column.Key, fault.Key), MeaningOf(column.Key, string.Join("; or ", fault.Distinct()), fault.Key), RemedyOf(fault.Key)))),
    ];

    /// <summary>Reasons that only the store can find (<c>10_validate</c>), besides the <c>unknown</c> of references.</summary>
    public static IReadOnlyList<ReasonCode> OfStore { get; } =
    [
        new("payment_id.conflict", "A payment of this id is known with other content; the first valid one stays.", "Send moves along its lifecycle as `mode=update` with all else unchanged, other payments under ids of their own."),
        new("payment_id.archived", "The payment's month is archived: what is known of it can be repeated, and nothing else.", "Have its month restored (`POST /api/archives/{month}/restore`) and send the record again."),
        new("status.transition", "The payment cannot go from its status to this one: PENDING becomes SUCCESS or FAILED, SUCCESS becomes REFUNDED. A refund or a dispute does not go back either ([ADR 16](decisions/0016-refunds-and-disputes.md)).", "Send the moves of a payment, a refund or a dispute in their order; a new attempt is one of its own."),
        new("payment_id.not_refundable", "The payment has failed: nothing was paid that could be refunded.", "Check the payment's id, and whether its status is still to be updated."),
        new("payment_id.not_disputable", "The payment has failed: nothing was paid that could be disputed.", "Check the payment's id, and whether its status is still to be updated."),
        new("currency.mismatch", "The currency is not that of the payment.", "Send the amount in the payment's currency."),
        new("amount.exceeds_payment", "With the refunds of the payment that are neither failed nor canceled, the amount exceeds the payment.", "Check the amount; send refunds that have failed or were canceled first."),
        new("refund_date.before_payment", "The refund lies before its payment.", "Check the payment's id and the date's offset."),
        new("dispute_date.before_payment", "The dispute lies before its payment.", "Check the payment's id and the date's offset."),
        new("refund_id.conflict", "A refund of this id is known with other content; the first valid one stays.", "Send another status as `mode=update` with all else unchanged, other refunds under ids of their own."),
        new("dispute_id.conflict", "A dispute of this id is known with other content; the first valid one stays.", "Send another status as `mode=update` with all else unchanged, other disputes under ids of their own."),
        new("external_id.conflict", "A line of this id is known with another amount, fee, currency, category, time or payout; the first one stays.", "Ask the processor which of both holds."),
        new("payout_key.conflict", "A payout of this id is known with another amount, currency or time; the first one stays.", "Ask the processor which of both holds."),
        new("statement_reference.conflict", "A statement of this account, id, sequence and page is known and says something else; the first one stays.", "Ask the bank which of both holds."),
        new("email.taken", "Another customer has this e-mail address.", "Correct the address, or leave it empty."),
        new("active_until.not_after_start", "The merchant's active time would end before it begins (with what the store knows).", "Correct `active_from` or `active_until`."),
    ];

    internal static string Of(string column, Fault fault) => $"{column}.{Word(fault)}";

    private static string Word(Fault fault) => fault switch
    {
        Fault.Missing => "missing",
        Fault.Format => "format",
        Fault.Invalid => "invalid",
        Fault.Unknown => "unknown",
        Fault.TooLong => "too_long",
        Fault.NotPositive => "not_positive",
        Fault.Negative => "negative",
        Fault.Precision => "precision",
        Fault.TooLarge => "too_large",
        Fault.OutOfRange => "out_of_range",
        Fault.Future => "future",
        Fault.TooOld => "too_old",
        Fault.OutOfPlace => "out_of_place",
        Fault.Unbalanced => "unbalanced",
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "No fault has no word."),
    };

    private static string MeaningOf(string column, string shape, Fault fault) => fault switch
    {
        Fault.Missing => $"`{column}` is empty or blank.",
        Fault.Format => $"`{column}` is not {shape}.",
        Fault.Invalid => $"`{column}` has the right shape, but no such date or time exists.",
        Fault.Unknown => $"`{column}` is not {shape}.",
        Fault.TooLong => $"`{column}` is longer than the store keeps.",
        Fault.NotPositive => $"`{column}` is not over 0.",
        Fault.Negative => $"`{column}` is below 0.",
        Fault.Precision => $"`{column}` has more decimals than it may have (an amount: than its currency has); it is not rounded.",
        Fault.TooLarge => $"`{column}` is over 9999999999999.99.",
        Fault.OutOfRange => $"`{column}` is outside of its range.",
        Fault.Future => $"`{column}` lies after now.",
        Fault.TooOld => $"`{column}` lies before 2000-01-01.",
        Fault.OutOfPlace => $"`{column}` is given, and the payment has not failed.",
        Fault.Unbalanced => $"`{column}` less the fee is not the net amount.",
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "No fault has no meaning."),
    };

    private static string RemedyOf(Fault fault) => fault switch
    {
        Fault.Missing => "Give a value.",
        Fault.Unknown => "Use a value of the list; import customers and merchants before their payments, payments before their refunds and disputes.",
        Fault.Future => "Check the sender's clock and the offset.",
        Fault.OutOfPlace => "Leave it out, or send the status FAILED.",
        _ => "Correct the value.",
    };
}
