using System.Globalization;
using System.Text.Json;
using Npgsql;
using Payments.AppHost.Data;

namespace Payments.AppHost.Commands;

/// <summary>What the worker can be asked to do, from the dashboard or by <c>aspire resource worker …</c>.</summary>
internal static class RunCommands
{
    private static readonly string[] RunTable = ["stage", "status", "rows in", "rows out", "ms", "error"];

    /// <summary>Adds the commands; samples can be reset only on a server that the app host started.</summary>
    public static void WithRunCommands(this IResourceBuilder<ProjectResource> worker, IResourceBuilder<ProjectResource> api, PaymentsDatabase database)
    {
        var platform = new PlatformApi(api);
        worker
            .WithCommand(
                "run-etl", "Run ETL now", "Run ETL now: samples where they are wanted, settlement, SLA check, assertions.", "ArrowSync",
                context => RunEtlAsync(platform, context), progress: "The pipeline runs.", isHighlighted: true)
            .WithCommand(
                "retry-run", "Retry the last failed run", "Runs the newest failed run again, from its last good step.", "ArrowCounterclockwise",
                context => RetryAsync(platform, context), progress: "The run goes on from its last good step.")
            .WithCommand(
                "check-data", "Check all data", "Evaluates every assertion about the data, over all of it.", "ShieldCheckmark",
                context => CheckAsync(platform, context), progress: "Every assertion is evaluated over all data; with millions of payments this takes minutes.")
            .WithCommand(
                "simulate-issue", "Simulate an issue…", "Harms the sample data or a run on purpose, and says where it is seen and how it is repaired.", "Bug",
                context => SimulateAsync(platform, context),
                [
                    new InteractionInput
                    {
                        Name = "issue",
                        Label = "Issue",
                        Description = "Only on this sample database. The answer says which calls show the damage, and which repair it.",
                        InputType = InputType.Choice,
                        Required = true,
                        Value = "failed-job",
                        Options =
                        [
                            KeyValuePair.Create("failed-job", "A run fails in its second step"),
                            KeyValuePair.Create("missing-data", "A file lacks mandatory values, and a day of samples is missing"),
                            KeyValuePair.Create("incorrect-settlements", "Totals and commissions of open settlements are wrong"),
                            KeyValuePair.Create("slow-query", "A report's query runs for a minute"),
                        ],
                    },
                ]);
        if (database.IsOurs)
            worker.WithCommand(
                "reset-samples", "Reset sample data", "Removes every generated record and makes the samples again.", "DeleteArrowBack",
                context => ResetAsync(platform, database, context),
                confirmation: "Removes every generated customer, merchant, payment and settlement, with alerts and labels that belong to them, and makes the samples again. What you have imported or sent stays.",
                progress: "Samples are removed and made again.");
    }

    private static async Task<ExecuteCommandResult> RunEtlAsync(PlatformApi api, ExecuteCommandContext context)
    {
        var answer = await api.SendAsync(context, HttpMethod.Post, "/api/etl/run");
        return answer switch
        {
            { Status: 200 } => Markdown.Success($"Run {answer.Text("run_id")} has loaded {answer.Text("records_added", "payments")} new payments.", EtlText(answer)),
            { Status: 202 } => CommandResults.Success($"Run {answer.Text("run_id")} goes on; GET /api/etl/runs/{answer.Text("run_id")} follows it."),
            _ => answer.ToFailure(),
        };
    }

    private static string EtlText(Answer answer) =>
        $"### Run {answer.Text("run_id")}\n\n" + Markdown.Table(
            ["records", "added", "now in the database"],
            ((string[])["customers", "merchants", "payments", "settlements"]).Select(what => (string[])[what, answer.Text("records_added", what), answer.Text("records_loaded", what)]));

    private static async Task<ExecuteCommandResult> RetryAsync(PlatformApi api, ExecuteCommandContext context)
    {
        var failed = await api.SendAsync(context, HttpMethod.Get, "/api/etl/runs?status=failed&limit=1");
        if (!failed.IsSuccess) return failed.ToFailure();
        if (failed.Json.EnumerateArray().FirstOrDefault() is not { ValueKind: JsonValueKind.Object } run) return CommandResults.Success("No run has failed.");

        var id = run.Text("run_id");
        var answer = await api.SendAsync(context, HttpMethod.Post, $"/api/etl/runs/{id}/retry?wait=true");
        return answer switch
        {
            { Status: 200 } => Markdown.Success($"Run {id} ({run.Text("kind")}) has succeeded.", RunText(answer)),
            { Status: 202 } => CommandResults.Success($"Run {id} goes on; GET /api/etl/runs/{id} follows it."),
            _ => answer.ToFailure(),
        };
    }

    private static string RunText(Answer run) =>
        $"### Run {run.Text("run_id")}: {run.Text("kind")}, {run.Text("status")}\n\n" + Markdown.Table(
            RunTable,
            run.List("steps").Select(step => (string[])[step.Text("stage"), step.Text("status"), step.Text("rows_in"), step.Text("rows_out"), step.Text("duration_ms"), step.Text("error")]));

    private static async Task<ExecuteCommandResult> CheckAsync(PlatformApi api, ExecuteCommandContext context)
    {
        var asked = await api.SendAsync(context, HttpMethod.Post, "/api/assertions/run");
        if (!asked.IsSuccess) return asked.ToFailure();
        var run = await api.WaitForRunAsync(context, long.Parse(asked.Text("run_id"), CultureInfo.InvariantCulture));
        if (!run.IsSuccess) return run.ToFailure();

        var assertions = run.List("assertions").ToList();
        var broken = assertions.Where(assertion => assertion.Text("status") != "passed").ToList();
        var text = $"### {assertions.Count} assertions, {broken.Count} do not hold\n\n" + Markdown.Table(
            ["assertion", "status", "observed", "expected", "detail"],
            broken.Concat(assertions.Except(broken)).Select(one => (string[])[one.Text("assertion"), one.Text("status"), one.Text("observed"), one.Text("expected"), one.Text("detail")]));
        return run.Text("status") != "succeeded" ? CommandResults.Failure($"Run {run.Text("run_id")} failed: {run.Text("error")}", text, CommandResultFormat.Markdown)
            : broken.Count == 0 ? Markdown.Success($"All {assertions.Count} assertions hold.", text)
            : CommandResults.Failure($"{broken.Count} of {assertions.Count} assertions do not hold: {string.Join(", ", broken.Select(one => one.Text("assertion")))}.", text, CommandResultFormat.Markdown);
    }

    private static async Task<ExecuteCommandResult> SimulateAsync(PlatformApi api, ExecuteCommandContext context)
    {
        var issue = context.Arguments.GetString("issue") ?? "";
        var answer = await api.SendAsync(context, HttpMethod.Post, $"/api/simulations/{Uri.EscapeDataString(issue)}");
        if (!answer.IsSuccess) return answer.ToFailure();
        var harmed = answer.Json.TryGetProperty("harmed", out var found) && found.ValueKind == JsonValueKind.Object
            ? $"\n**Harmed**\n```json\n{JsonSerializer.Serialize(found, Markdown.Indented)}\n```\n"
            : "";
        return Markdown.Success(
            $"Simulated: {issue} (run {answer.Text("run_id")}, {answer.Text("status")}).",
            $"### {issue}\nRun {answer.Text("run_id")}: {answer.Text("status")} {answer.Text("error")}\n{harmed}\n**Where it is seen**\n{Markdown.List(Calls(answer, "seen"))}\n**What repairs it**\n{Markdown.List(Calls(answer, "recovery"))}");
    }

    private static IEnumerable<string> Calls(Answer answer, string name) => answer.List(name).Select(call => $"`{call}`");

    private static async Task<ExecuteCommandResult> ResetAsync(PlatformApi api, PaymentsDatabase database, ExecuteCommandContext context)
    {
        var removed = await api.WaitForRunAsync(context, await RequestRemovalAsync(database, context.CancellationToken));
        if (!removed.IsSuccess) return removed.ToFailure();
        if (removed.Text("status") != "succeeded") return CommandResults.Failure($"Nothing was removed: {removed.Text("error")}");

        var made = await api.SendAsync(context, HttpMethod.Post, "/api/etl/run");
        return made.Status switch
        {
            200 => Markdown.Success(
                $"Removed {removed.Text("result", "payments")} payments and made {made.Text("records_added", "payments")}.",
                $"### Removed\n{Markdown.Table(["payments", "settlements", "customers", "merchants"], [[removed.Text("result", "payments"), removed.Text("result", "settlements"), removed.Text("result", "customers"), removed.Text("result", "merchants")]])}\n{EtlText(made)}"),
            202 => CommandResults.Success($"The samples are removed; run {made.Text("run_id")} makes them again."),
            _ => made.ToFailure(),
        };
    }

    // The API offers no such call: it would be one to make by mistake on data that somebody needs.
    private static async Task<long> RequestRemovalAsync(PaymentsDatabase database, CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create((await database.Owner.GetValueAsync(cancellationToken))!);
        await using var command = source.CreateCommand("select pipeline.request_run('remove_generated', $1, 'command', '{}', null)");
        command.Parameters.AddWithValue($"command:{Guid.NewGuid()}");
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
