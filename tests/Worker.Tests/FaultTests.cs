using System.Security.Cryptography;
using Payments.Faults;
using Xunit.Abstractions;

namespace Payments.Worker.Tests;

/// <summary>Nothing lost: the quick form of <c>bench -- faults</c>, which does the same for hundreds of kills.</summary>
public sealed class FaultTests(ITestOutputHelper output)
{
    [SkippableFact]
    public async Task Whatever_is_killed_cut_or_full_the_store_ends_like_that_of_an_undisturbed_run()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Processes are frozen and killed with the signals of Linux.");
        var seed = RandomNumberGenerator.GetInt32(int.MaxValue);
        var report = new List<string>();
        var isAsUndisturbed = await FaultRun.RunAsync(
            new(seed, Kills: 5) { Payments = 300, BatchRecords = 40, LongestPause = TimeSpan.FromSeconds(1), Report = report.Add }, default);

        foreach (var line in report) output.WriteLine(line);
        Assert.True(isAsUndisturbed, string.Join('\n', report));
    }
}
