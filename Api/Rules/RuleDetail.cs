using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Payments.Api.Docs;
using Payments.Api.Problems;
using Payments.Api.Reading;

namespace Payments.Api.Rules;

/// <summary>A version of a rule.</summary>
/// <param name="Version">From 1.</param>
/// <param name="Description">What it is about.</param>
/// <param name="Expression">When it hits.</param>
/// <param name="Mode">live, shadow or off.</param>
/// <param name="Points">What a hit adds to the score of the rules.</param>
/// <param name="FloorScore">The least score of a payment that it hits; null: none.</param>
/// <param name="Severity">LOW, MEDIUM, HIGH or CRITICAL.</param>
/// <param name="IsFlag">Whether a hit makes the payment suspicious.</param>
/// <param name="MaxShare">The share of payments above which it stops counting.</param>
/// <param name="ValidFrom">It counts from then on, UTC; null: at once.</param>
/// <param name="ValidUntil">It no longer counts from then on, UTC; null: for good.</param>
/// <param name="Author">Whose change it is.</param>
/// <param name="Note">Why.</param>
/// <param name="CreatedAt">When, UTC.</param>
internal sealed record RuleVersion(
    int Version,
    string Description,
    string Expression,
    string Mode,
    decimal Points,
    decimal? FloorScore,
    string Severity,
    bool IsFlag,
    decimal MaxShare,
    DateTime? ValidFrom,
    DateTime? ValidUntil,
    string Author,
    string? Note,
    DateTime CreatedAt)
{
    /// <summary>The versions of a rule, newest first.</summary>
    public static RowQuery<RuleVersion> Query(string code) =>
        new RowQuery<RuleVersion>("pipeline.list_rule_versions(@code)", new OrderColumn("version", Descending: true)).With("code", code);
}

/// <summary>A rule with all that it was.</summary>
/// <param name="Rule">As it counts now.</param>
/// <param name="Versions">Every version, newest first.</param>
internal sealed record RuleDetail(RuleRow Rule, IReadOnlyList<RuleVersion> Versions) : IExample<RuleDetail>
{
    /// <inheritdoc/>
    public static RuleDetail Example { get; } = new(
        RuleRow.Example,
        [new(2, RuleRow.Example.Description, RuleRow.Example.Expression, "live", 25.00m, null, "MEDIUM", false, 0.2000m, null, null, "anna", RuleRow.Example.Note, RuleRow.Example.CreatedAt)]);

    /// <summary>One rule.</summary>
    /// <remarks>As it counts now, with every version, who made it and why.</remarks>
    public static async Task<Results<Ok<RuleDetail>, ProblemHttpResult>> GetAsync(
        [Description("The rule's code.")] string code, Reader reader, TimeProvider clock, CancellationToken cancellationToken) =>
        await FindAsync(code, reader, clock, cancellationToken) is { } rule ? TypedResults.Ok(rule) : NotFound(code);

    /// <summary>The rule of a code, or null.</summary>
    public static async Task<RuleDetail?> FindAsync(string code, Reader reader, TimeProvider clock, CancellationToken cancellationToken) =>
        await RuleRow.FindAsync(code, reader, clock, cancellationToken) is { } rule
            ? new(rule, await reader.StreamAsync(RuleVersion.Query(code), cancellationToken).ToListAsync(cancellationToken))
            : null;

    /// <summary>404 for a rule that is not there.</summary>
    public static ProblemHttpResult NotFound(string code) => Problem.NotFound($"rule {(code.Length <= 50 ? code : code[..50] + "…")}; GET /api/rules lists them");
}
