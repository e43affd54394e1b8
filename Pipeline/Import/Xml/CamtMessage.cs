using System.Globalization;
using Payments.Pipeline.Validate;

namespace Payments.Pipeline.Import.Xml;

/// <summary>
/// Reads ISO 20022 bank statements (camt.053.001.02 to .13) as a stream of events. What the standard demands and the message lacks refuses
/// the file with its line; what it allows and we do not need is passed over.
/// </summary>
internal sealed class CamtMessage : IDisposable
{
    private const string NamePrefix = "urn:iso:std:iso:20022:tech:xsd:";
    private const string Statements = "camt.053.001.";
    private const int FirstVersion = 2;
    private const int LastVersion = 13;
    private const int DeepestDocument = 8;
    private const int MostBalances = 1_000;
    private const int LongestReference = 100;
    private const int LongestDetailReference = 250;
    private const int LongestName = 250;
    private const int LongestRemittance = 4_000;
    private static readonly string[] States = ["BOOK", "PDNG", "INFO", "FUTR"];

    private readonly SafeXml _xml;

    public CamtMessage(Stream content) => _xml = new(content);

    /// <summary>What the document says that it is: the name and version of an ISO 20022 message (<c>camt.053.001.02</c>), or its root and namespace.</summary>
    public static string NameOf(Stream content)
    {
        using var xml = new SafeXml(content);
        var root = "";
        while (xml.GoToElement())
        {
            if (root.Length == 0) root = $"{{{xml.Namespace}}}{xml.Name}";
            if (MessageOf(xml) is { } name) return name;
            if (xml.Depth >= DeepestDocument) break;
        }

        return root;
    }

    /// <summary>Whether a message is one of statements that are read.</summary>
    public static bool IsRead(string name) =>
        name.StartsWith(Statements, StringComparison.Ordinal)
        && int.TryParse(name.AsSpan(Statements.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
        && version is >= FirstVersion and <= LastVersion;

    /// <summary>Everything in the file, in its order; a wrapper around the message (business header, envelope) is passed over.</summary>
    public IEnumerable<CamtEvent> Read()
    {
        var hasStatements = false;
        while (_xml.GoToElement())
        {
            if (_xml.Name != "Stmt" || MessageOf(_xml, _xml.Namespace) is not { } name || !IsRead(name)) continue;
            hasStatements = true;
            foreach (var next in ReadStatement()) yield return next;
        }

        if (!hasStatements) throw new FileRejectedException(ReasonCode.FileCamt, "The message has no statement (Stmt).");
    }

    public void Dispose() => _xml.Dispose();

    private static string? MessageOf(SafeXml xml) => xml.Name == "Document" ? MessageOf(xml, xml.Namespace) : null;

    private static string? MessageOf(SafeXml xml, string space) => space.StartsWith(NamePrefix, StringComparison.Ordinal) ? space[NamePrefix.Length..] : null;

    private IEnumerable<CamtEvent> ReadStatement()
    {
        var (depth, space, head, balances, isTold) = (_xml.Depth, _xml.Namespace, new XmlPart("Stmt", _xml.Line), new List<CamtBalance>(), false);
        while (_xml.GoToChild(depth, space))
        {
            switch (_xml.Name)
            {
                case "Id" or "StmtPgntn" or "ElctrncSeqNb" or "FrToDt" or "Acct" when !isTold:
                    head.Add(_xml.ReadPart());
                    break;
                case "Bal" when !isTold:
                    balances.Add(BalanceOf(_xml.ReadPart()));
                    if (balances.Count > MostBalances) throw Refusal(head.Line, $"the statement has more than {MostBalances} balances");
                    break;
                case "Bal":
                    throw Refusal(_xml.Line, "a balance (Bal) comes after the entries");
                case "Ntry":
                    if (!isTold) yield return StatementOf(head, balances);
                    isTold = true;
                    foreach (var next in ReadEntry()) yield return next;
                    break;
            }
        }

        if (!isTold) yield return StatementOf(head, balances);
        yield return new CamtStatementEnd();
    }

    private IEnumerable<CamtEvent> ReadEntry()
    {
        var (depth, space, head, entry) = (_xml.Depth, _xml.Namespace, new XmlPart("Ntry", _xml.Line), default(CamtEntry));
        string? remittance = null;
        while (_xml.GoToChild(depth, space))
        {
            switch (_xml.Name)
            {
                case "NtryRef" or "Amt" or "CdtDbtInd" or "RvslInd" or "Sts" or "BookgDt" or "ValDt" or "AcctSvcrRef" or "BkTxCd" or "Chrgs":
                    if (entry is not null) throw Refusal(_xml.Line, $"{_xml.Name} of the entry comes after its details (NtryDtls)");
                    head.Add(_xml.ReadPart());
                    break;
                case "AddtlNtryInf":
                    remittance = Text(_xml.ReadPart().Text, LongestRemittance);
                    break;
                case "NtryDtls":
                    if (entry is null) yield return entry = EntryOf(head);
                    var details = _xml.Depth;
                    while (_xml.GoToChild(details, space))
                    {
                        if (_xml.Name == "TxDtls") yield return DetailOf(_xml.ReadPart(), entry);
                    }

                    break;
            }
        }

        if (entry is null) yield return EntryOf(head);
        yield return new CamtEntryEnd(remittance);
    }

    private static CamtStatement StatementOf(XmlPart head, IReadOnlyList<CamtBalance> balances)
    {
        var account = head.TextAt("Acct", "Id", "IBAN") ?? head.TextAt("Acct", "Id", "Othr", "Id") ?? throw Refusal(head.Line, "the statement has no account (Acct/Id)");
        var pages = head.Find("StmtPgntn");
        var page = Whole(pages?.Find("PgNb")) ?? 1;
        if (page is < 1 or > int.MaxValue) throw Refusal(head.Line, $"the page {page} is none");
        return new()
        {
            Line = head.Line,
            Reference = Reference(head.Find("Id"), LongestReference) ?? throw Refusal(head.Line, "the statement has no Id"),
            Sequence = Whole(head.Find("ElctrncSeqNb")) ?? 0,
            Page = (int)page,
            IsLastPage = Flag(pages?.Find("LastPgInd")) ?? true,
            Account = Checked(AccountText(account), head.Line, LongestReference)!,
            FromDay = DayOf(head.Find("FrToDt", "FrDtTm") ?? head.Find("FrToDt", "FrDt")),
            ToDay = DayOf(head.Find("FrToDt", "ToDtTm") ?? head.Find("FrToDt", "ToDt")),
            Balances = balances,
        };
    }

    private static CamtBalance BalanceOf(XmlPart part)
    {
        var code = part.TextAt("Tp", "CdOrPrtry", "Cd") ?? part.TextAt("Tp", "Cd") ?? part.TextAt("Tp", "CdOrPrtry", "Prtry") ?? "";
        var (amount, currency) = AmountOf(part, "Amt") ?? throw Refusal(part.Line, "the balance has no amount (Amt)");
        return new(code, Signed(amount, part, inherited: null), currency, DayOf(part.Find("Dt")));
    }

    private static CamtEntry EntryOf(XmlPart head)
    {
        var (amount, currency) = AmountOf(head, "Amt") ?? throw Refusal(head.Line, "the entry has no amount (Amt)");
        var status = head.TextAt("Sts", "Cd") ?? head.TextAt("Sts", "Prtry") ?? head.TextAt("Sts") ?? throw Refusal(head.Line, "the entry has no status (Sts)");
        if (!States.Contains(status)) throw Refusal(head.Line, $"the entry has a status that is not known: {Quoted(status)}");
        return new()
        {
            Line = head.Line,
            Amount = Signed(amount, head, inherited: null),
            Currency = currency,
            IsReversal = Flag(head.Find("RvslInd")) ?? false,
            Status = status,
            BookingDay = DayOf(head.Find("BookgDt")),
            ValueDay = DayOf(head.Find("ValDt")),
            Reference = Reference(head.Find("AcctSvcrRef"), LongestDetailReference) ?? Reference(head.Find("NtryRef"), LongestDetailReference),
            Code = CodeOf(head),
            Charges = ChargesOf(head, currency),
        };
    }

    private static CamtDetail DetailOf(XmlPart part, CamtEntry entry)
    {
        // The amount of the transaction in the account's currency, where the bank tells it; what was instructed may be in another.
        var isIncoming = entry.Amount >= 0;
        var own = AmountOf(part, "Amt");
        var booked = AmountOf(part, "AmtDtls", "TxAmt", "Amt");
        var instructed = AmountOf(part, "AmtDtls", "InstdAmt", "Amt");
        var amount = Pick(own) ?? Pick(booked);
        var original = Other(instructed) ?? Other(own) ?? Other(booked);
        var isPayer = isIncoming != entry.IsReversal;
        return new()
        {
            Line = part.Line,
            Amount = amount is { } known ? Signed(known.Amount, part, isIncoming) : null,
            OriginalAmount = original is { } other ? Signed(other.Amount, part, isIncoming) : null,
            OriginalCurrency = original?.Currency,
            Charges = ChargesOf(part, entry.Currency),
            BankReference = Reference(part.Find("Refs", "AcctSvcrRef"), LongestDetailReference) ?? Reference(part.Find("Refs", "Prtry", "Ref"), LongestDetailReference),
            EndToEndId = Provided(Reference(part.Find("Refs", "EndToEndId"), LongestDetailReference)),
            InstructionId = Provided(Reference(part.Find("Refs", "InstrId"), LongestDetailReference)),
            TransactionId = Provided(Reference(part.Find("Refs", "TxId"), LongestDetailReference)),
            Remittance = RemittanceOf(part),
            CreditorReference = part.Find("RmtInf")?.All("Strd").Select(strand => Reference(strand.Find("CdtrRefInf", "Ref") ?? strand.Find("CdtrRefInf", "CdtrRef"), LongestDetailReference)).FirstOrDefault(found => found is not null),
            CounterpartyName = PartyOf(part, isPayer ? "Dbtr" : "Cdtr") ?? PartyOf(part, isPayer ? "UltmtDbtr" : "UltmtCdtr"),
            CounterpartyAccount = PartyAccountOf(part, isPayer ? "DbtrAcct" : "CdtrAcct"),
            Code = CodeOf(part),
        };

        (decimal Amount, string Currency)? Pick((decimal Amount, string Currency)? told) => told is { } found && found.Currency == entry.Currency ? told : null;

        (decimal Amount, string Currency)? Other((decimal Amount, string Currency)? told) => told is { } found && found.Currency != entry.Currency && found.Amount != 0 ? told : null;
    }

    private static string? PartyOf(XmlPart detail, string role)
    {
        var party = detail.Find("RltdPties", role);
        return Text(party?.TextAt("Nm") ?? party?.TextAt("Pty", "Nm") ?? party?.TextAt("Agt", "FinInstnId", "Nm"), LongestName);
    }

    private static string? PartyAccountOf(XmlPart detail, string role)
    {
        var account = detail.Find("RltdPties", role, "Id");
        return (account?.TextAt("IBAN") ?? account?.TextAt("Othr", "Id")) is { } text ? Checked(AccountText(text), account!.Line, LongestReference) : null;
    }

    private static string? RemittanceOf(XmlPart detail)
    {
        var lines = new List<string>();
        foreach (var strand in detail.Find("RmtInf")?.Children ?? [])
        {
            if (strand.Name == "Ustrd") lines.Add(strand.Text);
            if (strand.Name != "Strd") continue;
            lines.AddRange(strand.All("RfrdDocInf").Select(document => document.TextAt("Nb") ?? ""));
            lines.AddRange(strand.All("AddtlRmtInf").Select(text => text.Text));
        }

        if (lines.All(line => line.Length == 0) && detail.TextAt("AddtlTxInf") is { } additional) lines.Add(additional);
        return Text(string.Join('\n', lines.Where(line => line.Length > 0).Select(OneLine)), LongestRemittance);
    }

    // ISO's code as domain/family/sub-family, else the bank's own.
    private static string? CodeOf(XmlPart part)
    {
        var domain = part.Find("BkTxCd", "Domn");
        var code = domain is null
            ? part.TextAt("BkTxCd", "Prtry", "Cd")
            : string.Join('/', new[] { domain.TextAt("Cd"), domain.TextAt("Fmly", "Cd"), domain.TextAt("Fmly", "SubFmlyCd") }.OfType<string>());
        return Checked(code, part.Line, LongestReference);
    }

    private static decimal? ChargesOf(XmlPart part, string currency)
    {
        var found = default(decimal?);
        foreach (var charges in part.All("Chrgs"))
        {
            var records = charges.All("Rcrd").DefaultIfEmpty(charges).ToList();
            foreach (var record in records)
            {
                var told = AmountOf(record, "Amt") ?? AmountOf(record, "TtlChrgsAndTaxAmt");
                if (told is { } charge && charge.Currency == currency) found = (found ?? 0) + Signed(charge.Amount, record, inherited: false);
            }
        }

        return found;
    }

    private static (decimal Amount, string Currency)? AmountOf(XmlPart part, params ReadOnlySpan<string> path)
    {
        if (part.Find(path) is not { } found) return null;
        if (!TryReadAmount(found.Text, out var amount)) throw Refusal(found.Line, $"{Quoted(found.Text)} is no amount");
        return (amount, found.Currency is { Length: 3 } currency ? currency : throw Refusal(found.Line, "the amount has no currency (Ccy)"));
    }

    // The standard's decimal: digits and a point, at most 18 of them and 5 behind the point.
    private static bool TryReadAmount(string text, out decimal amount)
    {
        amount = 0;
        var digits = text.StartsWith('+') ? text.AsSpan(1) : text;
        var point = digits.IndexOf('.');
        var whole = point < 0 ? digits : digits[..point];
        var fraction = point < 0 ? [] : digits[(point + 1)..];
        return whole.Length + fraction.Length is > 0 and <= 28
            && !whole.ContainsAnyExceptInRange('0', '9')
            && !fraction.ContainsAnyExceptInRange('0', '9')
            && decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out amount);
    }

    private static decimal Signed(decimal amount, XmlPart part, bool? inherited) => part.TextAt("CdtDbtInd") switch
    {
        "CRDT" => amount,
        "DBIT" => -amount,
        null when inherited is { } isCredit => isCredit ? amount : -amount,
        null => throw Refusal(part.Line, $"{part.Name} does not say whether it is a credit or a debit (CdtDbtInd)"),
        var other => throw Refusal(part.Line, $"{Quoted(other)} is neither CRDT nor DBIT"),
    };

    // The day that the bank writes, in its own zone: booking and value days have no instant.
    private static string? DayOf(XmlPart? part)
    {
        if (part is null) return null;
        var text = part.TextAt("Dt") ?? part.TextAt("DtTm") ?? part.Text;
        if (text.Length == 0) return null;
        Span<byte> day = stackalloc byte[10];
        var isDay = text.Length >= day.Length && System.Text.Ascii.FromUtf16(text.AsSpan(0, day.Length), day, out _) == System.Buffers.OperationStatus.Done && InstantText.ReadDay(day, out _) == Fault.None;
        var isEnded = isDay && (text.Length == day.Length || text[day.Length] is 'T' or 'Z' or '+' or '-');
        return isEnded ? text[..day.Length] : throw Refusal(part.Line, $"{Quoted(text)} is no date");
    }

    private static long? Whole(XmlPart? part)
    {
        if (part is null or { Text.Length: 0 }) return null;
        return long.TryParse(part.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw Refusal(part.Line, $"{Quoted(part.Text)} is no number");
    }

    private static bool? Flag(XmlPart? part) => part?.Text switch
    {
        null or "" => null,
        "true" or "1" => true,
        "false" or "0" => false,
        var other => throw Refusal(part.Line, $"{Quoted(other)} is neither true nor false"),
    };

    private static string? Reference(XmlPart? part, int longest) => part is null or { Text.Length: 0 } ? null : Checked(OneLine(part.Text), part.Line, longest);

    private static string? Checked(string? text, int line, int longest) =>
        text is null || text.Length <= longest ? text : throw Refusal(line, $"{Quoted(text[..longest])}… is longer than {longest} characters");

    // What the standard has payers write who gave no reference.
    private static string? Provided(string? reference) => reference is "NOTPROVIDED" or "NOT PROVIDED" ? null : reference;

    private static string AccountText(string text) => string.Concat(text.Where(character => !char.IsWhiteSpace(character))).ToUpperInvariant();

    private static string? Text(string? text, int longest)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        if (text.Length <= longest) return text;
        return text[..(char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest)];
    }

    private static string OneLine(string text) => string.Join(' ', text.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries));

    private static string Quoted(string text) => $"\"{CardNumberText.Mask(RawText.Quote(System.Text.Encoding.UTF8.GetBytes(text.Length <= 100 ? text : text[..100]), isCutAlready: false).Text)}\"";

    private static FileRejectedException Refusal(int line, string what) => new(ReasonCode.FileCamt, $"Line {line}: {what}.");
}
