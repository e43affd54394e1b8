using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Payments.Api.Tests;

public sealed class PaymentTests(ApiFixture fixture) : IClassFixture<ApiFixture>, IAsyncLifetime
{
    private readonly ApiHost _api = fixture.Api;
    private readonly Store _store = fixture.Store;

    public async Task InitializeAsync()
    {
        await _store.ExecuteAsync("insert into public.customers (customer_id, customer_name, country) values ('C1', 'A customer', 'US') on conflict do nothing");
        await _store.ExecuteAsync("insert into public.merchants (merchant_id, merchant_name) values ('M1', 'A merchant') on conflict do nothing");
    }

    // Whatever a test did: totals, keys and references agree with the payments, and every payment of the API is in an account.
    public async Task DisposeAsync()
    {
        Assert.Equal(0, await _store.ScalarAsync<long>("select count(*) from pipeline.find_rollup_differences()"));
        Assert.Equal(
            0,
            await _store.ScalarAsync<long>(
                """
                select count(*)
                from ops.imports as import
                where import.source = 'api'
                    and (
                        import.records_accepted <> (
                            select count(*)
                            from public.payments as payment
                            inner join ops.batches as batch on batch.batch_id = payment.batch_id
                            where batch.import_id = import.import_id
                        )
                        or import.records_read <> (
                            select coalesce(sum(batch.record_count), 0) from ops.batches as batch where batch.import_id = import.import_id
                        )
                    )
                """));
    }

    [Fact]
    public async Task A_payment_is_stored_scored_and_shown()
    {
        using var response = await PostAsync(Payment("A1", "12500.00", ",\"transaction_date\":\"2026-02-03T12:00:00Z\",\"payment_status\":\"SUCCESS\",\"processing_time_seconds\":3"));
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal("/api/payments/A1", response.Headers.Location?.OriginalString);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("A1", answer.GetProperty("payment_id").GetString());
        Assert.InRange(answer.GetProperty("risk_score").GetDecimal(), 0, 100);
        Assert.Contains(answer.GetProperty("decision").GetString(), (string[])["APPROVE", "REVIEW", "BLOCK"]);
        Assert.Equal(JsonValueKind.Array, answer.GetProperty("reasons").ValueKind);
        Assert.True(answer.GetProperty("is_suspicious").GetBoolean());
        Assert.False(answer.GetProperty("duplicate").GetBoolean());

        var shown = JsonElement.Parse(await _api.GetAsync("/api/payments/A1"));
        Assert.Equal(
            ("C1", "M1", "12500.00", "USD", "SUCCESS", 3),
            (shown.GetProperty("customer_id").GetString(), shown.GetProperty("merchant_id").GetString(), shown.GetProperty("amount").GetRawText(),
                shown.GetProperty("currency").GetString(), shown.GetProperty("payment_status").GetString(), shown.GetProperty("processing_time_seconds").GetInt32()));
        Assert.Equal(answer.GetProperty("risk_score").GetDecimal(), shown.GetProperty("risk_score").GetDecimal());
        Assert.Equal("OPEN", Assert.Single(shown.GetProperty("alerts").EnumerateArray()).GetProperty("status").GetString());
        var lineage = shown.GetProperty("lineage");
        Assert.Equal("api", lineage.GetProperty("profile").GetString());
        Assert.Equal(JsonValueKind.Null, lineage.GetProperty("run_id").ValueKind);
        var account = JsonElement.Parse(await _api.GetAsync($"/api/imports/{lineage.GetProperty("import_id")}"));
        Assert.Equal("running", account.GetProperty("status").GetString());
        Assert.Equal("There is no payment A9.", (await _api.ProblemAsync("/api/payments/A9", 404)).GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Without_a_status_it_is_pending_and_without_a_date_it_is_now()
    {
        var from = await _store.ScalarAsync<DateTime>("select clock_timestamp()");
        await StoredAsync(Payment("D1", "5"));
        var shown = JsonElement.Parse(await _api.GetAsync("/api/payments/D1"));
        Assert.Equal("PENDING", shown.GetProperty("payment_status").GetString());
        Assert.InRange(shown.GetProperty("transaction_date").GetDateTime(), from.AddSeconds(-5), from.AddSeconds(60));
    }

    [Fact]
    public async Task The_same_payment_again_is_answered_with_its_stored_score_and_another_one_under_its_id_is_a_conflict()
    {
        const string Dated = ",\"transaction_date\":\"2026-02-03T04:00:00Z\"";
        var first = await StoredAsync(Payment("R1", "10.00", Dated));
        foreach (var again in new[] { Payment("R1", "10.00", Dated), Payment("R1", "10", ",\"transaction_date\":\"2026-02-03T05:00:00.000+01:00\""), Payment("R1", "1.0e1", ",\"transaction_date\":\"2026-02-03 04:00:00\"") })
        {
            using var response = await PostAsync(again);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
            Assert.True(answer.GetProperty("duplicate").GetBoolean());
            Assert.Equal(first.GetProperty("risk_score").GetRawText(), answer.GetProperty("risk_score").GetRawText());
        }

        foreach (var other in new[] { Payment("R1", "10.01", Dated), Payment("R1", "10.00", Dated + ",\"payment_status\":\"SUCCESS\""), Payment("R1", "11.00") })
        {
            var problem = await ProblemAsync(other, 409);
            Assert.Equal("payment_id.conflict", problem.GetProperty("reasons")[0].GetProperty("code").GetString());
        }
    }

    [Fact]
    public async Task Without_a_date_the_same_payment_again_is_still_the_same()
    {
        await StoredAsync(Payment("U1", "10.00"));
        using var again = await PostAsync(Payment("U1", "10.00"));
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        await ProblemAsync(Payment("U1", "10.50"), 409);
    }

    [Fact]
    public async Task A_payment_of_a_file_is_the_same_payment_over_the_api()
    {
        await _store.ImportAsync("payments", "payment_id,customer_id,merchant_id,amount,currency,payment_method,status,payment_date\nF1,C1,M1,7.50,USD,WALLET,SUCCESS,2026-02-03T10:00:00Z\n");
        using var again = await PostAsync(Payment("F1", "7.50", ",\"payment_status\":\"SUCCESS\",\"transaction_date\":\"2026-02-03T10:00:00Z\"").Replace("CREDIT_CARD", "WALLET", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    [Theory]
    [InlineData("{}", "payment_id.missing customer_id.missing merchant_id.missing amount.missing currency.missing payment_method.missing")]
    [InlineData("""{"payment_id":"a b"}""", "payment_id.format")]
    [InlineData("""{"customer_id":"NOBODY","merchant_id":"NOWHERE"}""", "customer_id.unknown merchant_id.unknown")]
    [InlineData("""{"customer_id":"c1"}""", "customer_id.unknown")]
    [InlineData("""{"amount":0}""", "amount.not_positive")]
    [InlineData("""{"amount":-0.00}""", "amount.not_positive")]
    [InlineData("""{"amount":-1e-400}""", "amount.not_positive")]
    [InlineData("""{"amount":10.005}""", "amount.precision")]
    [InlineData("""{"amount":1e-3}""", "amount.precision")]
    [InlineData("""{"amount":1e-999999999999}""", "amount.precision")]
    [InlineData("""{"amount":1e999999999999}""", "amount.too_large")]
    [InlineData("""{"amount":10000000000000.00}""", "amount.too_large")]
    [InlineData("""{"amount":1.5,"currency":"JPY"}""", "amount.precision")]
    [InlineData("""{"currency":"usd"}""", "currency.unknown")]
    [InlineData("""{"payment_method":"CASH"}""", "payment_method.unknown")]
    [InlineData("""{"payment_status":"DONE"}""", "status.unknown")]
    [InlineData("""{"transaction_date":"2999-01-01"}""", "payment_date.future")]
    [InlineData("""{"transaction_date":"1999-12-31"}""", "payment_date.too_old")]
    [InlineData("""{"transaction_date":"2026-02-30"}""", "payment_date.invalid")]
    [InlineData("""{"transaction_date":"yesterday"}""", "payment_date.format")]
    [InlineData("""{"processing_time_seconds":1.5}""", "processing_time_seconds.format")]
    [InlineData("""{"processing_time_seconds":86401}""", "processing_time_seconds.out_of_range")]
    [InlineData("""{"failure_reason":"card declined"}""", "failure_reason.out_of_place")]
    [InlineData("""{"failure_reason":"a\nb","payment_status":"FAILED"}""", "failure_reason.format")]
    [InlineData("""{"customer_id":"\u0000"}""", "row.control_char")]
    [InlineData("""{"customer_id":"\ud800"}""", "row.encoding customer_id.unknown")]
    public async Task What_the_rules_of_imports_refuse_is_refused_with_their_reasons(string changes, string reasons)
    {
        var body = changes == "{}" ? changes : Merge(Payment("X1", "10.00"), changes);
        var problem = await ProblemAsync(body, 422);
        var listed = problem.GetProperty("reasons").EnumerateArray().ToList();
        Assert.Equal(reasons, string.Join(' ', listed.Select(reason => reason.GetProperty("code").GetString())));
        Assert.All(listed, reason => Assert.All((string[])["text", "fix"], part => Assert.NotEqual("", reason.GetProperty(part).GetString())));
        Assert.All(
            listed.Where(reason => reason.GetProperty("field").ValueKind == JsonValueKind.String),
            reason => Assert.Contains($"`{reason.GetProperty("field").GetString()}`", reason.GetProperty("text").GetString(), StringComparison.Ordinal));
        Assert.Equal(0, await _store.ScalarAsync<long>("select count(*) from public.payment_keys where payment_id in ('X1', 'a b')"));
    }

    [Theory]
    [InlineData("", "body")]
    [InlineData("{", "body")]
    [InlineData("null", "body")]
    [InlineData("[]", "body")]
    [InlineData("\"x\"", "body")]
    [InlineData("{} {}", "body")]
    [InlineData("{\"amount\":01}", "body")]
    [InlineData("{\"amount\":NaN}", "body")]
    [InlineData("{'payment_id':'X'}", "body")]
    [InlineData("{\"payment_id\":\"X\",}", "body")]
    [InlineData("{\"payment_id\":/**/\"X\"}", "body")]
    [InlineData("{\"amount\":\"10.00\"}", "amount")]
    [InlineData("{\"amount\":true}", "amount")]
    [InlineData("{\"amount\":[10]}", "amount")]
    [InlineData("{\"payment_id\":5}", "payment_id")]
    [InlineData("{\"payment_id\":{\"a\":{}}}", "payment_id")]
    [InlineData("{\"payment_id\":\"X\",\"payment_id\":\"X\"}", "payment_id")]
    [InlineData("{\"PAYMENT_ID\":\"X\"}", "PAYMENT_ID")]
    [InlineData("{\"payment_id\\u0000\":\"X\"}", "payment_id\\u0000")]
    [InlineData("{\"card_number\":\"4242424242424242\"}", "card_number")]
    [InlineData("{\"risk_score\":0}", "risk_score")]
    public async Task What_is_no_payment_is_a_400_that_names_the_member(string body, string member)
    {
        var problem = await ProblemAsync(body, 400);
        Assert.Equal([member], problem.GetProperty("errors").EnumerateObject().Select(error => error.Name));
    }

    [Fact]
    public async Task Hostile_bodies_are_turned_away()
    {
        await ProblemAsync(new string('[', 100_000), 413);
        await ProblemAsync(new string('[', 10_000), 400);
        await ProblemAsync("{\"x\":" + string.Concat(Enumerable.Repeat("{\"a\":", 5_000)), 400);
        await ProblemAsync([0xEF, 0xBB, 0xBF, .. "{"u8], 400);
        await ProblemAsync([.. "{\"payment_id\":\""u8, 0xFF, 0xFE, .. "\"}"u8], 400);
        await ProblemAsync(Payment("X2", new string('9', 5_000)), 422);
        await ProblemAsync(Payment(new string('x', 300), "1"), 422);
        await ProblemAsync("{\"" + new string('n', 2_000) + "\":1}", 400);
        foreach (var (type, encoding) in new[] { ("text/plain", ""), ("application/x-www-form-urlencoded", ""), ("application/json; charset=utf-16", ""), ("application/json", "gzip") })
        {
            using var request = Request("/api/payments", Encoding.UTF8.GetBytes(Payment("X3", "1")));
            request.Content!.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
            if (encoding.Length > 0) request.Content.Headers.ContentEncoding.Add(encoding);
            await _api.ProblemAsync(request, 415);
        }
    }

    [Theory]
    [InlineData("9999999999999.99", "USD", "9999999999999.99")]
    [InlineData("1.2990e2", "USD", "129.90")]
    [InlineData("1E+2", "JPY", "100")]
    [InlineData("0.001e3", "KWD", "1.000")]
    [InlineData("1234567890123e-3", "KWD", "1234567890.123")]
    [InlineData("100000000000000000000000000000000000000000000000000e-50", "USD", "1.00")]
    [InlineData("0.00000000000000000000000000000000000000000000000001e50", "USD", "1.00")]
    public async Task Amounts_lose_no_digit(string sent, string currency, string shown)
    {
        var id = $"N-{Math.Abs(sent.GetHashCode(StringComparison.Ordinal))}";
        await StoredAsync(Payment(id, sent).Replace("USD", currency, StringComparison.Ordinal));
        Assert.Equal(shown, JsonElement.Parse(await _api.GetAsync($"/api/payments/{id}")).GetProperty("amount").GetRawText());
    }

    [Fact]
    public async Task A_month_without_a_partition_gets_one()
    {
        await StoredAsync(Payment("P2003", "5", ",\"transaction_date\":\"2003-07-31T23:59:59.999999Z\""));
        Assert.Equal(1, await _store.ScalarAsync<long>("select count(*) from partitions.payments_2003_07"));
    }

    [Fact]
    public async Task Under_its_key_a_request_sent_again_gets_the_same_answer()
    {
        var (first, body) = await SendAsync(Payment("K1", "10.00"), "key-1");
        var (again, bodyAgain) = await SendAsync(Payment("K1", "10.00"), "key-1");
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created), (first.StatusCode, again.StatusCode));
        Assert.Equal(body, bodyAgain);
        Assert.Equal(first.Headers.Location, again.Headers.Location);
        Assert.Equal((false, true), (first.Headers.Contains("Idempotent-Replayed"), again.Headers.Contains("Idempotent-Replayed")));

        var (other, problem) = await SendAsync(Payment("K1", "10.01"), "key-1");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);
        Assert.Contains("Idempotency-Key 'key-1'", problem, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await SendAsync($"[{Payment("K1", "10.00")}]", "key-1", "/api/payments/batch")).Response.StatusCode);

        foreach (var bad in new[] { new string('k', 256), "a b" })
        {
            Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(Payment("K2", "10.00"), bad)).Response.StatusCode);
        }

        Assert.Equal(HttpStatusCode.Created, (await SendAsync(Payment("K2", "10.00"), new('k', 255))).Response.StatusCode);
    }

    [Fact]
    public async Task A_refusal_is_not_kept_and_a_key_lives_for_a_day()
    {
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await SendAsync(Payment("K3", "-1"), "key-3")).Response.StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await SendAsync(Payment("K3", "1"), "key-3")).Response.StatusCode);
        await _store.ExecuteAsync("update ops.idempotency_keys set created_at = created_at - interval '25 hours' where idempotency_key = 'key-3'");
        var (late, body) = await SendAsync(Payment("K4", "1"), "key-3");
        Assert.Equal(HttpStatusCode.Created, late.StatusCode);
        Assert.Contains("\"K4\"", body, StringComparison.Ordinal);
        await _store.ExecuteAsync("update ops.idempotency_keys set created_at = created_at - interval '25 hours' where idempotency_key = 'key-3'");
        Assert.Equal(1, await _store.ScalarAsync<long>("select pipeline.sweep_answers(now() - interval '24 hours', 10)"));
    }

    [Fact]
    public async Task Two_callers_keys_never_meet()
    {
        static string Hash(string key) => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(key)));
        using var api = new ApiHost(
            fixture.ConnectionString,
            "Production",
            ("Api:Keys:0:Name", "one"), ("Api:Keys:0:Sha256", Hash("1")), ("Api:Keys:0:Role", "operator"),
            ("Api:Keys:1:Name", "two"), ("Api:Keys:1:Sha256", Hash("2")), ("Api:Keys:1:Role", "operator"),
            ("Api:Keys:2:Name", "three"), ("Api:Keys:2:Sha256", Hash("3")), ("Api:Keys:2:Role", "reader"));
        foreach (var (caller, expected) in new[] { ("1", HttpStatusCode.Created), ("2", HttpStatusCode.Created), ("3", HttpStatusCode.Forbidden) })
        {
            using var request = Request("/api/payments", Encoding.UTF8.GetBytes(Payment($"CALL{caller}", "5")));
            request.Headers.Add("X-Api-Key", caller);
            request.Headers.Add("Idempotency-Key", "shared");
            using var response = await api.Client.SendAsync(request);
            Assert.Equal(expected, response.StatusCode);
            Assert.False(response.Headers.Contains("Idempotent-Replayed"));
        }
    }

    [Fact]
    public async Task Of_a_hundred_at_once_with_one_id_one_is_stored_and_the_others_are_duplicates()
    {
        var body = Payment("PAR1", "10.00", ",\"transaction_date\":\"2026-02-03T12:00:00Z\"");
        var statuses = await Task.WhenAll(Enumerable.Range(0, 100).Select(async _ =>
        {
            using var response = await PostAsync(body);
            return response.StatusCode;
        }));
        Assert.Equal((1, 99), (statuses.Count(status => status == HttpStatusCode.Created), statuses.Count(status => status == HttpStatusCode.OK)));
    }

    [Fact]
    public async Task Of_a_hundred_at_once_with_one_key_one_is_done_and_the_others_get_its_answer()
    {
        using var second = new ApiHost(fixture.ConnectionString);
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => SendAsync(Payment("PAR2", "10.00"), "key-par", api: i % 2 == 0 ? _api : second)));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Created, answer.Response.StatusCode));
        Assert.Single(answers.Select(answer => answer.Body).Distinct());
        Assert.Equal(99, answers.Count(answer => answer.Response.Headers.Contains("Idempotent-Replayed")));
    }

    [Fact]
    public async Task A_batch_tells_of_each_payment_in_its_order()
    {
        await StoredAsync(Payment("B0", "10.00", ",\"transaction_date\":\"2026-02-03T12:00:00Z\""));
        string[] items =
        [
            Payment("B1", "10.00"),
            Payment("B2", "-10.00"),
            Payment("B0", "10.00", ",\"transaction_date\":\"2026-02-03T12:00:00Z\""),
            Payment("B0", "11.00", ",\"transaction_date\":\"2026-02-03T12:00:00Z\""),
            "7",
            Payment("B3", "\"10\""),
            Payment("B4", "10.00", ",\"transaction_date\":\"2026-02-03T12:00:00Z\""),
            Payment("B4", "10.00", ",\"transaction_date\":\"2026-02-03T12:00:00Z\""),
            Payment("B5", "10.00").Replace("M1", "NOWHERE", StringComparison.Ordinal),
        ];
        foreach (var body in new[] { $"[{string.Join(',', items)}]", $$"""{"payments":[{{string.Join(',', items)}}]}""" })
        {
            var (response, text) = await SendAsync(body, null, "/api/payments/batch");
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            var answer = JsonElement.Parse(text);
            var isFirst = body[0] == '[';
            Assert.Equal(
                isFirst ? [201, 422, 200, 409, 400, 400, 201, 200, 422] : [200, 422, 200, 409, 400, 400, 200, 200, 422],
                answer.GetProperty("results").EnumerateArray().Select(item => item.GetProperty("status").GetInt32()));
            Assert.Equal(Enumerable.Range(0, items.Length), answer.GetProperty("results").EnumerateArray().Select(item => item.GetProperty("index").GetInt32()));
            Assert.Equal(items.Length, answer.GetProperty("received").GetInt32());
            Assert.Equal(5, answer.GetProperty("refused").GetInt32());
        }
    }

    [Fact]
    public async Task A_large_batch_is_one_request_under_one_key_and_a_larger_one_is_refused()
    {
        var items = Enumerable.Range(0, 10_001).Select(i => Payment($"L{i}", "10.00", ",\"transaction_date\":\"2026-02-03T12:00:00Z\"")).ToList();
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await SendAsync($"[{string.Join(',', items)}]", null, "/api/payments/batch")).Response.StatusCode);
        Assert.Equal(0, await _store.ScalarAsync<long>("select count(*) from public.payments where payment_id like 'L%'"));

        var body = $"[{string.Join(',', items.Take(10_000))}]";
        var (first, text) = await SendAsync(body, "large", "/api/payments/batch");
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal(10_000, JsonElement.Parse(text).GetProperty("stored").GetInt32());
        var (again, textAgain) = await SendAsync(body, "large", "/api/payments/batch");
        Assert.True(again.Headers.Contains("Idempotent-Replayed"));
        Assert.Equal(text, textAgain);
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync("[]", null, "/api/payments/batch")).Response.StatusCode);
    }

    [Fact]
    public async Task One_that_cannot_be_stored_does_not_keep_its_neighbours_out()
    {
        await _store.ExecuteAsync("alter table public.payments add constraint poison_check check (payment_id not like 'POISON%')");
        try
        {
            var statuses = await Task.WhenAll(Enumerable.Range(0, 40).Select(async i =>
            {
                using var response = await PostAsync(Payment(i == 20 ? "POISON1" : $"HEALTHY{i}", "10.00"));
                return (i, response.StatusCode);
            }));
            Assert.All(statuses, status => Assert.Equal(status.i == 20 ? HttpStatusCode.InternalServerError : HttpStatusCode.Created, status.StatusCode));

            var batch = $"[{string.Join(',', Enumerable.Range(0, 100).Select(i => Payment(i == 33 ? "POISON2" : $"WELL{i}", "10.00")))}]";
            var (_, text) = await SendAsync(batch, "poisoned", "/api/payments/batch");
            var results = JsonElement.Parse(text).GetProperty("results").EnumerateArray().Select(item => item.GetProperty("status").GetInt32()).ToList();
            Assert.All(results.Index(), item => Assert.Equal(item.Index == 33 ? 500 : 201, item.Item));
            Assert.True((await SendAsync(batch, "poisoned", "/api/payments/batch")).Response.Headers.Contains("Idempotent-Replayed"));
        }
        finally
        {
            await _store.ExecuteAsync("alter table public.payments drop constraint poison_check");
        }
    }

    [Fact]
    public async Task When_too_many_wait_the_next_are_sent_away_and_those_that_wait_are_stored()
    {
        using var api = new ApiHost(fixture.ConnectionString, settings: [("Accept:Lanes", "1"), ("Accept:WaitingRequests", "2"), ("Accept:BatchPayments", "1")]);
        await using var owner = await fixture.Owner.OpenConnectionAsync();
        await using var hold = await owner.BeginTransactionAsync();
        await using (var command = owner.CreateCommand())
        {
            command.CommandText = "select pg_advisory_xact_lock(pipeline.lock_key('parties'))";
            await command.ExecuteNonQueryAsync();
        }

        // One is under way, and only then do others come.
        var first = SendAsync(Payment("FULL", "10.00"), null, api: api);
        const string Held = "select count(*) from pg_locks where locktype = 'advisory' and objid = pipeline.lock_key('parties') and not granted and database = (select oid from pg_database where datname = current_database())";
        while (await _store.ScalarAsync<long>(Held) == 0) await Task.Delay(10);

        var calls = Enumerable.Range(0, 9).Select(i => SendAsync(Payment($"FULL{i}", "10.00"), null, api: api)).ToList();
        var refused = new List<HttpResponseMessage>();
        while (refused.Count < 7)
        {
            var done = await Task.WhenAny(calls);
            calls.Remove(done);
            refused.Add((await done).Response);
        }

        Assert.All(refused, response => Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode));
        Assert.All(refused, response => Assert.NotNull(response.Headers.RetryAfter));
        await hold.RollbackAsync();
        foreach (var call in calls.Append(first)) Assert.Equal(HttpStatusCode.Created, (await call).Response.StatusCode);
        Assert.Equal(3, await _store.ScalarAsync<long>("select count(*) from public.payments where payment_id like 'FULL%'"));
    }

    [Fact]
    public async Task A_graceful_stop_loses_nothing_that_was_taken()
    {
        var answered = 0;
        using (var api = new ApiHost(fixture.ConnectionString))
        {
            await SendAsync(Payment("STOP", "10.00"), null, api: api);
            var calls = Enumerable.Range(0, 200).Select(i => SendAsync(Payment($"STOP{i}", "10.00"), null, api: api)).ToList();
            await Task.WhenAny(calls);
            var stopping = api.Services.GetRequiredService<IHost>().StopAsync();
            foreach (var call in calls)
            {
                try
                {
                    if ((await call).Response.StatusCode == HttpStatusCode.Created) answered++;
                }
                catch (HttpRequestException)
                {
                    // Not taken: the server does not listen any more.
                }
            }

            await stopping;
        }

        var stored = await _store.ScalarAsync<long>("select count(*) from public.payments where payment_id like 'STOP_%'");
        Assert.True(answered > 0);
        Assert.Equal(answered, stored);
    }

    private static string Payment(string id, string amount, string more = "") =>
        $$"""{"payment_id":"{{id}}","customer_id":"C1","merchant_id":"M1","amount":{{amount}},"currency":"USD","payment_method":"CREDIT_CARD"{{more}}}""";

    // The members of the first, with those of the second in their place.
    private static string Merge(string payment, string changes)
    {
        var members = JsonElement.Parse(payment).EnumerateObject().ToDictionary(member => member.Name, member => member.Value.GetRawText());
        foreach (var member in JsonElement.Parse(changes).EnumerateObject()) members[member.Name] = member.Value.GetRawText();
        return $"{{{string.Join(',', members.Select(member => string.Create(CultureInfo.InvariantCulture, $"\"{member.Key}\":{member.Value}")))}}}";
    }

    private static HttpRequestMessage Request(string path, byte[] body)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new("application/json");
        return new(HttpMethod.Post, path) { Content = content };
    }

    private async Task<HttpResponseMessage> PostAsync(string body) => (await SendAsync(body, null)).Response;

    private async Task<JsonElement> StoredAsync(string body)
    {
        var (response, text) = await SendAsync(body, null);
        Assert.True(response.StatusCode == HttpStatusCode.Created, text);
        return JsonElement.Parse(text);
    }

    private Task<JsonElement> ProblemAsync(string body, int status) => ProblemAsync(Encoding.UTF8.GetBytes(body), status);

    private async Task<JsonElement> ProblemAsync(byte[] body, int status)
    {
        using var request = Request("/api/payments", body);
        return await _api.ProblemAsync(request, status);
    }

    private async Task<(HttpResponseMessage Response, string Body)> SendAsync(string body, string? key, string path = "/api/payments", ApiHost? api = null)
    {
        using var request = Request(path, Encoding.UTF8.GetBytes(body));
        if (key is not null) request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        var response = await (api ?? _api).Client.SendAsync(request);
        return (response, await response.Content.ReadAsStringAsync());
    }
}
