using System.Globalization;
using System.Text;

namespace Payments.Pipeline.Import.Xml;

/// <summary>
/// Reads bank statements as records: each statement (one for each of its currencies), then its lines, an entry or a transaction of one each.
/// The file has been surveyed before: it adds up.
/// </summary>
/// <remarks>A field is at the place of its column in the profile; the record as it came is quoted by what was read of it.</remarks>
internal sealed class CamtRecordReader : RecordReader
{
    private readonly IReadOnlyList<ImportColumn> _columns;
    private readonly Dictionary<string, int> _places;
    private readonly CamtSurvey _survey;
    private readonly IEnumerator<bool> _records;
    private readonly byte[]?[] _fields;
    private byte[]? _raw;

    public CamtRecordReader(Stream content, CamtSurvey survey, ImportProfile profile)
    {
        _columns = profile.Columns;
        _places = profile.Columns.Select((column, place) => (column.Name, place)).ToDictionary(column => column.Name, column => column.place);
        _fields = new byte[]?[_columns.Count];
        _survey = survey;
        _records = Read(content).GetEnumerator();
    }

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Raw => _raw ??= Quote();

    /// <inheritdoc/>
    public override ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!_records.MoveNext()) return ValueTask.FromResult(false);
        Number++;
        FieldCount = _fields.Length;
        return ValueTask.FromResult(true);
    }

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Field(int index) => _fields[index];

    /// <inheritdoc/>
    public override bool IsGiven(int index) => _fields[index] is not null;

    /// <summary>References and names were measured when they were read.</summary>
    public override bool IsTooLong(int index) => false;

    private IEnumerable<bool> Read(Stream content)
    {
        using var message = new CamtMessage(content);
        var (statement, entries, numbers) = (-1, -1, new Dictionary<string, int>(StringComparer.Ordinal));
        var (entry, totals, details) = (default(CamtEntry), default(CamtTotals), 0);
        var first = default(CamtDetail);
        foreach (var next in message.Read())
        {
            switch (next)
            {
                case CamtStatement head:
                    statement++;
                    numbers.Clear();
                    foreach (var told in _survey.OfStatement(statement))
                    {
                        Begin("statement", head.Line, told);
                        SetStatement(told);
                        yield return true;
                    }

                    break;
                case CamtEntry begun:
                    (entry, first, details) = (begun, null, 0);
                    entries++;
                    totals = _survey.OfStatement(statement).Single(known => known.Currency == begun.Currency);
                    numbers[begun.Currency] = numbers.GetValueOrDefault(begun.Currency) + 1;
                    break;
                case CamtDetail detail:
                    details++;
                    first ??= detail;
                    if (!_survey.IsSplit(entries)) break;
                    Begin("line", detail.Line, totals!);
                    SetLine(entry!, numbers[entry!.Currency], details, detail.Amount!.Value, detail.Charges, detail, detail.Remittance);
                    yield return true;
                    break;
                case CamtEntryEnd end when !_survey.IsSplit(entries):
                    // Of several transactions that are not told apart none speaks for the entry.
                    var only = details == 1 ? first : null;
                    var charges = entry!.Charges ?? only?.Charges;
                    Begin("line", entry.Line, totals!);
                    SetLine(entry, numbers[entry.Currency], 0, entry.Amount, charges, only, only?.Remittance ?? end.Remittance);
                    yield return true;
                    break;
            }
        }
    }

    private byte[] Quote()
    {
        var given = _columns.Select((column, place) => (column.Name, Text: _fields[place])).Where(field => field.Text is not null);
        return Encoding.UTF8.GetBytes(string.Join("; ", given.Select(field => $"{field.Name}={Encoding.UTF8.GetString(field.Text!)}")));
    }

    private void Begin(string kind, int line, CamtTotals totals)
    {
        Array.Clear(_fields);
        _raw = null;
        Line = line;
        Set("kind", kind);
        Set("currency", totals.Currency);
        Set("account_iban", totals.Head.Account);
        Set("account_currency", totals.Currency);
        Set("statement_reference", totals.Head.Reference);
        Set("sequence", totals.Head.Sequence.ToString(CultureInfo.InvariantCulture));
        Set("page", totals.Head.Page.ToString(CultureInfo.InvariantCulture));
        Set("content_hash", totals.Content.ToString("N"));
    }

    private void SetStatement(CamtTotals totals)
    {
        Set("opening_balance", totals.Opening);
        Set("closing_balance", totals.Closing);
        Set("opening_day", totals.OpeningDay);
        Set("closing_day", totals.ClosingDay);
        Set("from_day", totals.Head.FromDay);
        Set("to_day", totals.Head.ToDay);
        Set("line_count", totals.Lines.ToString(CultureInfo.InvariantCulture));
    }

    private void SetLine(CamtEntry entry, int number, int detailNumber, decimal amount, decimal? charges, CamtDetail? detail, string? remittance)
    {
        Set("entry_number", number.ToString(CultureInfo.InvariantCulture));
        Set("detail_number", detailNumber.ToString(CultureInfo.InvariantCulture));
        Set("amount", amount);
        Set("booking_date", entry.BookingDay);
        Set("value_date", entry.ValueDay);
        Set("bank_reference", detail?.BankReference ?? entry.Reference);
        Set("end_to_end_id", detail?.EndToEndId);
        Set("instruction_id", detail?.InstructionId);
        Set("transaction_id", detail?.TransactionId);
        Set("remittance", remittance);
        Set("creditor_reference", detail?.CreditorReference);
        Set("counterparty_name", detail?.CounterpartyName);
        Set("counterparty_account", detail?.CounterpartyAccount);
        Set("transaction_code", detail?.Code ?? entry.Code);
        Set("charges", charges);
        Set("original_currency", detail?.OriginalCurrency);
        Set("original_amount", detail?.OriginalAmount);
        Set("is_reversal", entry.IsReversal ? "1" : "0");
        Set("status", entry.Status);
    }

    // Digits that say nothing are left out: a bank may write 27.00000.
    private void Set(string column, decimal? amount) =>
        Set(column, amount is { } known ? (known == 0 ? 0m : known / 1.0000000000000000000000000000m).ToString(CultureInfo.InvariantCulture) : null);

    private void Set(string column, string? value) => _fields[_places[column]] = string.IsNullOrEmpty(value) ? null : Encoding.UTF8.GetBytes(value);
}
