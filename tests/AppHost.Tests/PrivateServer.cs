using Payments.LocalPostgres;

namespace Payments.AppHost.Tests;

/// <summary>The app host's command line for a system of the test's own, whatever else runs on this machine.</summary>
internal static class PrivateServer
{
    private const string DataFolder = "--Postgres:DataFolder=";

    public static string[] NewArguments() => [.. In(LocalPostgresFolders.NewEphemeral()), "--Postgres:Ephemeral=true"];

    /// <summary>A server that outlives its app host; the test resets it. Not among the ephemeral ones, which the next test process would clear away between two starts.</summary>
    public static string[] NewLastingArguments(params string[] more) =>
        [.. In(LocalPostgresFolders.For(AppContext.BaseDirectory, Guid.NewGuid().ToString("n"))), .. more];

    /// <summary>The private server's folder.</summary>
    public static string FolderOf(string[] arguments) =>
        arguments.Single(argument => argument.StartsWith(DataFolder, StringComparison.Ordinal))[DataFolder.Length..];

    private static string[] In(string folder) =>
    [
        "--Postgres:Container=false",
        $"{DataFolder}{folder}",
        "--Postgres:Port=0",
        $"--Storage:Path={Path.Combine(Path.GetTempPath(), "payments-test-" + Path.GetFileName(folder))}",
    ];
}
