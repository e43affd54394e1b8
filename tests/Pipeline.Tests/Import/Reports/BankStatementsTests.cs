using System.Text;
using Payments.Testing;

namespace Payments.Pipeline.Tests.Import.Reports;

/// <summary>Bank statements are taken when they add up, and refused with the figures when they do not.</summary>
public sealed class BankStatementsTests
{
    private const string Statements = """
        select concat_ws(' ', account_iban, account_currency, statement_reference, sequence, page, opening_balance, closing_balance, opening_day, closing_day, line_count)
        from reconciliation.bank_statements order by statement_id
        """;

    private const string Lines = """
        select concat_ws(' ', entry_number, detail_number, amount, currency, booking_date, value_date, coalesce(end_to_end_id, '-'), coalesce(replace(remittance, E'\n', '|'), '-'),
            coalesce(counterparty_name, '-'), coalesce(counterparty_account, '-'), coalesce(transaction_code, '-'), is_reversal::text, status)
        from reconciliation.bank_lines order by bank_line_id
        """;

    [SkippableFact]
    public async Task The_statement_file_that_adds_up_is_taken_once()
    {
        await using var lab = await ImportLab.OpenAsync();
        var file = await File.ReadAllBytesAsync(SharedData.Require("camt053", "camt053.v2.multi.statement.xml"));
        var first = await lab.ImportAsync(null, file, "statement.xml");

        Assert.Equal((null, "camt053", "completed", (4, 4, 0, 0)), (first.Detail, first.Profile, first.Status, first.Counts));
        Assert.Equal(
            [
                "NL26VAYB8060476890 EUR 253EURNL26VAYB8060476890 12312 1 18.150 27.000 2014-12-30 2014-12-31 1",
                "NL26VAYB8060476890 EUR 254EURNL26VAYB8060476890 0 1 27.000 20.000 2014-12-30 2014-12-31 1",
            ],
            await lab.QueryAsync<string>(Statements));
        Assert.Equal(
            [
                "1 0 8.850 EUR 2014-12-31 2015-01-02 000000001 Transaction Description 1 - - 544 false BOOK",
                "1 0 -7.000 EUR 2014-12-31 2015-01-02 000000002 Transaction Description 2 Company Name 2 NL56AGDH9619008421 544 false BOOK",
            ],
            await lab.QueryAsync<string>(Lines));
        Assert.Equal((4, 0, 4, 0), (await lab.ImportAsync("camt053", file, "statement.xml")).Counts);
    }

    [SkippableTheory]
    [InlineData(
        "camt053.v2.minimal.xml",
        "file.balance",
        "Line 26: statement 253EURNL26VAYB8060476890, EUR: opening balance 18.15, 1 booked entries 8.85 = 27.00, no closing balance. Line 26: statement 253EURNL26VAYB8060476890, SEK: no opening balance, 0 booked entries 0, closing balance -27.00.")]
    [InlineData(
        "camt053.v4.xml",
        "file.balance",
        "Line 30: statement 253EURNL26VAYB8060476890, page 2, EUR: opening balance 18.15, 1 booked entries 8.85 = 27.00, no closing balance. Line 30: statement 253EURNL26VAYB8060476890, page 2, SEK: no opening balance, 0 booked entries 0, closing balance -27.00.")]
    [InlineData("camt053.v2.wrong.xml", "file.camt", "The message has no statement (Stmt).")]
    public async Task Statement_files_that_do_not_add_up_are_refused_with_the_figures(string name, string code, string detail)
    {
        await using var lab = await ImportLab.OpenAsync();
        var report = await lab.ImportAsync(null, await File.ReadAllBytesAsync(SharedData.Require("camt053", name)), name);

        Assert.Equal(("rejected", code, detail, (0, 0, 0, 0)), (report.Status, report.FileRejected, report.Detail, report.Counts));
        Assert.Empty(await lab.QueryAsync<string>(Statements));
    }

    [Theory]
    [InlineData("001.02")]
    [InlineData("001.08")]
    [InlineData("001.13")]
    public async Task Every_version_is_read_and_a_prefix_or_a_wrapper_does_not_count(string version)
    {
        await using var lab = await ImportLab.OpenAsync();
        var plain = StatementFile.Of(version, StatementFile.Statement("S1", "10.00", "15.00", StatementFile.Entry("5.00")));
        var prefixed = plain.Replace("xmlns=", "xmlns:c=", StringComparison.Ordinal).Replace("</", "</c:", StringComparison.Ordinal);
        prefixed = System.Text.RegularExpressions.Regex.Replace(prefixed, "<(?=[A-Z])", "<c:");
        var wrapped = $"<?xml version=\"1.0\"?>\n<Envelope xmlns=\"urn:x\"><Header><Document/></Header>{plain[plain.IndexOf("<Document", StringComparison.Ordinal)..]}</Envelope>";

        Assert.Equal((null, (2, 2, 0, 0)), Outcome(await lab.ImportAsync(null, plain)));
        Assert.Equal((null, (2, 0, 2, 0)), Outcome(await lab.ImportAsync("camt053", prefixed)));
        Assert.Equal((null, (2, 0, 2, 0)), Outcome(await lab.ImportAsync(null, wrapped)));
    }

    [Fact]
    public async Task Encodings_that_xml_may_have_are_read()
    {
        await using var lab = await ImportLab.OpenAsync();
        var text = StatementFile.Of("001.04", StatementFile.Statement("Sé", "0", "1.00", StatementFile.Entry("1.00", details: "<TxDtls><RmtInf><Ustrd>Grüße €</Ustrd></RmtInf></TxDtls>")));
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        (string Name, Encoding Encoding)[] encodings =
        [
            ("UTF-8", new UTF8Encoding(encoderShouldEmitUTF8Identifier: true)), ("UTF-16", new UnicodeEncoding(bigEndian: false, byteOrderMark: true)),
            ("UTF-16", new UnicodeEncoding(bigEndian: true, byteOrderMark: true)), ("windows-1252", Encoding.GetEncoding(1252)),
        ];
        foreach (var (name, encoding) in encodings)
        {
            byte[] file = [.. encoding.GetPreamble(), .. encoding.GetBytes(text.Replace("UTF-8", name, StringComparison.Ordinal))];
            var report = await lab.ImportAsync(null, file, "s.xml");
            Assert.Equal((null, 2), (report.Detail, report.Read));
        }

        Assert.Equal(["Grüße €"], await lab.QueryAsync<string>("select remittance from reconciliation.bank_lines"));
        Assert.Equal(["Sé"], await lab.QueryAsync<string>("select statement_reference from reconciliation.bank_statements"));
    }

    [Theory]
    [InlineData("<!DOCTYPE Document [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;\">]>", "file.xml", "DTD")]
    [InlineData("<!DOCTYPE Document SYSTEM \"file:///etc/passwd\">", "file.xml", "DTD")]
    [InlineData("<!DOCTYPE Document [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>", "file.xml", "DTD")]
    public async Task A_declaration_of_entities_refuses_the_file(string declaration, string code, string word)
    {
        await using var lab = await ImportLab.OpenAsync();
        var file = StatementFile.Of("001.02", StatementFile.Statement("S&a;", "0", "0")).Replace("<Document", $"{declaration}<Document", StringComparison.Ordinal);
        var report = await lab.ImportAsync("camt053", file);
        Assert.Equal(("rejected", code), (report.Status, report.FileRejected));
        Assert.Contains(word, report.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("root:", report.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hostile_documents_are_refused_in_little_memory()
    {
        await using var lab = await ImportLab.OpenAsync();
        var good = StatementFile.Of("001.02", StatementFile.Statement("S1", "0", "0"));
        (string File, string Code)[] files =
        [
            (good[..^20], "file.xml"),
            (good.Replace("<Id>S1</Id>", $"<Id>{new string('x', 101)}</Id>", StringComparison.Ordinal), "file.camt"),
            (good.Replace("<Id>S1</Id>", $"<Id>{new string('x', 8_000_000)}</Id>", StringComparison.Ordinal), "file.xml"),
            (good.Replace("<Id>S1</Id>", $"<Id>S1</Id><AddtlStmtInf>{new string('x', 8_000_000)}</AddtlStmtInf>", StringComparison.Ordinal), "file.xml"),
            (good.Replace("<Id>S1</Id>", $"<Id a=\"{new string('x', 8_000_000)}\">S1</Id>", StringComparison.Ordinal), "file.xml"),
            (good.Replace("<Id>S1</Id>", $"<Id>S1</Id>{string.Concat(Enumerable.Repeat("<a>", 100))}", StringComparison.Ordinal), "file.xml"),
            (good.Replace("<Id>S1</Id>", $"<Id>S1</Id>{string.Concat(Enumerable.Range(0, 20_000).Select(i => $"<a{i}/>"))}", StringComparison.Ordinal), "file.xml"),
            (good.Replace("<Acct>", $"<Acct>{string.Concat(Enumerable.Repeat("<b/>", 30_000))}", StringComparison.Ordinal), "file.xml"),
            ("<html><body>Moved</body></html>", "file.profile"),
            (good.Replace("camt.053.001.02", "camt.052.001.02", StringComparison.Ordinal), "file.profile"),
            (good.Replace("camt.053.001.02", "camt.053.001.01", StringComparison.Ordinal), "file.profile"),
            (good.Replace("camt.053.001.02", "camt.053.001.14", StringComparison.Ordinal), "file.profile"),
            (good.Replace("UTF-8", "x-none", StringComparison.Ordinal), "file.xml"),
            (good.Replace("S1", "S\u0001", StringComparison.Ordinal), "file.xml"),
            (good.Replace("S1", "S&undefined;", StringComparison.Ordinal), "file.xml"),
            ("<", "file.xml"),
        ];
        foreach (var (file, code) in files)
        {
            var report = await lab.ImportAsync(null, file);
            Assert.Equal((code, file[..Math.Min(40, file.Length)]), (report.FileRejected, file[..Math.Min(40, file.Length)]));
            Assert.True(report.Detail!.Length < 4_000, report.Detail);
        }

        Assert.Equal((null, (1, 1, 0, 0)), Outcome(await lab.ImportAsync(null, good)));
    }

    [Theory]
    [InlineData("10.00", "15.01", "opening balance 10.00, 1 booked entries 5.00 = 15.00, closing balance 15.01 (difference 0.01).")]
    [InlineData(null, "15.00", "no opening balance, 1 booked entries 5.00, closing balance 15.00.")]
    [InlineData("10.00", null, "opening balance 10.00, 1 booked entries 5.00 = 15.00, no closing balance.")]
    public async Task A_statement_that_does_not_add_up_is_refused_with_the_figures(string? opening, string? closing, string words)
    {
        await using var lab = await ImportLab.OpenAsync();
        var report = await lab.ImportAsync(null, StatementFile.Of("001.02", StatementFile.Statement("S1", "1.00", "1.00"), StatementFile.Statement("S2", opening, closing, StatementFile.Entry("5.00"))));
        Assert.Equal(("rejected", "file.balance"), (report.Status, report.FileRejected));
        Assert.EndsWith($"statement S2, EUR: {words}", report.Detail, StringComparison.Ordinal);
        Assert.Empty(await lab.QueryAsync<string>(Statements));
    }

    [Fact]
    public async Task Only_booked_entries_count_and_the_indicator_alone_tells_their_sign()
    {
        await using var lab = await ImportLab.OpenAsync();
        var details = "<TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><RltdPties><Dbtr><Pty><Nm>Payer</Nm></Pty></Dbtr><Cdtr><Pty><Nm>Payee</Nm></Pty></Cdtr></RltdPties></TxDtls>";
        var report = await lab.ImportAsync(null, StatementFile.Of("001.10", StatementFile.Statement(
            "S1", "-10.00", "-3.50",
            StatementFile.Entry("5.00", details: details), StatementFile.Entry("3.00", "DBIT", details: details),
            StatementFile.Entry("4.50", "CRDT", isReversal: true, details: details), StatementFile.Entry("99.00", status: "<Sts><Cd>PDNG</Cd></Sts>"), StatementFile.Entry("98.00", status: "<Sts>INFO</Sts>"))));
        Assert.Equal((null, (6, 6, 0, 0)), Outcome(report));
        Assert.Equal(
            [
                "1 0 5.000 EUR 2024-03-01 2024-03-02 - - Payer - PMNT/RCDT/ESCT false BOOK", "2 0 -3.000 EUR 2024-03-01 2024-03-02 - - Payee - PMNT/RCDT/ESCT false BOOK",
                "3 0 4.500 EUR 2024-03-01 2024-03-02 - - Payee - PMNT/RCDT/ESCT true BOOK", "4 0 99.000 EUR 2024-03-01 2024-03-02 - - - - PMNT/RCDT/ESCT false PDNG",
                "5 0 98.000 EUR 2024-03-01 2024-03-02 - - - - PMNT/RCDT/ESCT false INFO",
            ],
            await lab.QueryAsync<string>(Lines));
    }

    [Fact]
    public async Task An_entry_of_several_transactions_is_as_many_lines_when_they_add_up_to_it()
    {
        await using var lab = await ImportLab.OpenAsync();
        static string Detail(string amount, string id, string more = "") => $"<TxDtls><Refs><EndToEndId>{id}</EndToEndId></Refs><Amt Ccy=\"EUR\">{amount}</Amt>{more}<RmtInf><Ustrd>a</Ustrd><Ustrd>b {id}</Ustrd></RmtInf></TxDtls>";
        var report = await lab.ImportAsync(null, StatementFile.Of("001.06", StatementFile.Statement(
            "S1", "0.00", "26.50",
            StatementFile.Entry("10.00", details: Detail("12.00", "E1") + Detail("2.00", "E2", "<CdtDbtInd>DBIT</CdtDbtInd>")),
            StatementFile.Entry("9.00", details: Detail("9.00", "E3")),
            StatementFile.Entry("4.50", details: Detail("5.00", "E4", "<Chrgs><Rcrd><Amt Ccy=\"EUR\">0.50</Amt><CdtDbtInd>DBIT</CdtDbtInd></Rcrd></Chrgs>")),
            StatementFile.Entry("3.00", details: Detail("1.00", "E5") + "<TxDtls><Refs><EndToEndId>E6</EndToEndId></Refs></TxDtls>"))));
        Assert.Equal((null, (6, 6, 0, 0)), Outcome(report));
        Assert.Equal(
            [
                "1 1 12.000 EUR 2024-03-01 2024-03-02 E1 a|b E1 - - PMNT/RCDT/ESCT false BOOK", "1 2 -2.000 EUR 2024-03-01 2024-03-02 E2 a|b E2 - - PMNT/RCDT/ESCT false BOOK",
                "2 0 9.000 EUR 2024-03-01 2024-03-02 E3 a|b E3 - - PMNT/RCDT/ESCT false BOOK", "3 0 4.500 EUR 2024-03-01 2024-03-02 E4 a|b E4 - - PMNT/RCDT/ESCT false BOOK",
                "4 0 3.000 EUR 2024-03-01 2024-03-02 - - - - PMNT/RCDT/ESCT false BOOK",
            ],
            await lab.QueryAsync<string>(Lines));

        var wrong = await lab.ImportAsync(null, StatementFile.Of("001.06", StatementFile.Statement("S2", "0.00", "10.00", StatementFile.Entry("10.00", details: Detail("6.00", "E1") + Detail("3.99", "E2")))));
        Assert.Equal("file.balance", wrong.FileRejected);
        Assert.EndsWith("the 2 transactions of the entry add up to 9.99 EUR, the entry is 10.00 EUR.", wrong.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Currencies_keep_their_digits_and_no_more()
    {
        await using var lab = await ImportLab.OpenAsync();
        Assert.Equal((null, (4, 4, 0, 0)), Outcome(await lab.ImportAsync(null, StatementFile.Of(
            "001.02",
            StatementFile.Statement("J", "100", "1350.00", StatementFile.Entry("1250.00000", currency: "JPY")).Replace("EUR", "JPY", StringComparison.Ordinal),
            StatementFile.Statement("K", "0.001", "1.235", StatementFile.Entry("1.234", currency: "KWD")).Replace("EUR", "KWD", StringComparison.Ordinal)))));
        Assert.Equal(["1250.000 JPY", "1.234 KWD"], await lab.QueryAsync<string>("select concat_ws(' ', amount, currency) from reconciliation.bank_lines order by bank_line_id"));

        var fine = await lab.ImportAsync(null, StatementFile.Of("001.02", StatementFile.Statement("E", "0", "1.005", StatementFile.Entry("1.005"))));
        Assert.Equal("file.camt", fine.FileRejected);
        Assert.Contains("closing_balance.precision", fine.Detail, StringComparison.Ordinal);
        foreach (var amount in new[] { "-1.00", "1,00", "1e2", "", "١" })
        {
            Assert.Equal("file.camt", (await lab.ImportAsync(null, StatementFile.Of("001.02", StatementFile.Statement("E", "0", "1.00", StatementFile.Entry(amount))))).FileRejected);
        }
    }

    [Fact]
    public async Task Pages_are_one_statement_by_interim_balances_or_together()
    {
        await using var lab = await ImportLab.OpenAsync();
        static string Page(int page, bool isLast, (string Code, string Amount)[] balances, params string[] entries) => StatementFile.Statement("P", balances, entries)
            .Replace("<Id>P</Id>", $"<Id>P</Id><StmtPgntn><PgNb>{page}</PgNb><LastPgInd>{(isLast ? "true" : "false")}</LastPgInd></StmtPgntn>", StringComparison.Ordinal);

        var interim = StatementFile.Of("001.04", Page(1, false, [("OPBD", "1.00"), ("ITBD", "3.00")], StatementFile.Entry("2.00")), Page(2, true, [("ITBD", "3.00"), ("CLBD", "6.00")], StatementFile.Entry("3.00")));
        Assert.Equal((null, (4, 4, 0, 0)), Outcome(await lab.ImportAsync(null, interim)));
        var open = StatementFile.Of("001.04", Page(1, false, [("OPBD", "1.00")], StatementFile.Entry("2.00")), Page(2, true, [("CLBD", "6.00")], StatementFile.Entry("3.00"))).Replace(">P<", ">Q<", StringComparison.Ordinal);
        Assert.Equal((null, (4, 4, 0, 0)), Outcome(await lab.ImportAsync(null, open)));
        var repeated = StatementFile.Of("001.04", Page(1, false, [("OPBD", "1.00"), ("CLBD", "6.00")], StatementFile.Entry("2.00")), Page(2, true, [("OPBD", "1.00"), ("CLBD", "6.00")], StatementFile.Entry("3.00"))).Replace(">P<", ">R<", StringComparison.Ordinal);
        Assert.Equal((null, (4, 4, 0, 0)), Outcome(await lab.ImportAsync(null, repeated)));
        Assert.Equal(
            Enumerable.Repeat(new[] { "1 1.000 3.000", "2 3.000 6.000" }, 3).SelectMany(pages => pages),
            await lab.QueryAsync<string>("select concat_ws(' ', page, opening_balance, closing_balance) from reconciliation.bank_statements order by statement_id"));

        var missing = StatementFile.Of("001.04", Page(2, true, [("CLBD", "6.00")], StatementFile.Entry("3.00")));
        Assert.Equal("file.balance", (await lab.ImportAsync(null, missing)).FileRejected);
    }

    [Fact]
    public async Task A_statement_that_says_something_else_is_refused_with_all_of_its_lines()
    {
        await using var lab = await ImportLab.OpenAsync();
        string[] entries = [StatementFile.Entry("1.00"), StatementFile.Entry("2.00")];
        Assert.Equal((null, (3, 3, 0, 0)), Outcome(await lab.ImportAsync(null, StatementFile.Of("001.02", StatementFile.Statement("S1", "0.00", "3.00", entries)))));

        // Who sent it when, and how amounts are written, is no other content.
        var copy = StatementFile.Of("001.02", StatementFile.Statement("S1", "0", "3.000", entries)).Replace("<MsgId>M", "<MsgId>N", StringComparison.Ordinal);
        Assert.Equal((null, (3, 0, 3, 0)), Outcome(await lab.ImportAsync(null, copy)));
        var other = await lab.ImportAsync(null, StatementFile.Of(
            "001.02", StatementFile.Statement("S1", "0.00", "3.00", StatementFile.Entry("3.00")), StatementFile.Statement("S2", "3.00", "4.00", StatementFile.Entry("1.00"))));
        Assert.Equal((null, (4, 2, 0, 2)), Outcome(other));
        Assert.Equal(("statement_reference.conflict", "statement_reference.conflict"), (other.ReasonsOf(1), other.ReasonsOf(2)));
        Assert.Equal(["S1 2", "S2 1"], await lab.QueryAsync<string>(
            "select concat_ws(' ', statement_reference, count(*)) from reconciliation.bank_lines inner join reconciliation.bank_statements using (statement_id) group by statement_reference order by 1"));
    }

    [Fact]
    public async Task Any_statement_that_adds_up_is_taken_and_no_other_in_whatever_batches()
    {
        var random = new Random(20260301);
        await using var lab = await ImportLab.OpenAsync(("Import:BatchRecords", "4"));
        for (var round = 0; round < 12; round++)
        {
            var statements = new List<string>();
            var (records, balance) = (0, random.Next(-10_000, 10_000));
            var off = round % 3 == 2 ? random.Next(1, 50) : 0;
            for (var number = random.Next(1, 4); number > 0; number--)
            {
                var entries = Enumerable.Range(0, random.Next(0, 7)).Select(_ => random.Next(-5_000, 5_000)).ToList();
                var closing = balance + entries.Sum() + (number == 1 ? off : 0);
                statements.Add(StatementFile.Statement($"R{round}-{number}", Money(balance), Money(closing), [.. entries.Select(entry => StatementFile.Entry(Money(Math.Abs(entry)), entry < 0 ? "DBIT" : "CRDT"))]));
                (records, balance) = (records + entries.Count + 1, closing);
            }

            var report = await lab.ImportAsync(null, StatementFile.Of("001.08", [.. statements]));
            Assert.Equal(off == 0 ? (null, (records, records, 0, 0)) : ("file.balance", (0, 0, 0, 0)), (report.FileRejected, report.Counts));
        }

        Assert.Empty(await lab.QueryAsync<string>("""
            select statement.statement_reference
            from reconciliation.bank_statements as statement
            left join reconciliation.bank_lines as line on line.statement_id = statement.statement_id and line.status = 'BOOK'
            group by statement.statement_id
            having statement.opening_balance + coalesce(sum(line.amount), 0) <> statement.closing_balance or count(line.amount) <> statement.line_count
            """));

        static string Money(int cents) => (cents / 100m).ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task Variants_of_statements_are_taken_or_refused_as_they_deserve()
    {
        (string What, string Part, string Other, string? Code)[] variants =
        [
            // Roots, namespaces and messages.
            ("a namespace of another message as the default one", "<Document xmlns", "<Document xmlns:other=\"urn:iso:std:iso:20022:tech:xsd:camt.054.001.02\" xmlns", null),
            ("a notification", "camt.053", "camt.054", "file.profile"),
            ("a version as of a later edition", "camt.053.001.02", "camt.053.002.02", "file.profile"),
            ("no namespace", " xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.02\"", "", "file.profile"),
            ("a prefix that is declared nowhere", "<Id>S1</Id>", "<x:Id>S1</x:Id>", "file.xml"),
            ("a statement in the namespace of others", "<Stmt>", "<Stmt xmlns=\"urn:other\">", "file.camt"),
            ("entries in the namespace of others are none", "<Ntry>", "<Ntry xmlns=\"urn:other\">", "file.balance"),
            ("a processing instruction and a comment", "<Stmt>", "<?php system('x') ?><!-- <Stmt/> --><Stmt>", null),
            ("an inclusion that nobody follows", "<GrpHdr>", "<GrpHdr><xi:include xmlns:xi=\"http://www.w3.org/2001/XInclude\" href=\"file:///etc/passwd\"/>", null),
            ("a place of the schema that nobody goes to", "<Document ", "<Document xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:schemaLocation=\"urn:iso http://127.0.0.1:1/x.xsd\" ", null),
            ("something behind the end", "</Document>", "</Document><Document/>", "file.xml"),
            ("text behind the end", "</Document>", "</Document>x", "file.xml"),
            ("character references", "<Id>S1</Id>", "<Id>&#83;&#x31;</Id>", null),
            ("characters that are none", "<Id>S1</Id>", "<Id>&#0;</Id>", "file.xml"),
            ("character data", "<Id>S1</Id>", "<Id><![CDATA[S1]]></Id>", null),
            // Balances.
            ("of the period before", "<Cd>OPBD</Cd>", "<Cd>PRCD</Cd>", null),
            ("only available ones", "<Cd>OPBD</Cd>", "<Cd>OPAV</Cd>", "file.balance"),
            ("only available ones at the end", "<Cd>CLBD</Cd>", "<Cd>CLAV</Cd>", "file.balance"),
            ("available ones too", "<Bal><Tp><CdOrPrtry><Cd>CLBD", "<Bal><Tp><CdOrPrtry><Cd>CLAV</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">999.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2024-03-01</Dt></Dt></Bal><Bal><Tp><CdOrPrtry><Cd>CLBD", null),
            ("in another currency", "<Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">", "<Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"USD\">", "file.balance"),
            ("without an amount", "<Amt Ccy=\"EUR\">10.00</Amt>", "", "file.camt"),
            ("without a direction", "<Amt Ccy=\"EUR\">10.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>", "<Amt Ccy=\"EUR\">10.00</Amt>", "file.camt"),
            ("two that contradict each other", "<Bal><Tp><CdOrPrtry><Cd>CLBD", "<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">999.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2024-03-01</Dt></Dt></Bal><Bal><Tp><CdOrPrtry><Cd>CLBD", "file.balance"),
            // Amounts.
            ("below nothing", ">5.00<", ">-5.00<", "file.camt"),
            ("with a comma", ">5.00<", ">5,00<", "file.camt"),
            ("with an exponent", ">5.00<", ">5E0<", "file.camt"),
            ("that is none", ">5.00<", ">NaN<", "file.camt"),
            ("in digits of other scripts", ">5.00<", ">٥.00<", "file.camt"),
            ("of nothing", ">5.00<", "><", "file.camt"),
            ("a point alone", ">5.00<", ">.<", "file.camt"),
            ("larger than all money", ">5.00<", ">99999999999999999999999999.00<", "file.balance"),
            ("with blanks around", ">5.00<", ">\n 5.00 \t<", null),
            ("without a currency", "<Ntry><Amt Ccy=\"EUR\">", "<Ntry><Amt>", "file.camt"),
            ("in another currency than the account", "<Ntry><Amt Ccy=\"EUR\">", "<Ntry><Amt Ccy=\"USD\">", "file.balance"),
            ("in small letters", "<Ntry><Amt Ccy=\"EUR\">", "<Ntry><Amt Ccy=\"eur\">", "file.balance"),
            // Entries.
            ("without a direction", "<Ntry><Amt Ccy=\"EUR\">5.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>", "<Ntry><Amt Ccy=\"EUR\">5.00</Amt>", "file.camt"),
            ("of no direction that is known", "<Ntry><Amt Ccy=\"EUR\">5.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>", "<Ntry><Amt Ccy=\"EUR\">5.00</Amt><CdtDbtInd>CREDIT</CdtDbtInd>", "file.camt"),
            ("without a status", "<Sts>BOOK</Sts>", "", "file.camt"),
            ("with an empty status", "<Sts>BOOK</Sts>", "<Sts><Cd/></Sts>", "file.camt"),
            ("on no day", "<Dt>2024-03-01</Dt></BookgDt>", "<Dt>2024-02-30</Dt></BookgDt>", "file.camt"),
            ("without days", "<BookgDt><Dt>2024-03-01</Dt></BookgDt>", "", null),
            ("reversed", "<Sts>BOOK</Sts>", "<RvslInd>1</RvslInd><Sts>BOOK</Sts>", null),
            ("reversed perhaps", "<Sts>BOOK</Sts>", "<RvslInd>maybe</RvslInd><Sts>BOOK</Sts>", "file.camt"),
            ("a batch without transactions", "</BkTxCd>", "</BkTxCd><NtryDtls><Btch><NbOfTxs>3</NbOfTxs></Btch></NtryDtls>", null),
            ("details without a transaction", "</BkTxCd>", "</BkTxCd><NtryDtls/>", null),
            ("two batches of an entry", "</BkTxCd>", "</BkTxCd><NtryDtls><TxDtls><Amt Ccy=\"EUR\">2.00</Amt></TxDtls></NtryDtls><NtryDtls><TxDtls><Amt Ccy=\"EUR\">3.00</Amt></TxDtls></NtryDtls>", null),
            ("two batches that are not the entry", "</BkTxCd>", "</BkTxCd><NtryDtls><TxDtls><Amt Ccy=\"EUR\">2.00</Amt></TxDtls></NtryDtls><NtryDtls><TxDtls><Amt Ccy=\"EUR\">2.00</Amt></TxDtls></NtryDtls>", "file.balance"),
            ("an empty statement more", "</Stmt>", "</Stmt><Stmt/>", "file.camt"),
        ];
        await using var lab = await ImportLab.OpenAsync();
        var file = StatementFile.Of("001.02", StatementFile.Statement("S1", "10.00", "15.00", StatementFile.Entry("5.00")));
        foreach (var (what, part, other, code) in variants)
        {
            var place = file.IndexOf(part, StringComparison.Ordinal);
            var report = await lab.ImportAsync(null, string.Concat(file.AsSpan(0, place), other, file.AsSpan(place + part.Length)));
            Assert.Equal((what, code, code is null), (what, report.FileRejected, report.Detail is null));
            Assert.Equal(code is null ? [$"{what}: 15.000 S1"] : [], await lab.QueryAsync<string>("select concat_ws(' ', @what || ':', closing_balance, statement_reference) from reconciliation.bank_statements", new { what }));
            Assert.DoesNotContain("root:", report.Detail ?? "", StringComparison.Ordinal);
            await lab.ExecuteAsync("truncate reconciliation.bank_statements, reconciliation.bank_lines");
        }
    }

    private static (string? Detail, (long Read, long Accepted, long Duplicates, long Rejected) Counts) Outcome(ImportReport report) => (report.Detail, report.Counts);
}
