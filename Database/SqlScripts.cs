using System.Security.Cryptography;
using System.Text;
using DbUp.Engine;

namespace Payments.Database;

/// <summary>The embedded SQL, in the order in which it runs.</summary>
internal static class SqlScripts
{
    /// <summary>Run once each, journaled by name.</summary>
    public static IReadOnlyList<SqlScript> Migrations { get; } = Read("migrations/");

    /// <summary>Functions and views, rebuilt when anything in them changed.</summary>
    public static IReadOnlyList<SqlScript> Code { get; } = [.. Read("code/").Where(script => !script.Name.StartsWith("code/90_grants/", StringComparison.Ordinal))];

    /// <summary>Rights, granted at every deploy: a role may have been made anew since.</summary>
    public static IReadOnlyList<SqlScript> Grants { get; } = Read("code/90_grants/");

    /// <summary>Changes whenever the code does.</summary>
    public static string CodeHash { get; } = Convert.ToHexStringLower(SHA256.HashData(
        Encoding.UTF8.GetBytes(string.Join('\0', Code.Select(script => script.Name + '\0' + script.Contents)))))[..16];

    private static SqlScript[] Read(string folder)
    {
        var assembly = typeof(SqlScripts).Assembly;
        return
        [
            .. assembly.GetManifestResourceNames()
                .Select(name => name.Replace('\\', '/'))
                .Where(name => name.StartsWith(folder, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(name => SqlScript.FromStream(name, assembly.GetManifestResourceStream(name)!, Encoding.UTF8)),
        ];
    }
}
