using Npgsql;

namespace Payments.Pipeline.Runs;

/// <summary>The run that a stage works for: its id, its fencing token, and the record of its steps.</summary>
/// <param name="runId">The run's id in <c>ops.runs</c>.</param>
/// <param name="attempt">The claim that this process holds; a newer claim by another worker fences this one out.</param>
/// <param name="dataSource">Connections with the worker's rights.</param>
/// <param name="clock">The source of time.</param>
public sealed class RunContext(long runId, int attempt, NpgsqlDataSource dataSource, TimeProvider clock)
{
    private int _steps;

    /// <summary>The run's id in <c>ops.runs</c>.</summary>
    public long RunId => runId;

    /// <summary>Which claim of the run this is, from 1.</summary>
    public int Attempt => attempt;

    /// <summary>Connections with the worker's rights.</summary>
    public NpgsqlDataSource DataSource => dataSource;

    /// <summary>The source of time.</summary>
    public TimeProvider Clock => clock;

    /// <summary>Opens a step that may be worked on in turns with others (batch by batch); it must be ended by <see cref="RunStep.SucceedAsync"/> or <see cref="RunStep.FailAsync"/>.</summary>
    public async Task<RunStep> BeginStepAsync(string stage, CancellationToken cancellationToken)
    {
        var number = Interlocked.Increment(ref _steps);
        var step = new RunStep(this, number, stage);
        await step.BeginAsync(cancellationToken);
        return step;
    }

    /// <summary>Does one stage's work as one step and records its counts, duration and error.</summary>
    public async Task<T> StepAsync<T>(string stage, Func<RunStep, Task<T>> work, CancellationToken cancellationToken)
    {
        var step = await BeginStepAsync(stage, cancellationToken);
        var from = clock.GetTimestamp();
        step.Enter();
        try
        {
            var result = await work(step);
            step.Spend(clock.GetElapsedTime(from));
            await step.SucceedAsync(cancellationToken);
            return result;
        }
        catch (Exception error)
        {
            step.Spend(clock.GetElapsedTime(from));
            await step.FailAsync(error);
            throw;
        }
    }

    /// <summary>Inside a transaction that writes: fails with SQLSTATE PR001 when another worker has claimed the run since.</summary>
    public async Task AssertOwnedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select pipeline.assert_run_owner($1, $2)", connection);
        command.Parameters.Add(new() { Value = runId });
        command.Parameters.Add(new() { Value = attempt });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
