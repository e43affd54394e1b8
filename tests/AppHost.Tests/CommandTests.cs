namespace Payments.AppHost.Tests;

/// <summary>The dashboard's commands on a running system, in the order in which a person might try them.</summary>
public sealed class CommandTests(RunningSystem system) : IClassFixture<RunningSystem>
{
    [Fact]
    public async Task Commands_do_their_work_and_answer_in_Markdown()
    {
        Assert.Contains("| payments | ", await AnswerAsync("worker", "run-etl"), StringComparison.Ordinal);

        var payment = await AnswerAsync(
            "api", "send-payment", ("amount", "12500"), ("currency", "USD"), ("customer_id", "CUST00001"), ("merchant_id", "MERCH001"), ("payment_method", "CREDIT_CARD"));
        Assert.Matches(@"^### (REVIEW|BLOCK): 12500 USD scores \d", payment);
        Assert.Contains("| AMOUNT_OVER_10000 |", payment, StringComparison.Ordinal);
        var refused = await RunAsync(
            "api", "send-payment", ("amount", "1"), ("currency", "USD"), ("customer_id", "NOBODY"), ("merchant_id", "MERCH001"), ("payment_method", "CREDIT_CARD"));
        Assert.False(refused.Success);
        Assert.Contains("is not known", refused.Message, StringComparison.Ordinal);

        Assert.Contains("`POST /api/etl/runs/", await AnswerAsync("worker", "simulate-issue", ("issue", "failed-job")), StringComparison.Ordinal);
        Assert.Contains("simulation, succeeded", await AnswerAsync("worker", "retry-run"), StringComparison.Ordinal);
        Assert.Equal("No run has failed.", (await RunAsync("worker", "retry-run")).Message);
        Assert.Contains(" assertions, 0 do not hold", await AnswerAsync("worker", "check-data"), StringComparison.Ordinal);

        // The payment that was sent stays.
        Assert.Contains("| 5000 | ", await AnswerAsync("worker", "reset-samples"), StringComparison.Ordinal);
        using var api = system.App.CreateHttpClient("api");
        Assert.Equal("[", (await api.GetStringAsync("/api/analytics/merchant-performance", system.Timeout))[..1]);

        Assert.True((await system.App.ResourceCommands.ExecuteCommandAsync("worker", KnownResourceCommands.StopCommand, system.Timeout)).Success);
        await system.App.ResourceNotifications.WaitForResourceAsync("worker", KnownResourceStates.TerminalStates, system.Timeout);
        var down = await RunAsync("worker", "run-etl");
        Assert.False(down.Success);
        Assert.StartsWith("worker is not up", down.Message, StringComparison.Ordinal);
    }

    private async Task<string> AnswerAsync(string resource, string command, params (string Name, string Value)[] arguments)
    {
        var result = await RunAsync(resource, command, arguments);
        Assert.True(result.Success, $"{command}: {result.Message}\n{result.Data?.Value}");
        Assert.Equal(CommandResultFormat.Markdown, result.Data!.Format);
        return result.Data.Value;
    }

    private Task<ExecuteCommandResult> RunAsync(string resource, string command, params (string Name, string Value)[] arguments) =>
        system.App.ResourceCommands.ExecuteCommandAsync(
            resource,
            command,
            new InteractionInputCollection([.. arguments.Select(argument => new InteractionInput { Name = argument.Name, InputType = InputType.Text, Value = argument.Value })]),
            system.Timeout);
}
