using System.Diagnostics;

namespace Aspire.Hosting.Running;

/// <summary>
/// Starts programs in a session of their own where <c>setsid</c> exists: Ctrl+C in a terminal then reaches the app host alone, which
/// stops the others in their order.
/// </summary>
internal static class OwnSession
{
    private static readonly string? Setsid = OperatingSystem.IsWindows()
        ? null
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, "setsid")).FirstOrDefault(File.Exists);

    public static void Configure(ProcessStartInfo start, string program, IEnumerable<string> arguments)
    {
        start.FileName = Setsid ?? program;
        foreach (var argument in Setsid is null ? arguments : [program, .. arguments])
            start.ArgumentList.Add(argument);
    }
}
