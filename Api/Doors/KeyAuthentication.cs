using System.Net;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Payments.Api.Doors;

/// <summary>Options of <see cref="KeyAuthentication"/>: none of its own.</summary>
internal sealed class KeyAuthenticationOptions : AuthenticationSchemeOptions;

/// <summary>Knows callers by the key in <c>X-Api-Key</c> or <c>Authorization: Bearer</c>; in Development a caller on this machine needs none.</summary>
internal sealed class KeyAuthentication(
    IOptionsMonitor<KeyAuthenticationOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    IOptions<ApiOptions> api,
    Listening listening)
    : AuthenticationHandler<KeyAuthenticationOptions>(options, logger, encoder)
{
    /// <summary>The scheme's name.</summary>
    public new const string Scheme = "ApiKey";

    /// <summary>The header that carries a key.</summary>
    public const string Header = "X-Api-Key";

    private const string Bearer = "Bearer ";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(
        Given() is { } key ? Known(key)
        : IsLocalDevelopment() ? Success("local", Role.Admin)
        : AuthenticateResult.NoResult());

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Bearer";
        return base.HandleChallengeAsync(properties);
    }

    // A client with an empty field for the key, such as the page at /docs, sends an empty header: that is no key, not a wrong one.
    private string? Given()
    {
        if (Request.Headers[Header].ToString() is var key && !string.IsNullOrWhiteSpace(key))
        {
            return key;
        }

        var authorization = Request.Headers.Authorization.ToString();
        return authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) && authorization[Bearer.Length..].Trim() is { Length: > 0 } token ? token : null;
    }

    private AuthenticateResult Known(string key)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(key));
        var match = api.Value.Keys.FirstOrDefault(known =>
            CryptographicOperations.FixedTimeEquals(Convert.FromHexString(known.Sha256), hash));
        return match is null ? AuthenticateResult.Fail("Unknown key.") : Success(match.Name, match.Role);
    }

    private bool IsLocalDevelopment() =>
        listening.IsLocalDevelopment && Context.Connection.RemoteIpAddress is { } caller && IPAddress.IsLoopback(caller);

    private static AuthenticateResult Success(string name, string role)
    {
        var identity = new ClaimsIdentity([new(ClaimTypes.Name, name), new(ClaimTypes.Role, role)], Scheme);
        return AuthenticateResult.Success(new(new(identity), Scheme));
    }
}
