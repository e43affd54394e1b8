using Payments.LocalPostgres;

namespace Payments.AppHost.Tests;

/// <summary>The app host's command line for a system of the test's own, whatever else runs on this machine.</summary>
internal static class PrivateServer
{
    public static string[] NewArguments() => [.. In(LocalPostgresFolders.NewEphemeral()), "--Postgres:Ephemeral=true"];

    /// <summary>A server that outlives its app host; the test resets it. Not among the ephemeral ones, which the next test process would clear away between two starts.</summary>
    public static string[] NewLastingArguments() => In(LocalPostgresFolders.For(AppContext.BaseDirectory, Guid.NewGuid().ToString("n")));

    private static string[] In(string folder) =>
    [
        "--ASPIRE_CONTAINER_RUNTIME=none",
        $"--Postgres:DataFolder={folder}",
        "--Postgres:Port=0",
        $"--Storage:Path={Path.Combine(Path.GetTempPath(), "payments-test-" + Path.GetFileName(folder))}",
    ];
}
