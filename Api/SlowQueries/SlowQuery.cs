using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Payments.Api.Docs;
using Payments.Api.Problems;
using Payments.Api.Reading;

namespace Payments.Api.SlowQueries;

/// <summary>A statement that ran, or runs, longer than it should.</summary>
/// <param name="SlowQueryId">Its id.</param>
/// <param name="State">running; finished, by itself or by a time limit; cancelled, because somebody asked to.</param>
/// <param name="RoleName">The database login that executes it.</param>
/// <param name="ApplicationName">What its session calls itself.</param>
/// <param name="Statement">Its text up to the first quoted value, numbers as ?, cut at 1,000 characters.</param>
/// <param name="StartedAt">UTC.</param>
/// <param name="SeenAt">When a worker first saw it, UTC.</param>
/// <param name="EndedAt">When a worker saw that it had ended, UTC; null while it runs.</param>
/// <param name="DurationMs">The longest that was seen of it.</param>
/// <param name="CancelRequestedAt">When somebody asked for it to be cancelled, UTC.</param>
/// <param name="CancelRequestedBy">Who.</param>
internal sealed record SlowQuery(
    long SlowQueryId,
    string State,
    string RoleName,
    string ApplicationName,
    string Statement,
    DateTime StartedAt,
    DateTime SeenAt,
    DateTime? EndedAt,
    long DurationMs,
    DateTime? CancelRequestedAt,
    string? CancelRequestedBy) : IExample<SlowQuery>
{
    /// <inheritdoc/>
    public static SlowQuery Example { get; } = new(
        4, "cancelled", "bi_reader", "Tableau", "select merchant_name, sum(total_amount) from vw_payment_analytics a cross join vw_payment_analytics b group by ?",
        new(2026, 1, 31, 6, 0, 0, DateTimeKind.Utc), new(2026, 1, 31, 6, 0, 6, DateTimeKind.Utc), new(2026, 1, 31, 6, 0, 31, DateTimeKind.Utc), 30500,
        new(2026, 1, 31, 6, 0, 29, DateTimeKind.Utc), "anna");

    /// <summary>Slow queries.</summary>
    /// <remarks>Statements of the platform's logins that ran longer than <c>SlowQueries:After</c> (a worker's: <c>SlowQueries:RunsAfter</c>), newest first; the newest thousand are kept.</remarks>
    public static RowStream<SlowQuery> List(
        [FromQuery(Name = "state"), Description("Only statements of this state."), AllowedValues("running", "finished", "cancelled")] string? state,
        [FromQuery(Name = "after"), Description("Where the page before ended, from its Link header.")] string? after,
        [FromQuery(Name = "limit"), Description("Rows of a page."), Range(1, 1000)] int limit = 100) =>
        new(Query(state), limit, after);

    /// <summary>One slow query.</summary>
    /// <remarks>With how long it has run, and who asked for it to be cancelled.</remarks>
    public static async Task<Results<Ok<SlowQuery>, ProblemHttpResult>> GetAsync(
        [Description("The slow query.")] long id, Reader reader, CancellationToken cancellationToken) =>
        await FindAsync(id, reader, cancellationToken) is { } found ? TypedResults.Ok(found) : NotFound(id);

    /// <summary>Cancels a slow query.</summary>
    /// <remarks>A worker does it within seconds (<c>SlowQueries:Every</c>). Whoever waits for the query is told that it was cancelled; a run's statement is tried again.</remarks>
    public static async Task<Results<Accepted<SlowQuery>, ProblemHttpResult>> CancelAsync(
        [Description("The slow query.")] long id, Reader reader, TimeProvider clock, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var requested = await reader.FindAsync(
            new RowQuery<Requested>("pipeline.cancel_slow_query(@id, @by, @now) as is_running")
                .With("id", id)
                .With("by", user.Identity?.Name)
                .With("now", clock.GetUtcNow().UtcDateTime),
            cancellationToken);
        if (await FindAsync(id, reader, cancellationToken) is not { } found) return NotFound(id);

        return requested?.IsRunning == true
            ? TypedResults.Accepted(string.Create(CultureInfo.InvariantCulture, $"/api/slow-queries/{id}"), found)
            : Problem.Of(StatusCodes.Status409Conflict, string.Create(CultureInfo.InvariantCulture, $"Slow query {id} is {found.State}; there is nothing to cancel."));
    }

    private static Task<SlowQuery?> FindAsync(long id, Reader reader, CancellationToken cancellationToken) =>
        reader.FindAsync(Query(null).Where("slow_query_id = @id").With("id", id), cancellationToken);

    private static RowQuery<SlowQuery> Query(string? state) =>
        new RowQuery<SlowQuery>("pipeline.list_slow_queries(@state)", new OrderColumn("slow_query_id", Descending: true)).With("state", state);

    private static ProblemHttpResult NotFound(long id) => Problem.NotFound(string.Create(CultureInfo.InvariantCulture, $"slow query {id}"));

    private sealed record Requested(bool? IsRunning);
}
