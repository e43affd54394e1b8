using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Payments.AppHost.Commands;

/// <summary>What the API can be given by hand, from the dashboard or by <c>aspire resource api …</c>.</summary>
internal static class PaymentCommands
{
    /// <summary>Adds the commands.</summary>
    public static void WithPaymentCommands(this IResourceBuilder<ProjectResource> service)
    {
        var platform = new PlatformApi(service);
        service
            .WithCommand(
                "send-payment", "Send a payment…", "Send a payment: it is stored and scored, and the answer has score, decision and reasons.", "Payment",
                context => SendPaymentAsync(platform, context),
                [
                    Input("amount", "Amount", InputType.Number, "12500", "In the currency's units; over 10,000 is suspicious."),
                    Input("currency", "Currency", InputType.Text, "USD", "ISO 4217."),
                    Input("customer_id", "Customer", InputType.Text, "CUST00001", "The samples have CUST00001 to CUST00500."),
                    Input("merchant_id", "Merchant", InputType.Text, "MERCH001", "The samples have MERCH001 to MERCH050."),
                    new InteractionInput
                    {
                        Name = "payment_method",
                        Label = "Method",
                        InputType = InputType.Choice,
                        Value = "CREDIT_CARD",
                        Options = [.. ((string[])["CREDIT_CARD", "DEBIT_CARD", "BANK_TRANSFER", "PAYPAL", "CRYPTO", "WALLET"]).Select(method => KeyValuePair.Create(method, method))],
                    },
                ],
                isHighlighted: true)
            .WithCommand(
                "import-file", "Import a file…", "Import a file: payments, customers, merchants, refunds, disputes, processors' reports or bank statements.", "ArrowUpload",
                context => ImportAsync(platform, context),
                [
                    new InteractionInput { Name = "file", Label = "File", InputType = InputType.File, Required = true, Description = "CSV, JSON, JSON Lines or XML, also as gzip or zip. Its content tells its format." },
                ],
                progress: "The file is imported.",
                isHighlighted: true);
    }

    private static InteractionInput Input(string name, string label, InputType type, string value, string description) =>
        new() { Name = name, Label = label, InputType = type, Required = true, Value = value, Description = description };

    private static async Task<ExecuteCommandResult> SendPaymentAsync(PlatformApi api, ExecuteCommandContext context)
    {
        var arguments = context.Arguments;
        if (!decimal.TryParse(arguments.GetString("amount"), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount))
            return CommandResults.Failure($"amount: '{arguments.GetString("amount")}' is no amount; write it as 12500.00.");

        var id = $"BY-HAND-{Guid.NewGuid():n}";
        var answer = await api.SendJsonAsync(context, "/api/payments", new
        {
            payment_id = id,
            customer_id = arguments.GetString("customer_id"),
            merchant_id = arguments.GetString("merchant_id"),
            amount,
            currency = arguments.GetString("currency"),
            payment_method = arguments.GetString("payment_method"),
        });
        if (!answer.IsSuccess) return answer.ToFailure();
        return Markdown.Success(
            $"{answer.Text("decision")}, score {answer.Text("risk_score")}",
            $"### {answer.Text("decision")}: {amount} {arguments.GetString("currency")} scores {answer.Text("risk_score")} of 100\n\n"
            + Markdown.Table(["reason", "points", "in words"], answer.List("reasons").Select(reason => (string[])[reason.Text("code"), Points(reason), reason.Text("text")]))
            + $"\n`GET /api/payments/{id}` shows everything about it.");
    }

    private static string Points(JsonElement reason) => reason.GetProperty("contribution").GetDouble().ToString("0.#", CultureInfo.InvariantCulture);

    private static async Task<ExecuteCommandResult> ImportAsync(PlatformApi api, ExecuteCommandContext context)
    {
        if (!context.Arguments.TryGetByName("file", out var input) || input.GetFiles() is not { Count: > 0 } files)
            return CommandResults.Failure("No file has arrived. From a command line: curl -F file=@payments.csv 'http://localhost:8001/api/imports?wait=true', or lay it into the drop folder.");

        using (files)
        {
            await using var content = files[0].OpenRead();
            using var file = new StreamContent(content) { Headers = { ContentType = MediaTypeHeaderValue.Parse("application/octet-stream") } };
            using var form = new MultipartFormDataContent { { file, "file", files[0].Name } };
            var answer = await api.SendAsync(context, HttpMethod.Post, "/api/imports?wait=true", form);
            return answer switch
            {
                { Status: 202 } => CommandResults.Success($"Import {answer.Text("import_id")} goes on; GET /api/imports/{answer.Text("import_id")} follows it."),
                { IsSuccess: false } => answer.ToFailure(),
                _ when answer.Text("status") == "completed" => Markdown.Success($"Import {answer.Text("import_id")}: {answer.Text("accepted")} of {answer.Text("read")} records accepted.", ImportText(answer)),
                _ => CommandResults.Failure($"Import {answer.Text("import_id")} is {answer.Text("status")}: {answer.Text("file_rejected")}", ImportText(answer), CommandResultFormat.Markdown),
            };
        }
    }

    private static string ImportText(Answer import) =>
        $"### Import {import.Text("import_id")} ({import.Text("profile")}): {import.Text("status")} {import.Text("file_rejected")}\n\n"
        + Markdown.Table(["read", "accepted", "duplicates", "rejected"], [[import.Text("read"), import.Text("accepted"), import.Text("duplicates"), import.Text("rejected")]])
        + $"\n`GET /api/imports/{import.Text("import_id")}/rejected` shows what was refused, and why.";
}
