using Payments.LocalPostgres;

namespace Payments.AppHost.Tests;

/// <summary>The app host's command line for a system of the test's own, whatever else runs on this machine.</summary>
internal static class PrivateServer
{
    public static string[] NewArguments(params string[] more)
    {
        var folder = LocalPostgresFolders.NewEphemeral();
        return
        [
            "--ASPIRE_CONTAINER_RUNTIME=none",
            $"--Postgres:DataFolder={folder}",
            "--Postgres:Port=0",
            "--Postgres:Ephemeral=true",
            $"--Storage:Path={Path.Combine(Path.GetTempPath(), "payments-test-" + Path.GetFileName(folder))}",
            .. more,
        ];
    }
}
