using System.ComponentModel;
using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Payments.Api.Parameters;
using Payments.Api.Problems;
using Payments.Api.Reading;
using Payments.Pipeline.RuleBooks;

namespace Payments.Api.Rules;

/// <summary><c>POST /api/rules</c>, <c>PUT /api/rules/{code}</c> and <c>POST /api/rules/{code}/mode</c>.</summary>
internal static class SaveRule
{
    /// <summary>Makes a rule.</summary>
    /// <remarks>It counts from the next batch on, in files and in the API, without a restart; without a <c>mode</c> it is a shadow rule, whose hits are counted and change nothing. Everything is kept with the caller's name.</remarks>
    public static async Task<Results<Created<RuleDetail>, ProblemHttpResult>> PostAsync(
        NewRule request, Reader reader, TimeProvider clock, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var code = request.CheckedCode();
        request.Check();
        return await SaveAsync(request.Save(code, 0, user.Identity?.Name, clock.GetUtcNow().UtcDateTime), reader, cancellationToken)
            ? TypedResults.Created($"/api/rules/{code}", await RuleDetail.FindAsync(code, reader, clock, cancellationToken))
            : Problem.Of(StatusCodes.Status409Conflict, $"There is a rule {code}: change it by PUT /api/rules/{code}.");
    }

    /// <summary>Changes a rule.</summary>
    /// <remarks>The body is the whole rule and becomes its new version; <c>version</c> says which one it follows. It counts from the next batch on; counts of its hits, and so its cap, begin anew.</remarks>
    public static async Task<Results<Ok<RuleDetail>, ProblemHttpResult>> PutAsync(
        [Description("The rule's code.")] string code, ChangedRule request, Reader reader, TimeProvider clock, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        request.Check();
        var seen = Required(request.Version);
        return await ChangeAsync(code, seen, request, reader, clock, user, cancellationToken);
    }

    /// <summary>Changes a rule's mode.</summary>
    /// <remarks>live, shadow or off; the rest of the rule stays. A version of its own, as every change.</remarks>
    public static async Task<Results<Ok<RuleDetail>, ProblemHttpResult>> ChangeModeAsync(
        [Description("The rule's code.")] string code, ChangedMode request, Reader reader, TimeProvider clock, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        if (request.Mode is null) throw new InvalidParameterException("mode", $"is required: one of {string.Join(", ", RuleWords.Modes)}");
        RuleTexts.RequireOneOf("mode", request.Mode, RuleWords.Modes);
        RequestTexts.CheckNote("note", request.Note);
        var seen = Required(request.Version);
        if (await RuleRow.FindAsync(code, reader, clock, cancellationToken) is not { } rule) return RuleDetail.NotFound(code);

        // A rule that cannot be read any more must still be one that can be turned off.
        if (rule.Problem is { } problem && request.Mode != "off")
        {
            return Problem.Of(StatusCodes.Status409Conflict, $"The rule's expression cannot be read any more ({problem.TrimEnd('.')}): change it by PUT /api/rules/{code}.");
        }

        var content = new ChangedRule
        {
            Description = rule.Description,
            Expression = rule.Expression,
            Mode = request.Mode,
            Points = rule.Points,
            FloorScore = rule.FloorScore,
            Severity = rule.Severity,
            IsFlag = rule.IsFlag,
            MaxShare = rule.MaxShare,
            ValidFrom = rule.ValidFrom,
            ValidUntil = rule.ValidUntil,
            Note = request.Note,
        };
        return await ChangeAsync(code, seen, content, reader, clock, user, cancellationToken);
    }

    private static async Task<Results<Ok<RuleDetail>, ProblemHttpResult>> ChangeAsync(
        string code, int seen, RuleContent content, Reader reader, TimeProvider clock, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        if (await RuleRow.FindAsync(code, reader, clock, cancellationToken) is null) return RuleDetail.NotFound(code);
        var isSaved = await SaveAsync(content.Save(code, seen, user.Identity?.Name, clock.GetUtcNow().UtcDateTime), reader, cancellationToken);
        var rule = (await RuleDetail.FindAsync(code, reader, clock, cancellationToken))!;
        return isSaved
            ? TypedResults.Ok(rule)
            : Problem.Of(
                StatusCodes.Status409Conflict,
                string.Create(CultureInfo.InvariantCulture, $"The rule has version {rule.Rule.Version}, made by {rule.Rule.Author}, not {seen}: look at it, then change that one."),
                ("version", rule.Rule.Version));
    }

    private static async Task<bool> SaveAsync(RowQuery<SavedVersion> query, Reader reader, CancellationToken cancellationToken) =>
        (await reader.FindAsync(query, cancellationToken))?.Version is not null;

    private static int Required(int? version) =>
        version is > 0 and < int.MaxValue ? version.Value : throw new InvalidParameterException("version", "is required: the version of the rule that you saw; GET /api/rules/{code} shows it");
}
