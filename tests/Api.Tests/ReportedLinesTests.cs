using System.Net.Http.Json;
using System.Text.Json;

namespace Payments.Api.Tests;

/// <summary>What processors and banks have reported, as lists, and their files over the API.</summary>
public sealed class ReportedLinesTests(ApiFixture fixture) : IClassFixture<ApiFixture>, IAsyncLifetime
{
    private const string Header = "automatic_payout_id,balance_transaction_id,created_utc,currency,gross,fee,net,reporting_category,source_id,charge_id\n";

    private readonly ApiHost _api = fixture.Api;
    private readonly Store _store = fixture.Store;

    public async Task InitializeAsync()
    {
        // Every fact of this class reads these rows, so they are made once.
        if (await _store.ScalarAsync<long>("select count(*) from reconciliation.processor_lines") > 0) return;
        await _store.ImportAsync(
            "stripe_payout_reconciliation",
            Header
            + "po_1,txn_1,2026-01-10 10:00:00,usd,100.00,3.20,96.80,charge,ch_1,ch_1\n"
            + "po_1,txn_2,2026-01-11 10:00:00,usd,-6.80,0.00,-6.80,refund,re_1,ch_1\n"
            + "po_1,txn_3,2026-01-12 10:00:00,usd,-90.00,0.00,-90.00,payout,po_1,\n"
            + "po_2,txn_4,2026-01-12 11:00:00,jpy,500,0,500,charge,ch_2,ch_2\n");
        await _store.ImportAsync("camt053", Statement("S1", 90));
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("processor-lines", "txn_4 500, txn_3 -90.00, txn_2 -6.80, txn_1 96.80")]
    [InlineData("processor-lines?payout_key=po_1&category=refund", "txn_2 -6.80")]
    [InlineData("processor-lines?payment_reference=ch_1&from=2026-01-11", "txn_2 -6.80")]
    [InlineData("processor-lines?processor=adyen", "")]
    [InlineData("payouts?status=in_transit&currency=USD", "po_1 90.00")]
    [InlineData("payouts?payout_key=po_2", "po_2 500")]
    [InlineData("bank-lines?account=NL91ABNA0417164300&status=BOOK", "E1 90.00")]
    [InlineData("bank-lines?to=2026-01-13", "")]
    public async Task What_was_reported_is_listed(string path, string expected) =>
        Assert.Equal(expected, string.Join(", ", (await _api.Client.GetFromJsonAsync<JsonElement[]>($"/api/reconciliation/{path}"))!.Select(Line)));

    [Fact]
    public async Task Pages_lead_from_one_to_the_next()
    {
        using var first = await _api.Client.GetAsync("/api/reconciliation/processor-lines?limit=3");
        Assert.Equal(3, (await first.Content.ReadFromJsonAsync<JsonElement[]>())!.Length);
        var next = first.Headers.GetValues("Link").Single().Split('<', '>')[1];
        Assert.Equal(["txn_1 96.80"], (await _api.Client.GetFromJsonAsync<JsonElement[]>(next))!.Select(Line));
    }

    [Fact]
    public async Task A_file_that_is_refused_says_why_in_its_account()
    {
        using var answer = await _api.Client.PostAsync("/api/imports?profile=camt053", new StringContent(Statement("S2", 91)));
        var asked = await answer.Content.ReadFromJsonAsync<JsonElement>();
        var importId = asked.GetProperty("import_id").GetInt64();
        await _store.DoImportAsync(await _store.ScalarAsync<long>("select run_id from ops.imports where import_id = @importId", new { importId }), importId);

        var account = await _api.Client.GetFromJsonAsync<JsonElement>($"/api/imports/{importId}");
        Assert.Equal(("rejected", "file.balance"), (account.GetProperty("status").GetString(), account.GetProperty("file_rejected").GetString()));
    }

    private static string Line(JsonElement row) =>
        row.TryGetProperty("external_id", out var id) ? $"{id.GetString()} {row.GetProperty("net").GetRawText()}"
        : row.TryGetProperty("end_to_end_id", out id) ? $"{id.GetString()} {row.GetProperty("amount").GetRawText()}"
        : $"{row.GetProperty("payout_key").GetString()} {row.GetProperty("amount").GetRawText()}";

    private static string Statement(string id, int closing) =>
        $"<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.02\"><BkToCstmrStmt><Stmt><Id>{id}</Id><Acct><Id><IBAN>NL91ABNA0417164300</IBAN></Id></Acct>"
        + Balance("OPBD", 0) + Balance("CLBD", closing)
        + "<Ntry><Amt Ccy=\"EUR\">90.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-01-14</Dt></BookgDt>"
        + "<NtryDtls><TxDtls><Refs><EndToEndId>E1</EndToEndId></Refs></TxDtls></NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>";

    private static string Balance(string code, int amount) =>
        $"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-01-14</Dt></Dt></Bal>";
}
