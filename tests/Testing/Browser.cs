using Microsoft.Playwright;
using Xunit;

namespace Payments.Testing;

/// <summary>
/// The browser of this test process: Chromium without a window, started when a test first asks and gone when the process ends. It is the program that
/// <c>PAYMENTS_CHROMIUM</c> names, or else the machine's own; nothing is downloaded. Without one a test is skipped, but with <c>CI=true</c> it fails.
/// </summary>
/// <remarks>A test project that uses it refers to the package Microsoft.Playwright itself: that brings the driver into its output.</remarks>
public static class Browser
{
    private const string Variable = "PAYMENTS_CHROMIUM";

    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    // Besides the two that a container needs: silence. A test's browser calls nobody but the server under test.
    private static readonly string[] Arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    private static readonly Lazy<Task<IBrowser>> Started = new(StartAsync);

    /// <summary>The browser's program; null when this machine has none.</summary>
    public static string? Program { get; } = Find();

    /// <summary>The browser; skips the test, and says why, when there is none.</summary>
    /// <exception cref="InvalidOperationException">There is none, and <c>CI=true</c>.</exception>
    public static Task<IBrowser> RequireAsync()
    {
        if (Program is null && Environment.GetEnvironmentVariable("CI") == "true")
        {
            throw new InvalidOperationException($"There is no Chromium, and CI=true wants these tests run: install it (apt-get install chromium), or name it in {Variable}.");
        }

        Skip.If(Program is null, $"There is no Chromium on this machine (none in {Variable}, none on the PATH), so this test is skipped.");
        return Started.Value;
    }

    private static async Task<IBrowser> StartAsync()
    {
        var playwright = await Playwright.CreateAsync();
        // The driver takes the browser with it.
        AppDomain.CurrentDomain.ProcessExit += (_, _) => playwright.Dispose();
        return await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Program, Args = Arguments });
    }

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given) return given;
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return Names.SelectMany(name => folders.Select(folder => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
    }
}
