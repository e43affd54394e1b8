using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Payments.Pipeline.Validate;

namespace Payments.Pipeline.Import.Xml;

/// <summary>
/// What a first reading of a file of bank statements tells: that every statement adds up, its opening and closing balance, what tells it
/// from another one, and which entries are taken apart.
/// </summary>
/// <remarks>Of each statement and currency some hundred bytes are kept, of each entry one bit.</remarks>
internal sealed class CamtSurvey
{
    private const int ShownFaults = 5;
    private static readonly string[] BookedBalances = ["OPBD", "PRCD", "CLBD", "ITBD"];
    private readonly List<List<CamtTotals>> _statements = [];
    private readonly List<bool> _splits = [];

    private CamtSurvey()
    {
    }

    /// <summary>The proven figures of a statement (a page is one of its own), one for each of its currencies.</summary>
    public IReadOnlyList<CamtTotals> OfStatement(int statement) => _statements[statement];

    /// <summary>Whether the transactions of an entry are lines of their own.</summary>
    public bool IsSplit(int entry) => _splits[entry];

    /// <summary>Reads a file to its end.</summary>
    /// <exception cref="FileRejectedException">It is no message of statements, or a statement does not add up.</exception>
    public static CamtSurvey Run(Stream content, CancellationToken cancellationToken)
    {
        var survey = new CamtSurvey();
        using var message = new CamtMessage(content);
        var reading = new Reading(survey);
        foreach (var next in message.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            reading.Take(next);
        }

        survey.Prove();
        return survey;
    }

    private CamtTotals Of(CamtStatement statement, string currency)
    {
        if (_statements[^1].Find(known => known.Currency == currency) is { } known) return known;
        var totals = new CamtTotals(_statements.Count - 1, statement, currency);
        _statements[^1].Add(totals);
        return totals;
    }

    private void Prove()
    {
        var faults = new List<string>();
        foreach (var statement in _statements.SelectMany(totals => totals).GroupBy(totals => (totals.Head.Account, totals.Currency, totals.Head.Reference, totals.Head.Sequence)))
        {
            var pages = statement.OrderBy(totals => totals.Head.Page).ThenBy(totals => totals.Statement).ToList();
            var unequal = Chain(pages);
            if (unequal is not null && pages.Count > 1 && IsWhole(pages)) unequal = ChainWhole(pages);
            if (unequal is not null) faults.Add(unequal);
        }

        if (faults.Count > 0) throw new FileRejectedException(ReasonCode.FileBalance, $"{string.Join(" ", faults.Take(ShownFaults))}{(faults.Count > ShownFaults ? $" And {faults.Count - ShownFaults} more." : "")}");
    }

    // Page by page: each has balances of its own, or goes on where the one before ended.
    private static string? Chain(List<CamtTotals> pages)
    {
        var (before, number) = (default(decimal?), 0);
        foreach (var page in pages)
        {
            var follows = page.Head.Page == number + 1 && number > 0;
            var opening = page.ToldOpening ?? (follows ? before : null);
            var isContinued = !page.Head.IsLastPage && pages.Exists(next => next.Head.Page == page.Head.Page + 1);
            var closing = page.ToldClosing ?? (isContinued ? opening + page.Booked : null);
            if (opening is null || closing is null || opening + page.Booked != closing) return page.Describe(opening, closing);
            page.Settle(opening.Value, closing.Value);
            (before, number) = (closing, page.Head.Page);
        }

        return null;
    }

    // Every page repeats the balances of the statement as a whole.
    private static bool IsWhole(List<CamtTotals> pages) =>
        pages.Select((page, index) => page.Head.Page == index + 1).All(follows => follows)
        && pages.TrueForAll(page => page.ToldOpening == pages[0].ToldOpening && page.ToldClosing == pages[0].ToldClosing);

    private static string? ChainWhole(List<CamtTotals> pages)
    {
        if (pages[0].ToldOpening is not { } opening || pages[^1].ToldClosing is not { } closing || opening + pages.Sum(page => page.Booked) != closing)
        {
            return pages[0].Describe(pages[0].ToldOpening, pages[^1].ToldClosing, pages);
        }

        foreach (var page in pages)
        {
            page.Settle(opening, opening + page.Booked);
            opening += page.Booked;
        }

        return null;
    }

    /// <summary>Adds up what comes.</summary>
    private sealed class Reading(CamtSurvey survey)
    {
        private CamtStatement _statement = null!;
        private CamtEntry? _entry;
        private CamtTotals _totals = null!;
        private int _details;
        private int _amounts;
        private decimal _sum;
        private decimal _charges;

        public void Take(CamtEvent next)
        {
            switch (next)
            {
                case CamtStatement statement:
                    _statement = statement;
                    survey._statements.Add([]);
                    foreach (var balance in statement.Balances.Where(balance => BookedBalances.Contains(balance.Code))) survey.Of(statement, balance.Currency).Add(balance);
                    break;
                case CamtEntry entry:
                    (_entry, _details, _amounts, _sum, _charges) = (entry, 0, 0, 0, entry.Charges ?? 0);
                    _totals = survey.Of(_statement, entry.Currency);
                    _totals.Hash(entry.Amount, entry.Status, entry.IsReversal, entry.BookingDay, entry.ValueDay, entry.Reference, entry.Code, entry.Charges);
                    break;
                case CamtDetail detail:
                    _details++;
                    if (detail.Amount is not null) _amounts++;
                    _sum += detail.Amount ?? 0;
                    _charges += detail.Charges ?? 0;
                    _totals.Hash(
                        detail.Amount, detail.OriginalAmount, detail.OriginalCurrency, detail.Charges, detail.BankReference, detail.EndToEndId, detail.InstructionId, detail.TransactionId,
                        detail.Remittance, detail.CreditorReference, detail.CounterpartyName, detail.CounterpartyAccount, detail.Code);
                    break;
                case CamtEntryEnd end:
                    EndEntry(_entry!);
                    _totals.Hash(end.Remittance);
                    break;
                case CamtStatementEnd:
                    if (survey._statements[^1].Count == 0) throw new FileRejectedException(ReasonCode.FileBalance, $"Line {_statement.Line}: the statement has neither an opening nor a closing balance.");
                    foreach (var totals in survey._statements[^1]) totals.End();
                    break;
            }
        }

        private void EndEntry(CamtEntry entry)
        {
            // Where every transaction tells what it is of the entry, together they are the entry, with what the bank took for itself or without.
            var isToldAll = _details > 0 && _amounts == _details;
            var isSum = isToldAll && _sum == entry.Amount;
            if (isToldAll && !isSum && _sum + _charges != entry.Amount)
            {
                throw new FileRejectedException(ReasonCode.FileBalance, string.Create(
                    CultureInfo.InvariantCulture,
                    $"Line {entry.Line}: the {_details} transactions of the entry add up to {_sum} {entry.Currency}{(_charges != 0 ? $" and charges {_charges}" : "")}, the entry is {entry.Amount} {entry.Currency}."));
            }

            var isSplit = isSum && _details > 1;
            survey._splits.Add(isSplit);
            _totals.EndEntry(entry, isSplit ? _details : 1);
        }
    }
}

/// <summary>The figures of a statement, or a page of one, in one currency.</summary>
internal sealed class CamtTotals(int statement, CamtStatement head, string currency)
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly List<CamtBalance> _openings = [];
    private readonly List<CamtBalance> _closings = [];
    private readonly List<CamtBalance> _interim = [];
    private long _bookedEntries;

    /// <summary>Which statement of the file, from 0.</summary>
    public int Statement => statement;

    public CamtStatement Head => head;

    public string Currency => currency;

    /// <summary>What its booked entries add up to.</summary>
    public decimal Booked { get; private set; }

    /// <summary>How many lines it becomes.</summary>
    public long Lines { get; private set; }

    /// <summary>Proven: with the booked entries it is the closing balance.</summary>
    public decimal Opening { get; private set; }

    public decimal Closing { get; private set; }

    public string? OpeningDay => First(_openings)?.Day;

    public string? ClosingDay => Last(_closings)?.Day;

    /// <summary>The opening balance that the bank tells: the earliest booked one, or that of the period before, or on a later page the interim one that it begins with.</summary>
    public decimal? ToldOpening => (First(_openings) ?? (head.Page > 1 ? _interim.FirstOrDefault() : null))?.Amount;

    /// <summary>The closing balance that the bank tells: the latest booked one, or on a page that is not the last the interim one that it ends with.</summary>
    public decimal? ToldClosing =>
        (Last(_closings) ?? (!head.IsLastPage && (_interim.Count > 1 || (_interim.Count == 1 && _openings.Count > 0)) ? _interim[^1] : null))?.Amount;

    /// <summary>What tells it from another statement: everything but who sent it when.</summary>
    public Guid Content { get; private set; }

    public void Add(CamtBalance balance)
    {
        var balances = balance.Code switch { "OPBD" => _openings, "CLBD" => _closings, "ITBD" => _interim, _ => null };

        // The closing balance of the period before is the opening one where no other is told.
        if (balance.Code == "PRCD" && _openings.TrueForAll(known => known.Code == "PRCD")) balances = _openings;
        if (balance.Code == "OPBD") _openings.RemoveAll(known => known.Code == "PRCD");
        balances?.Add(balance);
    }

    public void EndEntry(CamtEntry entry, int lines)
    {
        Lines += lines;
        if (!entry.IsBooked) return;
        Booked += entry.Amount;
        _bookedEntries++;
    }

    /// <summary>All of it has come.</summary>
    /// <exception cref="FileRejectedException">Two balances of a day contradict each other.</exception>
    public void End()
    {
        Agree("opening", _openings, First(_openings)?.Day);
        Agree("closing", _closings, Last(_closings)?.Day);
        Hash(head.Account, head.Reference, head.Sequence, head.Page, currency, ToldOpening, ToldClosing, head.FromDay, head.ToDay, OpeningDay, ClosingDay);
        Content = new Guid(_hash.GetHashAndReset().AsSpan(0, 16), bigEndian: true);
        _hash.Dispose();
    }

    public void Settle(decimal opening, decimal closing) => (Opening, Closing) = (opening, closing);

    /// <summary>Adds values to what tells it from another statement.</summary>
    public void Hash(params ReadOnlySpan<object?> values)
    {
        var text = new StringBuilder();
        foreach (var value in values)
        {
            // Scale does not make another amount.
            var written = value is decimal amount ? (amount / 1.0000000000000000000000000000m).ToString(CultureInfo.InvariantCulture) : Convert.ToString(value, CultureInfo.InvariantCulture);
            text.Append(CultureInfo.InvariantCulture, $"{(value is null ? -1 : written!.Length)}:{written}");
        }

        _hash.AppendData(Encoding.UTF8.GetBytes(text.ToString()));
    }

    /// <summary>Says what does not add up.</summary>
    public string Describe(decimal? opening, decimal? closing, List<CamtTotals>? pages = null)
    {
        var booked = pages?.Sum(page => page.Booked) ?? Booked;
        var entries = pages?.Sum(page => page._bookedEntries) ?? _bookedEntries;
        var begin = string.Create(CultureInfo.InvariantCulture, $"Line {head.Line}: statement {RawText.Quote(Encoding.UTF8.GetBytes(head.Reference), isCutAlready: false).Text}{(head.Page > 1 || !head.IsLastPage ? $", page {head.Page}" : "")}, {currency}: ");
        var opened = opening is { } from ? string.Create(CultureInfo.InvariantCulture, $"opening balance {from}") : "no opening balance";
        var closed = closing is { } to ? string.Create(CultureInfo.InvariantCulture, $"closing balance {to}") : "no closing balance";
        var sum = opening is { } start ? string.Create(CultureInfo.InvariantCulture, $" = {start + booked}") : "";
        var difference = opening is { } first && closing is { } last ? string.Create(CultureInfo.InvariantCulture, $" (difference {last - first - booked})") : "";
        return string.Create(CultureInfo.InvariantCulture, $"{begin}{opened}, {entries} booked entries {booked}{sum}, {closed}{difference}.");
    }

    private void Agree(string which, List<CamtBalance> balances, string? day)
    {
        var amounts = balances.Where(balance => balance.Day == day).Select(balance => balance.Amount).Distinct().ToList();
        if (amounts.Count <= 1) return;
        throw new FileRejectedException(ReasonCode.FileBalance, string.Create(
            CultureInfo.InvariantCulture, $"Line {head.Line}: statement {RawText.Quote(Encoding.UTF8.GetBytes(head.Reference), isCutAlready: false).Text}, {currency}: {which} balances {amounts[0]} and {amounts[1]} of one day contradict each other."));
    }

    private static CamtBalance? First(List<CamtBalance> balances) => balances.OrderBy(balance => balance.Day, StringComparer.Ordinal).FirstOrDefault();

    private static CamtBalance? Last(List<CamtBalance> balances) => balances.OrderBy(balance => balance.Day, StringComparer.Ordinal).LastOrDefault();
}
