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

        // Npgsql names its spans after the database (or what is executed): some hang below the run or its stages, none of ours has such a name.
        string[] parents = [run.SpanId, .. ours.Where(span => stages.Contains(span.Name)).Select(span => span.SpanId)];
        Assert.Contains(ours, span => parents.Contains(span.ParentId) && span.Name != "run import" && !stages.Contains(span.Name) && span.Name is not ("settle" or "sla_check"));
    }
}
