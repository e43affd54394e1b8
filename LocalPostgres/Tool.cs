using System.Diagnostics;

namespace Payments.LocalPostgres;

/// <summary>Runs a program to its end and gives what it said.</summary>
internal static class Tool
{
    /// <summary>The program's absolute path, or null when no folder of PATH has it.</summary>
    public static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, name + (OperatingSystem.IsWindows() ? ".exe" : "")))
            .FirstOrDefault(File.Exists);

    /// <summary>Runs it; ends it, with its children, when cancelled.</summary>
    /// <exception cref="LocalPostgresException">It cannot be started.</exception>
    public static async Task<(int ExitCode, string Output)> RunAsync(
        string fileName, IEnumerable<string> arguments, string? workingDirectory, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(fileName, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // A folder that every user can enter: ours may be closed to the server's user.
            WorkingDirectory = workingDirectory ?? Path.GetPathRoot(Environment.SystemDirectory) ?? "/",
        };
        start.Environment["LC_ALL"] = "C";
        using var process = Start(start);
        try
        {
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return (process.ExitCode, (await output + await error).Trim());
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new LocalPostgresException($"{start.FileName} cannot be run: {e.Message}", e);
        }
    }
}
