using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Payments.Pipeline.Rescore;
using Payments.Pipeline.Runs;
using Payments.Pipeline.Score;
using Payments.Pipeline.Tests.Import;

namespace Payments.Pipeline.Tests.Models;

/// <summary>A live model that cannot be read, as after damage or by an older program than the one that wrote it.</summary>
public sealed class UnreadableModelTests : IDisposable
{
    private readonly ConcurrentQueue<string> _log = [];
    private readonly ConcurrentQueue<long> _measured = [];
    private readonly MeterListener _listener = new();

    public UnreadableModelTests()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "payments.risk.unreadable") listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
        {
            if (value > 0 && tags.ToArray().Contains(new("subject", "model"))) _measured.Enqueue(value);
        });
        _listener.Start();
    }

    [Theory]
    [InlineData("set_byte(content, length(content) / 2, get_byte(content, length(content) / 2) # 1)", "checksum")]
    [InlineData("set_byte(content, 4, 9)", "version 9")]
    [InlineData("''", "RISK")]
    public async Task Scoring_goes_on_by_rules_says_so_once_and_is_rolled_back_by_one_call(string damage, string said)
    {
        await using var lab = await OpenAsync();
        await TrainStageTests.TrainAsync(lab);
        await TrainStageTests.TrainAsync(lab);
        await lab.ExecuteAsync($"update risk.models set content = {damage} where status = 'live'; update risk.versions set version = version + 1 where subject = 'models'");

        await lab.ImportAsync("payments", Payment("X1", 20_000));
        await lab.ImportAsync("payments", Payment("X2", 10));

        Assert.Equal(["X1 t", "X2 f"], await lab.QueryAsync<string>("select concat_ws(' ', payment_id, is_suspicious) from public.payments where payment_id like 'X%' order by payment_id"));
        Assert.Equal([null], await lab.QueryAsync<decimal?>("select anomaly_score from risk.assessments where payment_id = 'X1'"));
        var complaint = Assert.Single(_log);
        Assert.StartsWith("Model 2 is live and cannot be read: ", complaint, StringComparison.Ordinal);
        Assert.Contains(said, complaint, StringComparison.Ordinal);
        Assert.Contains("rules alone carry the score. Go back to the model before it (POST /api/models/rollback)", complaint, StringComparison.Ordinal);
        Assert.Contains(1, _measured);

        await lab.QueryAsync<long?>("select pipeline.roll_back_model('anna', 'cannot be read', now())");
        await lab.ImportAsync("payments", Payment("X3", 20_000));

        Assert.Single(await lab.QueryAsync<decimal>("select anomaly_score from risk.assessments where payment_id = 'X3'"));
        Assert.Single(_log);
    }

    [Fact]
    public async Task History_keeps_the_scores_that_it_has_and_a_training_mends_it()
    {
        await using var lab = await OpenAsync();
        await TrainStageTests.TrainAsync(lab);
        await lab.ExecuteAsync("update risk.models set content = '' where status = 'live'; update risk.versions set version = version + 1 where subject = 'models'");
        var runId = await lab.Get<RunQueue>().RequestAsync(RunKind.Rescore, "test:rescore", RunRequester.Command, null, default);
        await lab.ExecuteAsync(string.Create(CultureInfo.InvariantCulture, $"update ops.runs set status = 'running', attempt = 1, started_at = now() where run_id = {runId}"));

        var run = new RunContext(runId, 1, lab.Worker, TimeProvider.System);
        var refusal = await Assert.ThrowsAsync<InvalidDataException>(() => lab.Get<RescoreStage>().RunAsync(run, new(new(2025, 1, 1), new(2025, 1, 31)), default));
        await lab.ExecuteAsync(string.Create(CultureInfo.InvariantCulture, $"update ops.runs set status = 'failed', finished_at = now() where run_id = {runId}"));
        var trained = await TrainStageTests.TrainAsync(lab);

        Assert.StartsWith("Model 1 is live and cannot be read: ", refusal.Message, StringComparison.Ordinal);
        Assert.True(trained is { Version: 2, IsPromoted: true, Reason: "Version 1 cannot be read, and rules alone carried the score." }, trained.Reason);
        await using var connection = await lab.Worker.OpenConnectionAsync();
        Assert.Null((await lab.Get<EngineSource>().LoadAsync(connection, default)).Model!.Fault);
    }

    public void Dispose() => _listener.Dispose();

    private async Task<ImportLab> OpenAsync()
    {
        var lab = await ImportLab.OpenAsync();
        lab.Get<ILoggerFactory>().AddProvider(new Recorder(_log));
        await lab.ImportAsync("handbook", TrainStageTests.Cards(hasFrauds: false));
        return lab;
    }

    private static string Payment(string id, decimal amount) => string.Create(
        CultureInfo.InvariantCulture, $"{ImportLab.PaymentsHeader}{id},1,1,{amount},USD,WALLET,SUCCESS,{TimeProvider.System.GetUtcNow().UtcDateTime.Date.AddDays(-1):yyyy-MM-dd}T10:00:00Z\n");

    private sealed class Recorder(ConcurrentQueue<string> log) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) log.Enqueue(formatter(state, exception));
        }

        public void Dispose()
        {
        }
    }
}
