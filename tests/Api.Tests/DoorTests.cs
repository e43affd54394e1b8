using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Payments.Api.Tests;

public sealed class DoorTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private static readonly (string, string)[] Keys =
    [
        ("Api:Keys:0:Name", "dashboard"), ("Api:Keys:0:Role", "reader"), ("Api:Keys:0:Sha256", Hash("read")),
        ("Api:Keys:1:Name", "loader"), ("Api:Keys:1:Role", "operator"), ("Api:Keys:1:Sha256", Hash("operate")),
        ("Api:Keys:2:Name", "owner"), ("Api:Keys:2:Role", "admin"), ("Api:Keys:2:Sha256", Hash("rule")),
    ];

    [Fact]
    public void Without_keys_it_starts_in_development_only()
    {
        var error = Assert.Throws<InvalidOperationException>(() => new ApiHost(fixture.ConnectionString, "Production"));
        Assert.Contains("without keys", error.Message, StringComparison.Ordinal);
        Assert.Contains("Api__Keys__0__Sha256", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_is_no_hash_keeps_it_from_starting()
    {
        var error = Assert.ThrowsAny<Exception>(() => new ApiHost(
            fixture.ConnectionString, "Production", ("Api:Keys:0:Name", "x"), ("Api:Keys:0:Role", "reader"), ("Api:Keys:0:Sha256", "secret")));
        Assert.Contains("Sha256", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "GET", "/api/reports/sla-breaches", 401)]
    [InlineData("wrong", "GET", "/api/reports/sla-breaches", 401)]
    [InlineData("read", "GET", "/api/reports/sla-breaches", 200)]
    [InlineData("read", "GET", "/api/etl/runs", 200)]
    [InlineData("read", "GET", "/api/imports/999999/rejected", 403)]
    [InlineData("read", "GET", "/api/assertions", 200)]
    [InlineData("read", "GET", "/api/lineage/payments/P1", 404)]
    [InlineData("read", "POST", "/api/assertions/run", 403)]
    [InlineData("read", "POST", "/api/etl/run", 403)]
    [InlineData("read", "POST", "/api/imports?profile=customers", 403)]
    [InlineData("operate", "GET", "/api/imports/999999/rejected", 404)]
    [InlineData("operate", "POST", "/api/imports?profile=customers", 202)]
    [InlineData("operate", "POST", "/api/etl/initialize", 403)]
    [InlineData("rule", "GET", "/api/reports/sla-breaches", 200)]
    [InlineData(null, "GET", "/api/health", 200)]
    [InlineData(null, "GET", "/health", 200)]
    [InlineData(null, "GET", "/alive", 200)]
    [InlineData(null, "GET", "/api/", 200)]
    [InlineData(null, "GET", "/openapi/v1.json", 200)]
    public async Task A_role_opens_its_doors_and_no_others(string? key, string method, string path, int status)
    {
        using var api = new ApiHost(fixture.ConnectionString, "Production", Keys);
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method == "POST")
        {
            request.Content = new StringContent("customer_id\nD1\n", Encoding.UTF8, "text/csv");
        }

        if (key is not null)
        {
            request.Headers.Add("X-Api-Key", key);
        }

        using var response = await api.Client.SendAsync(request);
        Assert.Equal(status, (int)response.StatusCode);
        if (status >= 400)
        {
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        }
    }

    [Fact]
    public async Task A_key_is_taken_as_a_bearer_token_too()
    {
        using var api = new ApiHost(fixture.ConnectionString, "Production", Keys);
        api.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "read");
        Assert.Equal("[]", await api.GetAsync("/api/reports/sla-breaches"));
    }

    [Theory]
    [InlineData("X-Api-Key", "")]
    [InlineData("X-Api-Key", "  ")]
    [InlineData("Authorization", "Bearer")]
    [InlineData("Authorization", "Bearer ")]
    public async Task An_empty_key_counts_as_none(string header, string value)
    {
        var (status, _) = await SendAsync(fixture.Api, (header, value));
        Assert.Equal(HttpStatusCode.OK, status);
        using var api = new ApiHost(fixture.ConnectionString, "Production", Keys);
        (status, var body) = await SendAsync(api, (header, value));
        Assert.Equal(HttpStatusCode.Unauthorized, status);
        Assert.Contains("Send an API key", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_header_does_not_hide_the_key_in_the_other_one()
    {
        using var api = new ApiHost(fixture.ConnectionString, "Production", Keys);
        var (status, _) = await SendAsync(api, ("X-Api-Key", ""), ("Authorization", "Bearer read"));
        Assert.Equal(HttpStatusCode.OK, status);
    }

    [Fact]
    public async Task In_development_a_wrong_key_is_still_wrong()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/reports/sla-breaches") { Headers = { { "X-Api-Key", "wrong" } } };
        await fixture.Api.ProblemAsync(request, 401);
    }

    [Theory]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Origin", "http://localhost:1")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    public async Task A_foreign_page_may_not_change_anything(string header, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/etl/run") { Headers = { { header, value } } };
        var problem = await fixture.Api.ProblemAsync(request, 403);
        Assert.StartsWith("A web page of another origin", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, await fixture.Store.ScalarAsync<long>("select count(*) from ops.runs where kind = 'etl'"));
    }

    [Fact]
    public async Task The_APIs_own_page_and_configured_origins_may_send_files()
    {
        using var api = new ApiHost(fixture.ConnectionString, "Development", ("Api:Origins:0", "https://app.example.com"));
        foreach (var (origin, site) in (ValueTuple<string, string>[])[(api.Client.BaseAddress!.GetLeftPart(UriPartial.Authority), "same-origin"), ("https://app.example.com", "cross-site")])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/imports?profile=customers")
            {
                Content = new StringContent("customer_id\nD2\n", Encoding.UTF8, "text/csv"),
                Headers = { { "Origin", origin }, { "Sec-Fetch-Site", site } },
            };
            using var response = await api.Client.SendAsync(request);
            Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        }
    }

    [Fact]
    public async Task Reading_is_no_matter_of_origin()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/") { Headers = { { "Sec-Fetch-Site", "cross-site" } } };
        using var response = await fixture.Api.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("localhost", 200)]
    [InlineData("127.0.0.1:8001", 200)]
    [InlineData("[::1]:8001", 200)]
    [InlineData("evil.example", 400)]
    [InlineData("localhost.evil.example", 400)]
    [InlineData("payments.example.com", 200)]
    public async Task It_answers_to_its_own_names_only(string host, int status)
    {
        using var api = new ApiHost(fixture.ConnectionString, "Development", ("Api:Hosts:0", "payments.example.com"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/") { Headers = { Host = host } };
        using var response = await api.Client.SendAsync(request);
        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task A_caller_who_changes_too_much_is_told_when_to_come_back()
    {
        using var api = new ApiHost(fixture.ConnectionString, "Development", ("Api:ChangesPerMinute", "2"));
        for (var i = 0; i < 2; i++)
        {
            using var allowed = await api.Client.PostAsync("/api/imports?profile=nonsense", null);
            Assert.Equal(HttpStatusCode.BadRequest, allowed.StatusCode);
        }

        using var refused = await api.Client.PostAsync("/api/imports?profile=nonsense", null);
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType?.MediaType);
        await api.GetAsync("/api/reports/sla-breaches");
    }

    private static async Task<(HttpStatusCode Status, string Body)> SendAsync(ApiHost api, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/reports/sla-breaches");
        foreach (var (name, value) in headers)
        {
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        }

        using var response = await api.Client.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
