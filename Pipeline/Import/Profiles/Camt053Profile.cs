using System.Globalization;
using Payments.Pipeline.Validate;

namespace Payments.Pipeline.Import.Profiles;

/// <summary>ISO 20022 bank statements; <see cref="Xml.CamtRecordReader"/> makes these columns of them. What any of the rules finds refuses the file: without the line the statement would not add up.</summary>
internal static class Camt053Profile
{
    /// <summary>The message that the profile is of.</summary>
    public const string Message = "camt.053";

    private const int LongestRemittance = 4_000;

    public static ImportProfile Profile { get; } = new(
        "camt053",
        Version: 1,
        StagingLayout.BankRecords,
        [
            new("currency", ReportRules.Currency),
            new("kind", Rules.OneOf("statement", "line")),
            new("account_iban", ReportRules.Reference()),
            new("account_currency", ReportRules.Currency),
            new("statement_reference", Free(100)),
            new("sequence", Number()),
            new("page", Rules.Integer(1, 999_999_999)),
            new("content_hash", Hash()),
            new("opening_balance", ReportRules.Net, isRequired: false),
            new("closing_balance", ReportRules.Net, isRequired: false),
            new("opening_day", Rules.Day, isRequired: false),
            new("closing_day", Rules.Day, isRequired: false),
            new("from_day", Rules.Day, isRequired: false),
            new("to_day", Rules.Day, isRequired: false),
            new("line_count", Number(), isRequired: false),
            new("entry_number", Rules.Integer(1, 999_999_999), isRequired: false),
            new("detail_number", Rules.Integer(0, 999_999_999), isRequired: false),
            new("amount", ReportRules.Net, isRequired: false),
            new("booking_date", Rules.Day, isRequired: false),
            new("value_date", Rules.Day, isRequired: false),
            new("bank_reference", Free(250), isRequired: false),
            new("end_to_end_id", Free(250), isRequired: false),
            new("instruction_id", Free(250), isRequired: false),
            new("transaction_id", Free(250), isRequired: false),
            new("remittance", Free(LongestRemittance), isRequired: false),
            new("creditor_reference", Free(250), isRequired: false),
            new("counterparty_name", Free(250), isRequired: false),
            new("counterparty_account", Free(100), isRequired: false),
            new("transaction_code", Free(100), isRequired: false),
            new("charges", ReportRules.Net, isRequired: false),
            new("original_currency", ReportRules.Currency, isRequired: false),
            new("original_amount", ReportRules.Net, isRequired: false),
            new("is_reversal", Rules.Flag, isRequired: false),
            new("status", Rules.OneOf("BOOK", "PDNG", "INFO", "FUTR"), isRequired: false),
        ])
    {
        Syntaxes = Syntaxes.Xml,
        ObjectType = Message,
    };

    // Measured when it was read; XML has no control characters but blanks and line ends.
    private static Rule Free(int maxCharacters) => new(
        $"a text of at most {maxCharacters} characters",
        (text, row, _) =>
        {
            row.Text(text);
            return Fault.None;
        });

    private static Rule Number() => new(
        "a whole number",
        (text, row, _) =>
        {
            if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return Fault.Format;
            row.Int64(number);
            return Fault.None;
        },
        Fault.Format);

    private static Rule Hash() => new(
        "32 hexadecimal digits",
        (text, row, _) =>
        {
            Span<byte> bytes = stackalloc byte[16];
            if (Convert.FromHexString(text, bytes, out int _, out var written) != System.Buffers.OperationStatus.Done || written != bytes.Length) return Fault.Format;
            row.Uuid(bytes);
            return Fault.None;
        },
        Fault.Format);
}
