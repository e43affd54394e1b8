using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Npgsql;
using Payments.Pipeline.Runs;

namespace Payments.Pipeline.Assertions;

/// <summary>What the assertions of a run have found.</summary>
/// <param name="Passed">Those that hold.</param>
/// <param name="Warned">Warnings that ask for a look.</param>
/// <param name="Failed">Those that mark the run.</param>
public sealed record AssertResult(long Passed, long Warned, long Failed);

/// <summary>Evaluates the assertions about the data (SQL, one file each) and keeps what they found; a run whose assertions fail has loaded its records all the same.</summary>
public sealed class AssertStage
{
    private static readonly Counter<long> Evaluated =
        PipelineTelemetry.Meter.CreateCounter<long>("payments.assertions", "{assertion}", "Assertions evaluated, by assertion and status.");

    private readonly ILogger<AssertStage> _logger;

    internal AssertStage(ILogger<AssertStage> logger) => _logger = logger;

    /// <summary>Evaluates them in one transaction; what was found before for the same run is replaced.</summary>
    /// <param name="run">The run; most assertions look at what it touched only.</param>
    /// <param name="wholeStore">Also those that read whole tables, however large these are.</param>
    /// <param name="cancellationToken">The worker stops or has lost the run.</param>
    public Task<AssertResult> RunAsync(RunContext run, bool wholeStore, CancellationToken cancellationToken) =>
        run.StepAsync("assert", step => EvaluateAsync(run, step, wholeStore, cancellationToken), cancellationToken);

    private async Task<AssertResult> EvaluateAsync(RunContext run, RunStep step, bool wholeStore, CancellationToken cancellationToken)
    {
        await using var connection = await run.DataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // However long a proof of the whole store takes, it is not cut off.
        await using var command = new NpgsqlCommand(
            "select assertion, status, observed, expected, detail from pipeline.evaluate_assertions($1, $2, $3, $4)", connection);
        command.CommandTimeout = 0;
        command.Parameters.Add(new() { Value = run.RunId });
        command.Parameters.Add(new() { Value = run.Attempt });
        command.Parameters.Add(new() { Value = wholeStore });
        command.Parameters.Add(new() { Value = run.Clock.GetUtcNow().UtcDateTime });
        var found = new List<Finding>();
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                found.Add(new(reader.GetString(0), reader.GetString(1), reader.GetValue(2), reader.GetValue(3), reader.GetValue(4)));
            }
        }

        await transaction.CommitAsync(cancellationToken);
        found.ForEach(finding => Report(run.RunId, finding));
        var result = new AssertResult(Count(found, "passed"), Count(found, "warned"), Count(found, "failed"));
        step.RowsIn = found.Count;
        step.RowsOut = result.Passed;
        return result;
    }

    private void Report(long runId, Finding finding)
    {
        Evaluated.Add(1, new("assertion", finding.Assertion), new("status", finding.Status));
        if (finding.Status == "passed") return;

        _logger.Log(
            finding.Status == "failed" ? LogLevel.Error : LogLevel.Warning,
            "Run {RunId}: assertion {Assertion} {Status}: {Observed}, expected {Expected} ({Detail})",
            runId, finding.Assertion, finding.Status, finding.Observed, finding.Expected, finding.Detail);
    }

    private static long Count(List<Finding> found, string status) => found.Count(finding => finding.Status == status);

    private sealed record Finding(string Assertion, string Status, object Observed, object Expected, object Detail);
}
