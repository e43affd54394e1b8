using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Diagnostics;
using System.Globalization;
using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Payments.Api.Docs;
using Payments.Api.Etl;
using Payments.Api.Parameters;
using Payments.Api.Problems;
using Payments.Api.Reading;

namespace Payments.Api.Rules;

/// <summary>What is to be tried over which days.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record BacktestRequest : IExample<BacktestRequest>
{
    /// <inheritdoc/>
    public static BacktestRequest Example { get; } = new() { Expression = "payment_method = 'CRYPTO' and customer_amount_ratio > 5", From = new(2026, 1, 1), To = new(2026, 1, 31) };

    /// <summary>The rule whose expression is tried; without it <c>expression</c> is required.</summary>
    public string? RuleCode { get; init; }

    /// <summary>An expression that is no rule yet, or that the rule could have.</summary>
    public string? Expression { get; init; }

    /// <summary>First UTC day of the payments.</summary>
    public DateOnly? From { get; init; }

    /// <summary>Last UTC day of the payments.</summary>
    public DateOnly? To { get; init; }
}

/// <summary>What a rule would have done over history.</summary>
/// <param name="BacktestId">Its id.</param>
/// <param name="RunId">The run that does it; <c>/api/etl/runs/{id}</c> shows its steps and errors.</param>
/// <param name="Status">queued, running, succeeded or failed.</param>
/// <param name="RuleCode">The rule that was meant; null for an expression that is no rule yet.</param>
/// <param name="Expression">What was tried.</param>
/// <param name="FromDay">First UTC day of the payments.</param>
/// <param name="ToDay">Last UTC day of the payments.</param>
/// <param name="RequestedBy">Who asked.</param>
/// <param name="RequestedAt">UTC.</param>
/// <param name="FinishedAt">UTC; null until then.</param>
/// <param name="Result">Hits, judged payments, precision, recall and false-positive rate (0 to 1), amounts by currency, decisions of the hits in the store, and what it has in common with the live rules; docs/rules.md says what each is. Null until it is finished.</param>
internal sealed record Backtest(
    long BacktestId,
    long RunId,
    string Status,
    string? RuleCode,
    string Expression,
    DateOnly FromDay,
    DateOnly ToDay,
    string RequestedBy,
    DateTime RequestedAt,
    DateTime? FinishedAt,
    JsonElement? Result) : IExample<Backtest>
{
    private const int LongestTime = 3_660;

    /// <inheritdoc/>
    public static Backtest Example { get; } = new(
        4, 17, "succeeded", null, BacktestRequest.Example.Expression!, new(2026, 1, 1), new(2026, 1, 31), "anna",
        new(2026, 2, 12, 9, 12, 0, DateTimeKind.Utc), new(2026, 2, 12, 9, 12, 4, DateTimeKind.Utc),
        JsonElement.Parse("""
            {"payments":151200,"hits":180,"hit_share":0.00119,"judged":151200,"presumed_genuine":150310,"frauds":890,"true_positives":96,"false_positives":84,
            "precision":0.533,"recall":0.108,"false_positive_rate":0.00056,"amounts":[{"currency":"USD","amount_saved":48120.50,"amount_saved_beyond_live":9120.00,"amount_held":20110.75}],
            "decisions":{"approve":60,"review":90,"block":30},
            "live_set":{"hits":40120,"both":150,"share_of_hits":0.833,"share_of_others":0.0037,"frauds_of_both":80,"new_hits":30,"new_frauds":16},
            "rules":[{"rule_code":"PAID_IN_CRYPTO","overlap":{"hits":25101,"both":180,"share_of_hits":1,"share_of_others":0.0072,"frauds_of_both":96,"new_hits":0,"new_frauds":0}}]}
            """));

    /// <summary>Tries a rule on history.</summary>
    /// <remarks>What it would have hit among stored payments, with the features that they had at their instant, judged by the labels known by now. A run of its own: the answer is the backtest's Location; with <c>wait=true</c> it has the result, after at most 120 s. Changes nothing.</remarks>
    public static async Task<Results<Ok<Backtest>, Accepted<Backtest>, ProblemHttpResult>> PostAsync(
        BacktestRequest request,
        Reader reader,
        RunWait wait,
        TimeProvider clock,
        ClaimsPrincipal user,
        CancellationToken cancellationToken,
        [FromQuery(Name = "wait"), Description("true: answer when it is done.")] bool isAwaited = false)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var (from, to) = Days(request);
        var expression = await ExpressionAsync(request, reader, clock, cancellationToken);
        var added = await reader.FindAsync(
            new RowQuery<Requested>("pipeline.request_backtest(@rule, @expression, @from, @to, @by, @trace, @now) as requested (id)")
                .With("rule", request.RuleCode)
                .With("expression", expression)
                .With("from", from)
                .With("to", to)
                .With("by", user.Identity?.Name)
                .With("trace", Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity ? activity.Id : null)
                .With("now", now),
            cancellationToken);
        var backtest = (await FindAsync(added!.Id, reader, cancellationToken))!;
        var run = isAwaited ? await wait.ForAsync(backtest.RunId, cancellationToken) : null;
        return run switch
        {
            { IsFinished: true, Succeeded: false } => RunFailure.Of(backtest.RunId),
            { IsFinished: true } => TypedResults.Ok(await FindAsync(backtest.BacktestId, reader, cancellationToken)),
            _ => TypedResults.Accepted(string.Create(CultureInfo.InvariantCulture, $"/api/rules/backtests/{backtest.BacktestId}"), backtest),
        };
    }

    /// <summary>Backtests.</summary>
    /// <remarks>Newest first. Complete and streamed; <c>limit</c> pages it, and the Link header leads on.</remarks>
    public static RowStream<Backtest> List(
        [FromQuery(Name = "rule_code"), Description("Only those of this rule.")] string? ruleCode,
        [FromQuery(Name = "limit"), Description("Rows of a page; all rows without it."), Range(1, 1000)] int? limit,
        [FromQuery(Name = "after"), Description("Where the page before ended, from its Link header.")] string? after) =>
        new(Query(ruleCode), limit, after);

    /// <summary>One backtest.</summary>
    /// <remarks>How far it is, and what it has found.</remarks>
    public static async Task<Results<Ok<Backtest>, ProblemHttpResult>> GetAsync(
        [Description("The backtest's id.")] long id, Reader reader, CancellationToken cancellationToken) =>
        await FindAsync(id, reader, cancellationToken) is { } backtest
            ? TypedResults.Ok(backtest)
            : Problem.NotFound(string.Create(CultureInfo.InvariantCulture, $"backtest {id}"));

    private static (DateOnly From, DateOnly To) Days(BacktestRequest request)
    {
        if (request.From is not { } from) throw new InvalidParameterException("from", "is required: the first UTC day, for example 2026-01-01");
        if (request.To is not { } to) throw new InvalidParameterException("to", "is required: the last UTC day, for example 2026-01-31");
        if (from.Year < 2000) throw new InvalidParameterException("from", "must be a day from 2000 on");
        if (to < from) throw new InvalidParameterException("to", "must not be before from");
        return to.DayNumber - from.DayNumber < LongestTime ? (from, to) : throw new InvalidParameterException("to", $"must be within {LongestTime} days of from");
    }

    private static async Task<string> ExpressionAsync(BacktestRequest request, Reader reader, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (request.RuleCode is null) return RuleTexts.ReadExpression("expression", request.Expression).Text;
        var rule = await RuleRow.FindAsync(request.RuleCode, reader, clock, cancellationToken)
            ?? throw new InvalidParameterException("rule_code", "is not the code of a rule; GET /api/rules lists them");
        return RuleTexts.ReadExpression("expression", request.Expression ?? rule.Expression).Text;
    }

    private static Task<Backtest?> FindAsync(long id, Reader reader, CancellationToken cancellationToken) =>
        reader.FindAsync(Query(null).Where("backtest_id = @id").With("id", id), cancellationToken);

    private static RowQuery<Backtest> Query(string? ruleCode) =>
        new RowQuery<Backtest>("pipeline.list_backtests(@rule)", new OrderColumn("backtest_id", Descending: true)).With("rule", ruleCode);

    private sealed record Requested(long Id);
}
