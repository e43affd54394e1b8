using System.Text.Json;

namespace Payments.Api.Tests;

/// <summary>What the OpenAPI document states about keys, on each kind of server.</summary>
public sealed class SecurityDocumentationTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    // SHA-256 of "read".
    private static readonly (string, string)[] Key =
    [
        ("Api:Keys:0:Name", "dashboard"), ("Api:Keys:0:Role", "reader"), ("Api:Keys:0:Sha256", "3316348dbadfb7b11c7c2ea235949419e23f9fa898ad2c198f999617912a9925"),
    ];

    [Theory]
    [InlineData("/api/reports/daily-summary", "get", "reader")]
    [InlineData("/api/etl/run", "post", "operator")]
    [InlineData("/api/models/train", "post", "admin")]
    public async Task On_loopback_in_development_a_key_is_optional(string path, string method, string role)
    {
        var document = await DocumentAsync(fixture.Api);
        Assert.Equal("""[{},{"ApiKey":[]},{"Bearer":[]}]""", Compact(document.GetProperty("security")));
        Assert.Equal($$"""[{},{"ApiKey":["{{role}}"]},{"Bearer":["{{role}}"]}]""", Compact(Operation(document, path, method).GetProperty("security")));
    }

    [Theory]
    [InlineData("/api/reports/daily-summary", "get", "reader")]
    [InlineData("/api/etl/run", "post", "operator")]
    [InlineData("/api/models/train", "post", "admin")]
    public async Task Elsewhere_a_key_is_required(string path, string method, string role)
    {
        using var api = new ApiHost(fixture.ConnectionString, "Production", Key);
        var document = await DocumentAsync(api);
        Assert.Equal("""[{"ApiKey":[]},{"Bearer":[]}]""", Compact(document.GetProperty("security")));
        Assert.Equal($$"""[{"ApiKey":["{{role}}"]},{"Bearer":["{{role}}"]}]""", Compact(Operation(document, path, method).GetProperty("security")));
    }

    [Theory]
    [InlineData("/api")]
    [InlineData("/api/health")]
    public async Task What_anybody_may_call_asks_for_nothing(string path)
    {
        using var api = new ApiHost(fixture.ConnectionString, "Production", Key);
        var operation = Operation(await DocumentAsync(api), path, "get");
        Assert.Equal("[]", Compact(operation.GetProperty("security")));
        Assert.False(operation.GetProperty("responses").TryGetProperty("401", out _));
        Assert.False(operation.GetProperty("responses").TryGetProperty("403", out _));
    }

    [Fact]
    public async Task Both_ways_to_send_a_key_are_declared()
    {
        var schemes = (await DocumentAsync(fixture.Api)).GetProperty("components").GetProperty("securitySchemes");
        Assert.Equal(["ApiKey", "Bearer"], schemes.EnumerateObject().Select(scheme => scheme.Name));
        Assert.Equal("X-Api-Key", schemes.GetProperty("ApiKey").GetProperty("name").GetString());
        Assert.Equal("bearer", schemes.GetProperty("Bearer").GetProperty("scheme").GetString());
    }

    [Theory]
    [InlineData("/api/etl/run", "post", "Needs a key of the role `operator` or `admin`.")]
    [InlineData("/api/models/train", "post", "Needs a key of the role `admin`.")]
    public async Task A_role_above_reader_is_said_in_words_too(string path, string method, string sentence)
    {
        var operation = Operation(await DocumentAsync(fixture.Api), path, method);
        Assert.EndsWith(sentence, operation.GetProperty("description").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/reports/daily-summary", "get", false)]
    [InlineData("/api/quarantine", "get", true)]
    [InlineData("/api/rules/validate", "post", true)]
    [InlineData("/api/etl/run", "post", true)]
    public async Task A_403_is_documented_where_it_can_happen(string path, string method, bool isDocumented)
    {
        var responses = Operation(await DocumentAsync(fixture.Api), path, method).GetProperty("responses");
        Assert.True(responses.TryGetProperty("401", out _));
        Assert.Equal(isDocumented, responses.TryGetProperty("403", out _));
    }

    [Fact]
    public async Task The_server_is_the_one_that_was_asked()
    {
        var servers = (await DocumentAsync(fixture.Api)).GetProperty("servers").EnumerateArray().Select(server => server.GetProperty("url").GetString());
        Assert.Equal([fixture.Api.Client.BaseAddress!.GetLeftPart(UriPartial.Authority)], servers);
    }

    private static async Task<JsonElement> DocumentAsync(ApiHost api) => JsonDocument.Parse(await api.GetAsync("/openapi/v1.json")).RootElement;

    private static JsonElement Operation(JsonElement document, string path, string method) => document.GetProperty("paths").GetProperty(path).GetProperty(method);

    private static string Compact(JsonElement element) => JsonSerializer.Serialize(element);
}
