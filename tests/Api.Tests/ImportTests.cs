using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Payments.Api.Tests;

public sealed partial class ImportTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private readonly ApiHost _api = fixture.Api;
    private readonly Store _store = fixture.Store;

    [Fact]
    public async Task A_file_is_accepted_imported_and_accounted_for()
    {
        using var accepted = await PostAsync("customers", "customer_id,credit_score\nI1,700\nI1,700\nI2,9000\n");
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        var ticket = await accepted.Content.ReadFromJsonAsync<JsonElement>();
        var (importId, runId) = (ticket.GetProperty("import_id").GetInt64(), ticket.GetProperty("run_id").GetInt64());
        Assert.Equal($"/api/imports/{importId}", accepted.Headers.Location?.OriginalString);
        Assert.Equal($$"""{"status":"accepted","import_id":{{importId}},"run_id":{{runId}}}""", ticket.GetRawText());

        var queued = JsonElement.Parse(await _api.GetAsync($"/api/imports/{importId}"));
        Assert.Equal("queued", queued.GetProperty("status").GetString());
        Assert.Equal(0, queued.GetProperty("rows_per_second").GetInt64());

        await _store.DoImportAsync(runId, importId);
        var account = JsonElement.Parse(await _api.GetAsync($"/api/imports/{importId}"));
        Assert.Equal(
            ["import_id", "status", "profile", "read", "accepted", "duplicates", "rejected", "by_reason", "file_rejected", "warnings", "rows_per_second", "run_id"],
            account.EnumerateObject().Select(member => member.Name).Take(12));
        Assert.Equal("completed", account.GetProperty("status").GetString());
        Assert.Equal("customers", account.GetProperty("profile").GetString());
        Assert.Equal((3, 1), (account.GetProperty("read").GetInt64(), account.GetProperty("rejected").GetInt64()));
        Assert.Equal(2, account.GetProperty("accepted").GetInt64() + account.GetProperty("duplicates").GetInt64());
        Assert.Equal(1, account.GetProperty("by_reason").EnumerateObject().Single().Value.GetInt64());
        Assert.Equal(JsonValueKind.Null, account.GetProperty("file_rejected").ValueKind);
        Assert.Equal(0, account.GetProperty("warnings").GetArrayLength());
        Assert.Equal(runId, account.GetProperty("run_id").GetInt64());

        var rejected = JsonElement.Parse(await _api.GetAsync($"/api/imports/{importId}/rejected"))[0];
        Assert.Equal(["record_number", "line_number", "reasons", "raw_record", "raw_is_cut"], rejected.EnumerateObject().Select(member => member.Name));
        Assert.Equal((3, 4), (rejected.GetProperty("record_number").GetInt64(), rejected.GetProperty("line_number").GetInt64()));
        Assert.Equal("I2,9000", rejected.GetProperty("raw_record").GetString());
    }

    [Fact]
    public async Task A_form_field_is_a_file_too()
    {
        using var form = new MultipartFormDataContent
        {
            { new StringContent("ignored"), "comment" },
            { new StringContent("customer_id\nFORM1\n"), "file", "../../etc/January customers.csv" },
        };
        using var accepted = await _api.Client.PostAsync("/api/imports?profile=customers", form);
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        var account = JsonElement.Parse(await _api.GetAsync(accepted.Headers.Location!.OriginalString));
        Assert.Equal("January customers.csv", account.GetProperty("file_name").GetString());
        Assert.Equal(18, account.GetProperty("size_bytes").GetInt64());
    }

    [Fact]
    public async Task The_same_request_sent_again_under_its_key_is_the_same_import()
    {
        async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(string key, string content, string more = "")
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/imports?profile=customers{more}") { Content = new StringContent(content, Encoding.UTF8, "text/csv") };
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
            using var response = await _api.Client.SendAsync(request);
            return (response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>());
        }

        const string File = "customer_id\nKEYED1\n";
        var first = await SendAsync("load-2026-01", File);
        var again = await SendAsync("load-2026-01", File);
        var other = await SendAsync("load-2026-02", File);

        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.Accepted), (first.Status, again.Status));
        Assert.Equal(first.Body.GetRawText(), again.Body.GetRawText());
        Assert.NotEqual(first.Body.GetRawText(), other.Body.GetRawText());
        var import = first.Body.GetProperty("import_id").GetInt64();
        foreach (var misuse in new[] { await SendAsync("load-2026-01", File + "KEYED2\n"), await SendAsync("load-2026-01", File, "&mode=update") })
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, misuse.Status);
            Assert.Contains($"(import {import})", misuse.Body.GetProperty("detail").GetString(), StringComparison.Ordinal);
        }

        Assert.Equal(2, await _store.ScalarAsync<long>("select count(*) from ops.imports where content_sha256 = (select content_sha256 from ops.imports where import_id = @import)", new { import }));
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(new('k', 101), File)).Status);
    }

    [Fact]
    public async Task Waiting_answers_the_account()
    {
        var last = await _store.ScalarAsync<long>("select coalesce(max(run_id), 0) from ops.runs");
        var call = PostAsync("customers", "customer_id\nW1\n", "&wait=true");
        var runId = await _store.QueuedRunAsync("import", last);
        await _store.DoImportAsync(runId, await _store.ScalarAsync<long>("select import_id from ops.imports where run_id = @runId", new { runId }));
        using var response = await call;
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var account = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("completed", account.GetProperty("status").GetString());
        Assert.Equal(1, account.GetProperty("accepted").GetInt64());
    }

    [Fact]
    public async Task An_update_moves_payments_along_their_lifecycle()
    {
        await _store.ImportAsync("customers", "customer_id\nLC1\n");
        await _store.ImportAsync("merchants", "merchant_id\nLM1\n");
        await _store.ImportAsync("payments", Payments("PENDING", "FAILED"));

        var account = await UpdateAsync(Payments("SUCCESS", "SUCCESS"));
        Assert.Equal(
            """{"read":2,"accepted":1,"duplicates":0,"rejected":1,"by_reason":{"status.transition":1}}""",
            $$"""{"read":{{account.GetProperty("read")}},"accepted":{{account.GetProperty("accepted")}},"duplicates":{{account.GetProperty("duplicates")}},"rejected":{{account.GetProperty("rejected")}},"by_reason":{{account.GetProperty("by_reason").GetRawText()}}}""");
        Assert.Equal("update", account.GetProperty("mode").GetString());
        var again = await UpdateAsync(Payments("SUCCESS", "FAILED"));
        Assert.Equal((0, 2), (again.GetProperty("accepted").GetInt64(), again.GetProperty("duplicates").GetInt64()));

        var summary = JsonElement.Parse(await _api.GetAsync("/api/reports/daily-summary?report_date=2025-02-03"));
        Assert.Equal(
            (2, 1, 1, 0),
            (summary.GetProperty("total_transactions").GetInt64(), summary.GetProperty("successful_transactions").GetInt64(), summary.GetProperty("failed_transactions").GetInt64(), summary.GetProperty("pending_transactions").GetInt64()));

        static string Payments(string first, string second) =>
            "payment_id,customer_id,merchant_id,amount,currency,payment_method,status,payment_date\n"
            + $"LP1,LC1,LM1,5.00,USD,WALLET,{first},2025-02-03T10:00:00Z\nLP2,LC1,LM1,7.00,USD,WALLET,{second},2025-02-03T11:00:00Z\n";

        async Task<JsonElement> UpdateAsync(string csv)
        {
            var last = await _store.ScalarAsync<long>("select coalesce(max(run_id), 0) from ops.runs");
            var call = PostAsync("payments", csv, "&mode=update&wait=true");
            var runId = await _store.QueuedRunAsync("import", last);
            await _store.DoImportAsync(runId, await _store.ScalarAsync<long>("select import_id from ops.imports where run_id = @runId", new { runId }));
            using var response = await call;
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            return await response.Content.ReadFromJsonAsync<JsonElement>();
        }
    }

    [Fact]
    public async Task A_large_file_is_streamed_to_the_spool_whole()
    {
        const int size = 200_000_000;
        using var response = await _api.Client.PostAsync("/api/imports?profile=payments", new GeneratedContent(size));
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var account = JsonElement.Parse(await _api.GetAsync(response.Headers.Location!.OriginalString));
        Assert.Equal(size, account.GetProperty("size_bytes").GetInt64());
    }

    [Theory]
    [InlineData("?profile=bank", "profile", "profile must be one of payments, customers, merchants, refunds, disputes, handbook, stripe_charges, stripe_customers, stripe_refunds, stripe_disputes, stripe_balance_transactions, stripe_payouts, stripe_payout_reconciliation, adyen_settlement_details, camt053, stripe.")]
    [InlineData("?profile=generated", "profile", "profile must be one of payments, customers, merchants, refunds, disputes, handbook, stripe_charges, stripe_customers, stripe_refunds, stripe_disputes, stripe_balance_transactions, stripe_payouts, stripe_payout_reconciliation, adyen_settlement_details, camt053, stripe.")]
    [InlineData("?profile=payments&mode=replace", "mode", "mode must be one of insert, update, but is 'replace'.")]
    [InlineData("?profile=payments&wait=yes", "wait", "wait must be true or false, but is 'yes'.")]
    [InlineData("?profile=payments&file=x", "file", "file is not known here: the parameters are profile, mode, wait.")]
    public async Task A_bad_parameter_is_named(string query, string parameter, string complaint)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/imports" + query) { Content = new StringContent("x", Encoding.UTF8, "text/csv") };
        var problem = await _api.ProblemAsync(request, 400);
        Assert.Equal(complaint, problem.GetProperty("errors").GetProperty(parameter)[0].GetString());
    }

    [Theory]
    [InlineData("image/png", 415)]
    [InlineData("application/xml", 415)]
    [InlineData("nonsense", 415)]
    [InlineData("multipart/form-data", 400)]
    [InlineData("multipart/form-data; boundary=x", 400)]
    public async Task A_body_of_another_kind_is_refused(string type, int status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/imports?profile=payments") { Content = new ByteArrayContent("{}"u8.ToArray()) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        await _api.ProblemAsync(request, status);
    }

    [Theory]
    [InlineData("text/csv")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/octet-stream")]
    public async Task A_raw_file_is_taken_as_curl_sends_it(string type)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/imports?profile=payments") { Content = new ByteArrayContent("payment_id\n"u8.ToArray()) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        using var response = await _api.Client.SendAsync(request);
        Assert.Equal(System.Net.HttpStatusCode.Accepted, response.StatusCode);
    }

    [Fact]
    public async Task A_form_without_the_file_is_refused()
    {
        using var form = new MultipartFormDataContent { { new StringContent("x"), "other" } };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/imports?profile=payments") { Content = form };
        Assert.Equal("The form has no field 'file' with the file.", (await _api.ProblemAsync(request, 400)).GetProperty("detail").GetString());
    }

    [Fact]
    public async Task A_file_over_the_limit_is_refused_and_leaves_nothing()
    {
        using var api = new ApiHost(fixture.ConnectionString, "Development", ("Import:MaxFileBytes", "1000"));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/imports?profile=payments") { Content = new GeneratedContent(1001) };
        await api.ProblemAsync(request, 413);
        Assert.Empty(Directory.GetFiles(Path.Combine(api.Storage, "spool")));
    }

    [Fact]
    public async Task Gzip_may_be_declared()
    {
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write("customer_id\nZ1\n"u8);
        }

        using var body = new ByteArrayContent(zipped.ToArray());
        body.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        body.Headers.ContentEncoding.Add("gzip");
        using var accepted = await _api.Client.PostAsync("/api/imports?profile=customers", body);
        var ticket = await accepted.Content.ReadFromJsonAsync<JsonElement>();
        await _store.DoImportAsync(ticket.GetProperty("run_id").GetInt64(), ticket.GetProperty("import_id").GetInt64());
        Assert.Equal(1, await _store.ScalarAsync<long>("select count(*) from public.customers where customer_id = 'Z1'"));
    }

    [Fact]
    public async Task Refused_records_as_CSV_are_safe_in_a_spreadsheet_and_paged_like_JSON()
    {
        using var accepted = await PostAsync("customers", "customer_id\nQ1\n");
        var ticket = await accepted.Content.ReadFromJsonAsync<JsonElement>();
        var (id, runId) = (ticket.GetProperty("import_id").GetInt64(), ticket.GetProperty("run_id").GetInt64());
        await _store.ExecuteAsync(
            """
            with batch as (
                insert into ops.batches (run_id, import_id, first_record, record_count) values (@runId, @id, 1, 9) returning batch_id
            )
            insert into ops.quarantine (import_id, record_number, batch_id, line_number, reason, reasons, raw_record, raw_is_cut)
            select @id, n, batch.batch_id, n + 1, 'a.b', '{a.b,c.d}', raw, n = 2
            from batch, unnest(array['=cmd|''/c calc''!A1', 'say "hi", you', '  @x', '-5', E'\tx', '+1', 'plain']) with ordinality as record (raw, n)
            """,
            new { id, runId });
        const string header = "record_number,line_number,reasons,raw_record,raw_is_cut\r\n";
        Assert.Equal(
            header
            + "1,2,\"a.b c.d\",\"'=cmd|'/c calc'!A1\",false\r\n"
            + "2,3,\"a.b c.d\",\"say \"\"hi\"\", you\",true\r\n"
            + "3,4,\"a.b c.d\",\"'  @x\",false\r\n"
            + "4,5,\"a.b c.d\",\"'-5\",false\r\n"
            + "5,6,\"a.b c.d\",\"'\tx\",false\r\n"
            + "6,7,\"a.b c.d\",\"'+1\",false\r\n"
            + "7,8,\"a.b c.d\",\"plain\",false\r\n",
            await _api.GetAsync($"/api/imports/{id}/rejected?format=csv"));

        using var first = await _api.Client.GetAsync($"/api/imports/{id}/rejected?format=csv&limit=3");
        Assert.Equal("text/csv", first.Content.Headers.ContentType?.MediaType);
        var next = NextLink().Match(first.Headers.GetValues("Link").Single()).Groups[1].Value;
        Assert.StartsWith(header + "4,5,", await _api.GetAsync(next), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_import_is_a_404()
    {
        Assert.Equal("There is no import 999999.", (await _api.ProblemAsync("/api/imports/999999", 404)).GetProperty("detail").GetString());
        await _api.ProblemAsync("/api/imports/999999/rejected", 404);
    }

    private Task<HttpResponseMessage> PostAsync(string profile, string csv, string more = "") =>
        _api.Client.PostAsync($"/api/imports?profile={profile}{more}", new StringContent(csv, Encoding.UTF8, "text/csv"));

    [GeneratedRegex("^<([^>]+)>; rel=\"next\"$")]
    private static partial Regex NextLink();

    /// <summary>A body that is made while it is sent.</summary>
    private sealed class GeneratedContent : HttpContent
    {
        private readonly int _size;

        public GeneratedContent(int size)
        {
            _size = size;
            Headers.ContentType = new("text/csv");
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            var line = Encoding.ASCII.GetBytes(new string('x', 9999) + '\n');
            for (var left = _size; left > 0; left -= line.Length)
            {
                await stream.WriteAsync(line.AsMemory(0, Math.Min(left, line.Length)));
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
