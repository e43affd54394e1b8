using System.CommandLine;
using System.Globalization;
using System.Text;
using Payments.Pipeline.Import;

namespace Payments.Bench;

/// <summary>Reports of processors and bank statements through a real worker, each format in a file of many lines, beside the same file sent again.</summary>
internal static class ReportBenchmark
{
    private const int LinesOfPayout = 50_000;
    private const int EntriesOfStatement = 10_000;

    public static Command Command()
    {
        var lines = new Option<int>("--lines") { Description = "Lines of each file.", DefaultValueFactory = _ => 1_000_000 };
        var command = new Command("reports", "A Stripe payout reconciliation, an Adyen settlement details report and camt.053 statements of many lines through a real worker, then each again.") { lines };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(lines), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(int lines, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("payments-bench-");
        try
        {
            var storage = new StorageOptions { Path = Path.Combine(folder.FullName, "storage") };
            await using var database = await BenchDatabase.StartAsync(cancellationToken);
            using var worker = WorkerProcess.Start(database.ConnectionStringFor("payments_worker"), storage);
            await using var pipeline = new PipelineImport(database, storage);
            foreach (var (profile, write) in new (string, Action<TextWriter, int>)[] { ("stripe_payout_reconciliation", WriteStripe), ("adyen_settlement_details", WriteAdyen), ("camt053", WriteStatements) })
            {
                var file = new FileInfo(Path.Combine(folder.FullName, profile));
                await using (var text = new StreamWriter(file.FullName, append: false, new UTF8Encoding(false), 1 << 20)) write(text, lines);
                var before = worker.ProcessorSeconds;
                var run = await pipeline.ImportAsync(file, profile, cancellationToken);
                var spent = worker.ProcessorSeconds - before;
                var again = await pipeline.ImportAsync(file, profile, cancellationToken);
                Out.Print($"{profile}: records={run.Records} file_mib={file.Length / 1048576} seconds={run.Seconds:0.0} rows_per_second={run.Records / run.Seconds:0} ({run.Steps})");
                Out.Print($"  worker     processor_seconds={spent:0} peak_mib={worker.PeakMebibytes:0}");
                Out.Print($"  again      seconds={again.Seconds:0.0} accepted={again.Records}");
            }

            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void WriteStripe(TextWriter text, int lines)
    {
        text.Write("automatic_payout_id,automatic_payout_effective_at_utc,balance_transaction_id,created_utc,available_on_utc,currency,gross,fee,net,reporting_category,source_id,description,charge_id,payment_intent_id,payment_method_type\n");
        var sum = 0L;
        for (var i = 1; i <= lines; i++)
        {
            var (isPayout, payout) = (i % LinesOfPayout == 0, (i - 1) / LinesOfPayout);
            var (gross, fee) = isPayout ? (-sum, 0L) : (1_000 + (int)(i * 7919L % 90_000), 30L + (i % 100));
            sum = isPayout ? 0 : sum + gross - fee;
            text.Write(string.Create(
                CultureInfo.InvariantCulture,
                $"po_{payout:D8},2024-03-06 00:00:00,txn_{i:D12},2024-03-01 10:11:12,2024-03-04 00:00:00,usd,{gross / 100m},{fee / 100m},{(gross - fee) / 100m},{(isPayout ? "payout" : "charge")},{(isPayout ? "po" : "ch")}_{(isPayout ? payout : i):D8},Order {i},{(isPayout ? "" : $"ch_{i:D8}")},pi_{i:D12},card\n"));
        }
    }

    private static void WriteAdyen(TextWriter text, int lines)
    {
        text.Write("Company Account,Merchant Account,Psp Reference,Merchant Reference,Payment Method,Creation Date,TimeZone,Type,Modification Reference,Gross Currency,Gross Debit (GC),Gross Credit (GC),Exchange Rate,Net Currency,Net Debit (NC),Net Credit (NC),Commission (NC),Markup (NC),Scheme Fees (NC),Interchange (NC),Payment Method Variant,Modification Merchant Reference,Batch Number\n");
        var sum = 0L;
        for (var i = 1; i <= lines; i++)
        {
            var batch = (i - 1) / LinesOfPayout;
            if (i % LinesOfPayout == 0)
            {
                text.Write(string.Create(CultureInfo.InvariantCulture, $"Company,Shop,,,,2024-03-01 12:00:00,CET,MerchantPayout,TX{batch:D8},EUR,,,,EUR,{sum / 100m},,,,,,,,{batch}\n"));
                sum = 0;
                continue;
            }

            var gross = 1_000 + (int)(i * 7919L % 90_000);
            var (markup, scheme, interchange) = (5 + (i % 10), 2 + (i % 7), 10 + (i % 50));
            sum += gross - markup - scheme - interchange;
            text.Write(string.Create(
                CultureInfo.InvariantCulture,
                $"Company,Shop,PSP{i:D13},order-{i},visa,2024-03-01 10:00:00,CET,Settled,MOD{i:D13},EUR,,{gross / 100m},1,EUR,,{(gross - markup - scheme - interchange) / 100m},,{markup / 100m},{scheme / 100m},{interchange / 100m},visadebit,,{batch}\n"));
        }
    }

    private static void WriteStatements(TextWriter text, int lines)
    {
        text.Write("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt><GrpHdr><MsgId>M</MsgId></GrpHdr>\n");
        var balance = 0m;
        for (var first = 1; first <= lines; first += EntriesOfStatement)
        {
            var entries = Enumerable.Range(first, Math.Min(EntriesOfStatement, lines - first + 1)).Select(i => (Number: i, Amount: (1_000 + (int)(i * 7919L % 90_000)) / 100m)).ToList();
            var closing = balance + entries.Sum(entry => entry.Amount);
            text.Write(string.Create(CultureInfo.InvariantCulture, $"<Stmt><Id>S{first}</Id><Acct><Id><IBAN>NL91ABNA0417164300</IBAN></Id><Ccy>EUR</Ccy></Acct>{Balance("OPBD", balance)}{Balance("CLBD", closing)}\n"));
            foreach (var (number, amount) in entries)
            {
                text.Write(string.Create(
                    CultureInfo.InvariantCulture,
                    $"<Ntry><Amt Ccy=\"EUR\">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2024-03-01</Dt></BookgDt><ValDt><Dt>2024-03-02</Dt></ValDt><AcctSvcrRef>R{number}</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd><NtryDtls><TxDtls><Refs><EndToEndId>E{number}</EndToEndId></Refs><RltdPties><Dbtr><Pty><Nm>Payer {number}</Nm></Pty></Dbtr><DbtrAcct><Id><IBAN>DE89370400440532013000</IBAN></Id></DbtrAcct></RltdPties><RmtInf><Ustrd>Invoice {number}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>\n"));
            }

            text.Write("</Stmt>\n");
            balance = closing;
        }

        text.Write("</BkToCstmrStmt></Document>\n");
    }

    private static string Balance(string code, decimal amount) =>
        string.Create(CultureInfo.InvariantCulture, $"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2024-03-01</Dt></Dt></Bal>");
}
