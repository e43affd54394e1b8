using System.Globalization;

namespace Payments.Pipeline.Simulations;

/// <summary>A production issue that can be simulated.</summary>
/// <param name="Name">Its name in <c>POST /api/simulations/{issue}</c>.</param>
/// <param name="Does">What the simulation harms.</param>
/// <param name="Seen">Calls that show it.</param>
/// <param name="Recovery">Calls that mend it.</param>
public sealed record SimulatedIssue(string Name, string Does, IReadOnlyList<string> Seen, IReadOnlyList<string> Recovery)
{
    /// <summary>Mandatory values that are missing, and a day that never came.</summary>
    public const string MissingData = "missing-data";

    /// <summary>Settlements that are not the sums of their payments.</summary>
    public const string IncorrectSettlements = "incorrect-settlements";

    /// <summary>A run with a permanent fault.</summary>
    public const string FailedJob = "failed-job";

    /// <summary>A report that takes too long.</summary>
    public const string SlowQuery = "slow-query";

    private const string RunId = "{run_id}";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<SimulatedIssue> All { get; } =
    [
        new(
            MissingData,
            "Imports a file of payments that lack one mandatory value each, and takes out the newest day of sample payments as if its file had never come.",
            ["GET /api/etl/runs/{run_id}", "GET /api/quarantine?status=open", "POST /api/assertions/run", "GET /api/assertions?status=warned"],
            ["POST /api/etl/run makes the day again", "POST /api/quarantine/{import_id}/{record_number}/correct fills in a value, POST /api/quarantine/dismiss gives records up"]),
        new(
            IncorrectSettlements,
            "Falsifies totals and commissions of a few PENDING settlements.",
            ["GET /api/etl/runs/{run_id}", "POST /api/assertions/run", "GET /api/assertions?status=failed"],
            ["POST /api/settlements/recompute"]),
        new(
            FailedJob,
            "Makes a run fail for good in its second step.",
            ["GET /api/etl/runs?status=failed", "GET /api/etl/runs/{run_id}"],
            ["POST /api/etl/runs/{run_id}/retry"]),
        new(
            SlowQuery,
            "Has a report's query run far longer than SlowQueries:After.",
            ["GET /api/slow-queries?state=running", "GET /api/etl/runs/{run_id}"],
            ["POST /api/slow-queries/{id}/cancel"]),
    ];

    /// <summary>The issue of a name; null when there is none.</summary>
    public static SimulatedIssue? Find(string name) => All.FirstOrDefault(known => known.Name == name);

    /// <summary>The same with the calls of one run.</summary>
    public SimulatedIssue Of(long runId)
    {
        var id = runId.ToString(CultureInfo.InvariantCulture);
        return this with { Seen = Fill(Seen), Recovery = Fill(Recovery) };

        string[] Fill(IReadOnlyList<string> calls) => [.. calls.Select(call => call.Replace(RunId, id, StringComparison.Ordinal))];
    }
}
