using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Payments.Pipeline;
using Payments.Pipeline.Import;
using Payments.Pipeline.Reconcile;
using Payments.Pipeline.Rescore;
using Payments.Pipeline.Runs;

namespace Payments.Bench;

/// <summary>Runs asked of the worker the way the API asks.</summary>
internal sealed class PipelineImport : IAsyncDisposable
{
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(15);
    private readonly BenchDatabase _database;
    private readonly ServiceProvider _services;

    public PipelineImport(BenchDatabase database, StorageOptions storage)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new($"{StorageOptions.Section}:Path", storage.Path)])
            .Build();
        var services = new ServiceCollection();
        services.AddSingleton(TimeProvider.System).AddSingleton(database.DataSource).AddLogging();
        services.AddPaymentsPipeline(configuration);
        (_database, _services) = (database, services.BuildServiceProvider());
    }

    /// <summary>A file through its run.</summary>
    /// <returns>The records accepted; the seconds from asking (it is received, hashed and spooled within the time) to the last batch; those of settling and asserting after it.</returns>
    /// <exception cref="InvalidOperationException">The run failed.</exception>
    public async Task<ImportTimes> ImportAsync(FileInfo file, string profile, CancellationToken cancellationToken)
    {
        var from = Stopwatch.GetTimestamp();
        var begun = await _database.ScalarAsync<DateTime>("select clock_timestamp()", cancellationToken);
        await using var body = file.OpenRead();
        var ticket = await _services.GetRequiredService<ImportIntake>().AcceptAsync(
            body, new ImportRequest(profile, ImportMode.Insert, file.Name, RunRequester.Command), cancellationToken);
        await EndAsync(ticket.RunId, from, cancellationToken);
        var ended = await _database.ScalarAsync<DateTime>($"select finished_at from ops.imports where import_id = {ticket.ImportId}", cancellationToken);
        return new(
            await _database.ScalarAsync<long>($"select records_accepted from ops.imports where import_id = {ticket.ImportId}", cancellationToken),
            (ended - begun).TotalSeconds,
            await StepAsync(ticket.RunId, "settle", cancellationToken),
            await StepAsync(ticket.RunId, "assert", cancellationToken),
            await _database.ScalarAsync<string>(
                $"select string_agg(format('%s %s s %s %%', stage, round(duration_ms / 1000.0, 1), round(duration_ms * 100.0 / total_ms)), ', ' order by step_number) from (select *, sum(duration_ms) over () as total_ms from ops.run_steps where run_id = {ticket.RunId}) as step",
                cancellationToken));
    }

    /// <summary>Two years of stored payments scored anew.</summary>
    /// <exception cref="InvalidOperationException">The run failed.</exception>
    public async Task<RescoreTimes> RescoreAsync(DateTime today, bool dryRun, CancellationToken cancellationToken)
    {
        var last = DateOnly.FromDateTime(today);
        var runId = await _services.GetRequiredService<RunQueue>().RequestAsync(
            RunKind.Rescore, $"bench:{Guid.NewGuid()}", RunRequester.Command, new RescoreRequest(last.AddYears(-3), last, dryRun), cancellationToken);
        await EndAsync(runId, Stopwatch.GetTimestamp(), cancellationToken);
        var rescored = $"from risk.rescores where run_id = {runId}";
        return new(
            await _database.ScalarAsync<long>($"select payments_read {rescored}", cancellationToken),
            await _database.ScalarAsync<long>($"select scores_changed {rescored}", cancellationToken),
            await _database.ScalarAsync<long>($"select flags_set {rescored}", cancellationToken),
            await StepAsync(runId, "rescore", cancellationToken));
    }

    /// <summary>Processors and banks held against payments and settlements.</summary>
    /// <returns>What was found, how long it took, and each step's seconds.</returns>
    /// <exception cref="InvalidOperationException">The run failed.</exception>
    public async Task<ReconcileTimes> ReconcileAsync(bool dryRun, CancellationToken cancellationToken)
    {
        var runId = await _services.GetRequiredService<RunQueue>().RequestAsync(
            RunKind.Reconciliation, $"bench:{Guid.NewGuid()}", RunRequester.Command, new ReconcileRequest(dryRun), cancellationToken);
        await EndAsync(runId, Stopwatch.GetTimestamp(), cancellationToken);
        return new(
            await _database.ScalarAsync<double>($"select sum(duration_ms)::float8 / 1000 from ops.run_steps where run_id = {runId}", cancellationToken),
            await _database.ScalarAsync<string>(
                $"select string_agg(format('%s=%s', stage, round(duration_ms / 1000.0, 1)), ' ' order by step_number) from ops.run_steps where run_id = {runId}", cancellationToken),
            await _database.ScalarAsync<string>(
                $"select coalesce(string_agg(format('%s_%s=%s', level, outcome, items), ' ' order by level, outcome), 'nothing') from (select level, outcome, sum(item_count) as items from reconciliation.run_figures where run_id = {runId} group by level, outcome) as figure",
                cancellationToken));
    }

    /// <summary>A model trained on what is stored.</summary>
    /// <exception cref="InvalidOperationException">The run failed.</exception>
    public async Task TrainAsync(CancellationToken cancellationToken)
    {
        var runId = await _services.GetRequiredService<RunQueue>().RequestAsync(
            RunKind.TrainModel, $"bench:{Guid.NewGuid()}", RunRequester.Command, null, cancellationToken);
        await EndAsync(runId, Stopwatch.GetTimestamp(), cancellationToken);
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private Task<double> StepAsync(long runId, string stage, CancellationToken cancellationToken) => _database.ScalarAsync<double>(
        $"select sum(duration_ms / 1000.0)::float8 from ops.run_steps where run_id = {runId} and stage = '{stage}'", cancellationToken);

    private async Task EndAsync(long runId, long from, CancellationToken cancellationToken)
    {
        while (true)
        {
            var run = await _services.GetRequiredService<RunQueue>().WaitAsync(runId, Turn, cancellationToken);
            if (run.IsFinished)
            {
                if (run.Status != "succeeded") throw new InvalidOperationException($"Run {runId} {run.Status}: {run.Error}");
                return;
            }

            var records = await _database.ScalarAsync<long>(
                $"select (coalesce((select sum(records_read) from ops.imports where run_id = {runId}), 0) + coalesce((select payments_read from risk.rescores where run_id = {runId}), 0))::bigint", cancellationToken);
            var seconds = Stopwatch.GetElapsedTime(from).TotalSeconds;
            Out.Progress($"run {runId} ({run.Kind}): {seconds:0} s, {records} records, {records / seconds:0} records/s, attempt {run.Attempt}");
        }
    }
}

/// <summary>What a run has taken.</summary>
/// <param name="Records">Records accepted.</param>
/// <param name="Seconds">From asking to the last batch.</param>
/// <param name="SettleSeconds">Settling what it brought.</param>
/// <param name="AssertSeconds">The assertions about it.</param>
/// <param name="Steps">All of its steps in words; steps of one import overlap.</param>
internal sealed record ImportTimes(long Records, double Seconds, double SettleSeconds, double AssertSeconds, string Steps);
