using System.Globalization;
using System.Security.Claims;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Payments.Api.Docs;
using Payments.Api.Parameters;
using Payments.Api.Problems;
using Payments.Api.Reading;

namespace Payments.Api.Rules;

/// <summary>From which score on a payment is reviewed or blocked.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ChangedThresholds : IExample<ChangedThresholds>
{
    /// <inheritdoc/>
    public static ChangedThresholds Example { get; } = new() { Version = 1, Review = 65, Block = 90, Note = "more hands in February" };

    /// <summary>The version that is changed: another one since is a 409.</summary>
    public int? Version { get; init; }

    /// <summary>REVIEW from this score on, 0 to 100, at most block.</summary>
    public decimal? Review { get; init; }

    /// <summary>BLOCK from this score on, 0 to 101; over 100 the score alone blocks nothing.</summary>
    public decimal? Block { get; init; }

    /// <summary>Why, for whoever looks at it later; at most 1,000 characters.</summary>
    public string? Note { get; init; }
}

/// <summary>From which score on payments are reviewed and blocked.</summary>
/// <param name="Version">Raised by every change; who changes them says which one they saw.</param>
/// <param name="Review">REVIEW from this score on.</param>
/// <param name="Block">BLOCK from this score on; over 100 the score alone blocks nothing.</param>
/// <param name="Author">Who set them.</param>
/// <param name="Note">Why.</param>
/// <param name="ChangedAt">UTC.</param>
internal sealed record Thresholds(int Version, decimal Review, decimal Block, string Author, string? Note, DateTime ChangedAt) : IExample<Thresholds>
{
    /// <inheritdoc/>
    public static Thresholds Example { get; } = new(2, 65.00m, 90.00m, "anna", "more hands in February", new(2026, 1, 31, 9, 12, 0, DateTimeKind.Utc));

    /// <summary>The thresholds.</summary>
    /// <remarks>From which score on a payment is reviewed and from which it is blocked; docs/rules.md says what the scores mean.</remarks>
    public static async Task<Ok<Thresholds>> GetAsync(Reader reader, CancellationToken cancellationToken) => TypedResults.Ok(await FindAsync(reader, cancellationToken));

    /// <summary>Changes the thresholds.</summary>
    /// <remarks>They count from the next batch on. What is stored keeps its decision.</remarks>
    public static async Task<Results<Ok<Thresholds>, ProblemHttpResult>> PutAsync(
        ChangedThresholds request, Reader reader, TimeProvider clock, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var review = Required("review", request.Review, 100);
        var block = Required("block", request.Block, 101);
        if (review > block) throw new InvalidParameterException("review", "must be at most block");
        RequestTexts.CheckNote("note", request.Note);
        var seen = request.Version ?? throw new InvalidParameterException("version", "is required: the version of the thresholds that you saw; GET /api/risk/thresholds shows it");

        var saved = await reader.FindAsync(
            new RowQuery<SavedVersion>("pipeline.set_thresholds(@seen, @review, @block, @by, @note, @now) as saved (version)")
                .With("seen", seen)
                .With("review", review)
                .With("block", block)
                .With("by", user.Identity?.Name)
                .With("note", request.Note)
                .With("now", clock.GetUtcNow().UtcDateTime),
            cancellationToken);
        var now = await FindAsync(reader, cancellationToken);
        return saved?.Version is not null
            ? TypedResults.Ok(now)
            : Problem.Of(
                StatusCodes.Status409Conflict,
                string.Create(CultureInfo.InvariantCulture, $"The thresholds have version {now.Version}, set by {now.Author}, not {seen}: look at them, then change those."),
                ("version", now.Version));
    }

    private static async Task<Thresholds> FindAsync(Reader reader, CancellationToken cancellationToken) =>
        (await reader.FindAsync(new RowQuery<Thresholds>("pipeline.get_thresholds()"), cancellationToken))!;

    private static decimal Required(string name, decimal? value, int most) =>
        value is { } number && number >= 0 && number <= most && decimal.Round(number, 2) == number
            ? number
            : throw new InvalidParameterException(name, $"is required: a number from 0 to {most} with at most two decimals");
}
