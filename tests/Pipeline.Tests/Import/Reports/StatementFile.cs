namespace Payments.Pipeline.Tests.Import.Reports;

/// <summary>Writes bank statements.</summary>
internal static class StatementFile
{
    public static string Of(string version, params string[] statements) => $"""
        <?xml version="1.0" encoding="UTF-8"?>
        <Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.{version}"><BkToCstmrStmt><GrpHdr><MsgId>M1</MsgId></GrpHdr>{string.Concat(statements)}</BkToCstmrStmt></Document>
        """;

    /// <summary>A statement with an opening and a closing balance, each signed; null: none.</summary>
    public static string Statement(string id, string? opening, string? closing, params string[] entries) => Statement(
        id, [.. new[] { ("OPBD", opening), ("CLBD", closing) }.Where(balance => balance.Item2 is not null).Select(balance => (balance.Item1, balance.Item2!))], entries);

    public static string Statement(string id, (string Code, string Amount)[] balances, params string[] entries) =>
        $"<Stmt><Id>{id}</Id><ElctrncSeqNb>7</ElctrncSeqNb><CreDtTm>2024-03-02T00:00:00</CreDtTm><Acct><Id><IBAN>NL91 ABNA 0417 1643 00</IBAN></Id><Ccy>EUR</Ccy></Acct>"
        + $"{string.Concat(balances.Select(Balance))}{string.Concat(entries)}</Stmt>";

    public static string Entry(string amount, string direction = "CRDT", string status = "<Sts>BOOK</Sts>", string details = "", bool isReversal = false, string currency = "EUR") =>
        $"<Ntry><Amt Ccy=\"{currency}\">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd>{(isReversal ? "<RvslInd>true</RvslInd>" : "")}{status}"
        + "<BookgDt><Dt>2024-03-01</Dt></BookgDt><ValDt><DtTm>2024-03-02T23:59:59+01:00</DtTm></ValDt>"
        + $"<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>{(details.Length > 0 ? $"<NtryDtls>{details}</NtryDtls>" : "")}</Ntry>";

    private static string Balance((string Code, string Amount) balance) =>
        $"<Bal><Tp><CdOrPrtry><Cd>{balance.Code}</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">{balance.Amount.TrimStart('-')}</Amt>"
        + $"<CdtDbtInd>{(balance.Amount.StartsWith('-') ? "DBIT" : "CRDT")}</CdtDbtInd><Dt><Dt>2024-03-01</Dt></Dt></Bal>";
}
