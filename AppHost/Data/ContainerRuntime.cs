using System.ComponentModel;
using System.Diagnostics;
using Microsoft.Extensions.Configuration;

namespace Payments.AppHost.Data;

/// <summary>Whether containers can be run here. Aspire has no public way to ask, and waits for ever where there is none.</summary>
internal static class ContainerRuntime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Asks docker, then podman, or only the one that <c>ASPIRE_CONTAINER_RUNTIME</c> names.</summary>
    public static async Task<bool> AnswersAsync(IConfiguration configuration)
    {
        foreach (var runtime in configuration["ASPIRE_CONTAINER_RUNTIME"] is { Length: > 0 } one ? [one] : (string[])["docker", "podman"])
            if (await AnswersAsync(runtime))
                return true;
        return false;
    }

    private static async Task<bool> AnswersAsync(string runtime)
    {
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(runtime, "info") { RedirectStandardOutput = true, RedirectStandardError = true },
        };
        try
        {
            process.Start();
        }
        catch (Win32Exception)
        {
            return false;
        }

        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var timeout = new CancellationTokenSource(Patience);
        try
        {
            await process.WaitForExitAsync(timeout.Token);
            return process.ExitCode == 0;
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return false;
        }
    }
}
