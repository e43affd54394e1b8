using Microsoft.Extensions.Hosting;
using Payments.Database;

namespace Payments.AppHost;

/// <summary>
/// The logins' passwords, and the key that makes card numbers unreadable; each is the parameter of its name (<c>Parameters:api-password</c>). A secret that is null was not
/// given and must not be made up: its login is neither created nor altered, files with card numbers are refused.
/// </summary>
/// <param name="Postgres">The password of the superuser of a server that the app host starts.</param>
/// <param name="Api">The password of the login <c>payments_api</c>.</param>
/// <param name="Worker">The password of the login <c>payments_worker</c>.</param>
/// <param name="Bi">The password of the logins <c>bi_reader</c> and <c>bi_reader_pii</c>.</param>
/// <param name="CardHashKey">The key of card hashes.</param>
internal sealed record Secrets(
    IResourceBuilder<ParameterResource>? Postgres,
    IResourceBuilder<ParameterResource>? Api,
    IResourceBuilder<ParameterResource>? Worker,
    IResourceBuilder<ParameterResource>? Bi,
    IResourceBuilder<ParameterResource>? CardHashKey)
{
    private const string PostgresPassword = "postgres-password";

    private static readonly (string Name, string Description)[] Known =
    [
        (PostgresPassword, "The superuser of the server that this app host starts. A data folder or volume keeps the password that it was made with."),
        ("api-password", "The login payments_api."),
        ("worker-password", "The login payments_worker."),
        ("bi-password", "The logins bi_reader and bi_reader_pii, which Power BI and Tableau use."),
        ("cards-hash-key", "The key of card hashes, at least 16 characters. Kept as long as the data: another key gives the same card another hash."),
    ];

    /// <summary>The secrets of a server of the user's: those that were given, and no others.</summary>
    /// <exception cref="StartRefusedException">One of them is published in this source.</exception>
    public static Secrets Given(IDistributedApplicationBuilder builder)
    {
        if (Known.Select(secret => Key(secret.Name)).FirstOrDefault(key => PublishedSecrets.Is(builder.Configuration[key])) is { } published)
            throw new StartRefusedException(
                $"{published} is a secret that is published in the source: it is for the server that this app host starts. Give a server of yours one of your own.");
        return Of(secret => secret.Name != PostgresPassword && builder.Configuration[Key(secret.Name)] is { Length: > 0 } ? Add(builder, secret) : null);
    }

    /// <summary>
    /// The secrets of a server that the app host starts. In development each has a published default, because only this machine reaches the server, and
    /// a newly made one would lock out of the data of the run before. A published application asks for all of them.
    /// </summary>
    /// <exception cref="StartRefusedException">One must be given and is not.</exception>
    public static Secrets OfOwnServer(IDistributedApplicationBuilder builder)
    {
        if (builder.ExecutionContext.IsPublishMode) return Of(secret => Add(builder, secret));
        if (builder.Environment.IsDevelopment()) return Of(secret => Add(builder, secret, $"{PublishedSecrets.Prefix}{secret.Name}"));

        var missing = Known.Where(secret => string.IsNullOrEmpty(builder.Configuration[Key(secret.Name)])).Select(secret => Key(secret.Name)).ToList();
        return missing.Count == 0
            ? Of(secret => Add(builder, secret))
            : throw new StartRefusedException(
                $"The environment is {builder.Environment.EnvironmentName}, and secrets have defaults in Development only (DOTNET_ENVIRONMENT=Development). "
                + $"Give {string.Join(", ", missing)}.");
    }

    private static string Key(string name) => $"Parameters:{name}";

    private static Secrets Of(Func<(string Name, string Description), IResourceBuilder<ParameterResource>?> add) =>
        Known.Select(add).ToArray() is [var postgres, var api, var worker, var bi, var cards] ? new(postgres, api, worker, bi, cards) : throw new InvalidOperationException();

    private static IResourceBuilder<ParameterResource> Add(IDistributedApplicationBuilder builder, (string Name, string Description) secret, string? fallback = null) =>
        (fallback is null
            ? builder.AddParameter(secret.Name, secret: true)
            : builder.AddParameter(secret.Name, builder.Configuration[Key(secret.Name)] ?? fallback, secret: true))
        .WithDescription(secret.Description);
}
