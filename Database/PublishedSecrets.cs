using System.Net;
using Npgsql;

namespace Payments.Database;

/// <summary>
/// The AppHost's development secrets stand in the source, so everybody knows them. They are good for a server that only this machine
/// reaches. This file says which they are and where they may be used; every program that takes a secret compiles it in.
/// </summary>
internal static class PublishedSecrets
{
    /// <summary>What all of them begin with.</summary>
    public const string Prefix = "payments-dev-";

    /// <summary>Whether the secret is one of them.</summary>
    public static bool Is(string? secret) => secret?.StartsWith(Prefix, StringComparison.Ordinal) ?? false;

    /// <summary>Why a secret must not be used; null when it may be.</summary>
    /// <param name="setting">The setting's name, for the reason.</param>
    /// <param name="secret">Its value.</param>
    /// <param name="isDevelopment">Whether this is Development.</param>
    /// <param name="hosts">The server's host or hosts, as in a connection string; null for a secret that no server is given.</param>
    public static string? Refusal(string setting, string? secret, bool isDevelopment, string? hosts = null)
    {
        if (!Is(secret))
        {
            return null;
        }

        if (!isDevelopment)
        {
            return $"{setting} is a secret that is published in the source: outside Development (DOTNET_ENVIRONMENT) set one of your own.";
        }

        return hosts is null || AreLocal(hosts)
            ? null
            : $"{setting} is a secret that is published in the source: it is never used with a server on another machine ({hosts}). Set one of your own.";
    }

    /// <summary>Why the password of a connection string must not be used; null when it may be.</summary>
    public static string? RefusalOfPassword(string setting, string? connectionString, bool isDevelopment)
    {
        try
        {
            var settings = new NpgsqlConnectionStringBuilder(connectionString);
            return Refusal($"The password in {setting}", settings.Password, isDevelopment, settings.Host);
        }
        catch (ArgumentException)
        {
            // It cannot be read: the program that opens it reports what is wrong.
            return null;
        }
    }

    private static bool AreLocal(string hosts) => hosts.Split(',', StringSplitOptions.TrimEntries).All(IsLocal);

    // "host", "host:port", an IPv6 address with or without brackets, or the folder of a Unix socket.
    private static bool IsLocal(string host)
    {
        if (host.StartsWith('/') || host.StartsWith('@'))
        {
            return true;
        }

        var name = host.StartsWith('[') ? host[1..].Split(']')[0] : host.Count(letter => letter == ':') == 1 ? host.Split(':')[0] : host;
        return name.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(name, out var address) && IPAddress.IsLoopback(address));
    }
}
