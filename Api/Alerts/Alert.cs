using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Payments.Api.Docs;
using Payments.Api.Problems;
using Payments.Api.Reading;

namespace Payments.Api.Alerts;

/// <summary>Payments of a customer that somebody should look at.</summary>
/// <param name="AlertId">The alert.</param>
/// <param name="Status">OPEN: nobody's yet; IN_REVIEW: its assignee's; RESOLVED_FRAUD or RESOLVED_LEGITIMATE: judged; EXPIRED: nobody touched it for too long.</param>
/// <param name="Severity">LOW, MEDIUM, HIGH or CRITICAL: that of the most severe of its payments.</param>
/// <param name="CustomerId">Whose payments.</param>
/// <param name="RuleCode">The weightiest rule or list that hit; score: none did, the models alone.</param>
/// <param name="PaymentId">The payment that raised it.</param>
/// <param name="PaymentCount">Payments that it is about by now.</param>
/// <param name="Score">The highest risk score of its payments, 0 to 100.</param>
/// <param name="ExpectedLoss">Fraud probability (or score / 100) x amount, over its payments in its currency.</param>
/// <param name="Currency">ISO 4217; that of the first payment.</param>
/// <param name="OtherCurrencyPayments">Payments that expected_loss leaves out, because they are in another currency.</param>
/// <param name="Priority">The place in the queue: expected losses of all of its payments, counted in typical payments of their currencies; 0 once it does not wait any more.</param>
/// <param name="Assignee">Who reviews it; null: nobody yet.</param>
/// <param name="OpenedAt">UTC.</param>
/// <param name="DueAt">Until when it should be resolved, UTC.</param>
/// <param name="IsOverdue">It waits, or waited, longer than that.</param>
/// <param name="UpdatedAt">Its last step or payment, UTC.</param>
/// <param name="ResolvedAt">When it ended, UTC.</param>
/// <param name="ResolvedBy">Who ended it; system: time did.</param>
/// <param name="Resolution">Why it was resolved as it was.</param>
internal record Alert(
    long AlertId,
    string Status,
    string Severity,
    string CustomerId,
    string RuleCode,
    string PaymentId,
    long PaymentCount,
    decimal Score,
    [property: Money] decimal ExpectedLoss,
    string Currency,
    long OtherCurrencyPayments,
    decimal Priority,
    string? Assignee,
    DateTime OpenedAt,
    DateTime DueAt,
    bool IsOverdue,
    DateTime UpdatedAt,
    DateTime? ResolvedAt,
    string? ResolvedBy,
    string? Resolution) : IInCurrency, IExample<Alert>
{
    private const string ByExpectedLoss = "expected_loss";

    /// <inheritdoc/>
    public static Alert Example { get; } = new(
        17, "IN_REVIEW", "HIGH", "CUST-0042", "card_testing", "PAY-000123", 3, 84.25m, 312.40m, "USD", 0, 2.518840579m, "anna",
        new(2026, 1, 31, 14, 3, 28, DateTimeKind.Utc), new(2026, 1, 31, 18, 3, 28, DateTimeKind.Utc), false, new(2026, 1, 31, 14, 20, 0, DateTimeKind.Utc), null, null, null);

    /// <summary>Alerts.</summary>
    /// <remarks>The queue: what waits for a verdict comes first, the largest expected loss first; with <c>order=newest</c> the newest alert. Currencies are never added up: losses in different currencies are ranked by how many typical payments of their currency they are. The Link header leads on.</remarks>
    public static RowStream<Alert> List(
        TimeProvider clock,
        [FromQuery(Name = "status"), Description("Only alerts of this status; of any without it."), AllowedValues("OPEN", "IN_REVIEW", "RESOLVED_FRAUD", "RESOLVED_LEGITIMATE", "EXPIRED")] string? status,
        [FromQuery(Name = "severity"), Description("Only alerts of this severity."), AllowedValues("LOW", "MEDIUM", "HIGH", "CRITICAL")] string? severity,
        [FromQuery(Name = "assignee"), Description("Only alerts that this caller reviews, or reviewed.")] string? assignee,
        [FromQuery(Name = "customer_id"), Description("Only alerts about this customer.")] string? customerId,
        [FromQuery(Name = "rule_code"), Description("Only alerts of this rule.")] string? ruleCode,
        [FromQuery(Name = "currency"), Description("Only alerts whose loss is in this currency.")] string? currency,
        [FromQuery(Name = "overdue"), Description("true: only alerts that wait longer than they should; false: only others.")] bool? overdue,
        [FromQuery(Name = "from"), Description("First UTC day on which they were raised.")] DateOnly? from,
        [FromQuery(Name = "to"), Description("Last UTC day on which they were raised.")] DateOnly? to,
        [FromQuery(Name = "after"), Description("Where the page before ended, from its Link header.")] string? after,
        [FromQuery(Name = "order"), Description("expected_loss: the queue; newest: the latest raised first."), AllowedValues(ByExpectedLoss, "newest")] string order = ByExpectedLoss,
        [FromQuery(Name = "limit"), Description("Rows of a page."), Range(1, 1000)] int limit = 100) =>
        new(
            (order == ByExpectedLoss ? Query(clock, new("priority", Descending: true), new("alert_id")) : Query(clock, new OrderColumn("alert_id", Descending: true)))
                .With("status", status)
                .With("severity", severity)
                .With("assignee", assignee)
                .With("customer", customerId)
                .With("rule", ruleCode)
                .With("currency", currency)
                .With("overdue", overdue)
                .With("from", from)
                .With("to", to),
            limit,
            after);

    /// <summary>One alert.</summary>
    /// <remarks>With its 100 riskiest payments and why each of them is there, the reviewers' notes and every step. <c>/api/alerts/{id}/payments</c> has all payments.</remarks>
    public static async Task<Results<Ok<AlertAccount>, ProblemHttpResult>> GetAsync(
        [Description("The alert.")] long id, Reader reader, TimeProvider clock, CancellationToken cancellationToken) =>
        await AlertAccount.FindAsync(id, reader, clock, cancellationToken) is { } alert ? TypedResults.Ok(alert) : NotFound(id);

    /// <summary>The alert, or null when there is none of this id.</summary>
    public static Task<Alert?> FindAsync(long id, Reader reader, TimeProvider clock, CancellationToken cancellationToken) =>
        reader.FindAsync(Query(clock).Where("alert_id = @id").With("id", id), cancellationToken);

    /// <summary>404 for an unknown alert.</summary>
    public static ProblemHttpResult NotFound(long id) => Problem.NotFound(string.Create(CultureInfo.InvariantCulture, $"alert {id}"));

    private static RowQuery<Alert> Query(TimeProvider clock, params OrderColumn[] order)
    {
        var query = new RowQuery<Alert>(
            "pipeline.list_alerts(@status, @severity, @assignee, @customer, @rule, @currency, @overdue, @from, @to, @now)", order);
        foreach (var text in (string[])["status", "severity", "assignee", "customer", "rule", "currency"])
        {
            query.With(text, (string?)null);
        }

        return query.With("overdue", (bool?)null).With("from", (DateOnly?)null).With("to", (DateOnly?)null).With("now", clock.GetUtcNow().UtcDateTime);
    }
}
