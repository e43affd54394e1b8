using System.Diagnostics;
using Npgsql;

namespace Payments.Pipeline.Runs;

/// <summary>One stage of a run in <c>ops.run_steps</c>: what went in, what came out, how long it took.</summary>
public sealed class RunStep
{
    private readonly RunContext _run;
    private readonly int _number;
    private Activity? _activity;
    private long _spent;

    internal RunStep(RunContext run, int number, string stage)
    {
        _run = run;
        _number = number;
        Stage = stage;
    }

    /// <summary>The stage's one word, for example <c>score</c>.</summary>
    public string Stage { get; }

    /// <summary>Records or rows that the stage was given.</summary>
    public long RowsIn { get; set; }

    /// <summary>Records or rows that it passed on or wrote.</summary>
    public long RowsOut { get; set; }

    /// <summary>Adds time spent in this stage (stages that take turns per batch add up their turns, also those that overlap).</summary>
    public void Spend(TimeSpan time) => Interlocked.Add(ref _spent, time.Ticks);

    /// <summary>Makes the stage's activity the one that statements belong to, until the caller returns: one that is started inside an asynchronous method is current in there only.</summary>
    public void Enter() => Activity.Current = _activity ?? Activity.Current;

    /// <summary>Ends the step well.</summary>
    public Task SucceedAsync(CancellationToken cancellationToken) => EndAsync("succeeded", null, cancellationToken);

    /// <summary>Ends the step with its error; not cancellable, so that a cancelled run still says why.</summary>
    /// <exception cref="AggregateException">The database could not be told either: both errors, so that none hides the other.</exception>
    public async Task FailAsync(Exception error)
    {
        try
        {
            await EndAsync("failed", error.Message, CancellationToken.None);
        }
        catch (NpgsqlException unrecorded)
        {
            throw new AggregateException(error, unrecorded);
        }
    }

    internal async Task BeginAsync(CancellationToken cancellationToken)
    {
        _activity = PipelineTelemetry.Source.StartActivity(Stage);
        await using var command = _run.DataSource.CreateCommand("select pipeline.begin_step($1, $2, $3, $4)");
        command.Parameters.Add(new() { Value = _run.RunId });
        command.Parameters.Add(new() { Value = _run.Attempt });
        command.Parameters.Add(new() { Value = _number });
        command.Parameters.Add(new() { Value = Stage });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task EndAsync(string status, string? error, CancellationToken cancellationToken)
    {
        await using var command = _run.DataSource.CreateCommand("select pipeline.end_step($1, $2, $3, $4, $5, $6, $7, $8)");
        command.Parameters.Add(new() { Value = _run.RunId });
        command.Parameters.Add(new() { Value = _run.Attempt });
        command.Parameters.Add(new() { Value = _number });
        command.Parameters.Add(new() { Value = status });
        command.Parameters.Add(new() { Value = RowsIn });
        command.Parameters.Add(new() { Value = RowsOut });
        command.Parameters.Add(new() { Value = _spent / TimeSpan.TicksPerMillisecond });
        command.Parameters.Add(new() { Value = (object?)error ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        await command.ExecuteNonQueryAsync(cancellationToken);
        _activity?.SetTag("payments.rows_in", RowsIn).SetTag("payments.rows_out", RowsOut);
        _activity?.SetStatus(error is null ? ActivityStatusCode.Ok : ActivityStatusCode.Error, error);
        _activity?.Dispose();
    }
}
