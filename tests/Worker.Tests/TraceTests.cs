using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Payments.Pipeline;
using Payments.Pipeline.Import;
using Payments.Pipeline.Runs;
using Payments.Testing;

namespace Payments.Worker.Tests;

/// <summary>What a collector sees of a run, over real OTLP from a real worker.</summary>
public sealed class TraceTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task One_trace_leads_from_the_request_through_the_run_to_its_stages_and_their_sql()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        var folder = WorkerHost.NewFolder();
        await using (var add = database.DataSource.CreateCommand(
            "insert into public.customers (customer_id, customer_name) values ('C1', 'A'); insert into public.merchants (merchant_id, merchant_name) values ('M1', 'B')"))
        {
            await add.ExecuteNonQueryAsync();
        }

        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == PipelineTelemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        ActivityTraceId trace;
        ActivitySpanId requested;
        await using (var asking = await WorkerHost.StartAsync(database, _ => { }, folder: folder))
        {
            using var request = PipelineTelemetry.Source.StartActivity("the request", ActivityKind.Server, default(ActivityContext))!;
            (trace, requested) = (request.TraceId, request.SpanId);
            await asking.Services.GetRequiredService<ImportIntake>().AcceptAsync(
                new MemoryStream(Encoding.UTF8.GetBytes(
                    "payment_id,customer_id,merchant_id,amount,currency,payment_method,status,payment_date\nP1,C1,M1,1.00,USD,PAYPAL,SUCCESS,2025-01-01\n")),
                new("payments", ImportMode.Insert, "one.csv", RunRequester.Api),
                default);
        }

        await using var worker = SpawnedWorker.Start(
            database,
            folder,
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Endpoint),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("OTEL_BSP_SCHEDULE_DELAY", "200"));

        string[] stages = ["import", "load", "score", "validate"];
        List<ReceivedSpan> ours = [];
        await Eventually.EqualAsync(
            true,
            () =>
            {
                ours = [.. collector.Spans.Where(span => span.TraceId == trace.ToHexString())];
                return Task.FromResult(ours.Any(span => span.Name == "run import") && stages.All(stage => ours.Any(span => span.Name == stage)));
            },
            seconds: 60);
        var run = Assert.Single(ours, span => span.Name == "run import");
        Assert.Equal(requested.ToHexString(), run.ParentId);
        foreach (var stage in stages)
        {
            Assert.Equal(run.SpanId, Assert.Single(ours, span => span.Name == stage).ParentId);
        }

        // Statements lie under the stage that they serve, and are called by what they call.
        Assert.Equal(["pipeline.load_batch"], SqlUnder("load").Where(name => name == "pipeline.load_batch"));
        Assert.Contains("pipeline.validate_payments", SqlUnder("validate"));
        Assert.Contains(SqlUnder("import"), name => name.StartsWith("copy staging.payments_lane_", StringComparison.Ordinal));

        IEnumerable<string> SqlUnder(string stage)
        {
            var parent = ours.Single(span => span.Name == stage).SpanId;
            return ours.Where(span => span.ParentId == parent).Select(span => span.Name);
        }
    }

    [Fact]
    public async Task A_call_of_the_API_is_one_trace_down_to_the_SQL_of_the_workers_stages_and_an_idle_minute_makes_none()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        var folder = WorkerHost.NewFolder();
        (string, string)[] telemetry =
        [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Endpoint), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"), ("OTEL_BSP_SCHEDULE_DELAY", "200"),
        ];
        await using var worker = SpawnedWorker.Start(database, folder, telemetry);
        await using var api = await SpawnedApi.StartAsync(database, folder, telemetry);

        // The worker is up once it has done something: how long it takes to start is not what is looked at here.
        Assert.Equal(200, (await api.PostAsync("/api/etl/initialize")).Status);

        var (status, _) = await api.PostAsync("/api/etl/run");

        Assert.Equal(200, status);
        await Eventually.EqualAsync(true, () => Task.FromResult(collector.Spans.Any(span => span.Name == "POST /api/etl/run")), seconds: 60);
        var request = Assert.Single(collector.Spans, span => span.Name == "POST /api/etl/run");
        await Eventually.EqualAsync(true, () => Task.FromResult(collector.Spans.Any(span => span.Name == "run etl" && span.TraceId == request.TraceId)), seconds: 60);
        List<ReceivedSpan> trace = [.. collector.Spans.Where(span => span.TraceId == request.TraceId)];
        Assert.Equal("", request.ParentId);
        var run = Assert.Single(trace, span => span.Name == "run etl");
        Assert.Equal(request.SpanId, run.ParentId);
        foreach (var (stage, statement) in new[] { ("settle", "pipeline.settle_merchants"), ("sla_check", "pipeline.check_sla"), ("assert", "pipeline.evaluate_assertions") })
        {
            var span = Assert.Single(trace, one => one.Name == stage);
            Assert.Equal(run.SpanId, span.ParentId);
            Assert.Contains(statement, trace.Where(one => one.ParentId == span.SpanId).Select(one => one.Name));
        }

        // The end of a run is notified to those that wait for it: they do not poll.
        Assert.InRange(trace.Count(span => span.Name == "pipeline.find_run"), 1, 3);

        // The first training follows the first run; then there is nothing left to do.
        await Eventually.EqualAsync(0L, async () => await CountAsync("select count(*) from ops.runs where status in ('queued', 'running')"), seconds: 60);
        await Task.Delay(TimeSpan.FromSeconds(5));
        var before = collector.Spans.Count;
        await Task.Delay(TimeSpan.FromMinutes(1));
        Assert.Equal([], collector.Spans.Skip(before).Select(span => span.Name));
    }

    private async Task<long> CountAsync(string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
