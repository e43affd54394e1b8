namespace Payments.Faults;

/// <summary>What a fault-injection run does.</summary>
/// <param name="Seed">Of the workload and of the faults.</param>
/// <param name="Kills">Processes that are killed with SIGKILL, in all; other faults come on top.</param>
public sealed record FaultOptions(int Seed, int Kills)
{
    /// <summary>Kills in one round: each round has a store of its own, which is judged at its end.</summary>
    public int KillsPerRound { get; init; } = 20;

    /// <summary>Payments in the largest file of a round.</summary>
    public int Payments { get; init; } = 2_500;

    /// <summary>Records that a batch holds: each batch is a commit, and a place to be killed at.</summary>
    public int BatchRecords { get; init; } = 250;

    /// <summary>The longest pause between two faults.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>How long the platform may take after the last fault.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(4);

    /// <summary>Is told each line of the report.</summary>
    public Action<string> Report { get; init; } = Console.WriteLine;
}
