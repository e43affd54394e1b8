using System.ComponentModel;
using System.Security.Claims;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Payments.Api.Docs;
using Payments.Api.Etl;
using Payments.Api.Parameters;
using Payments.Api.Problems;
using Payments.Api.Reading;
using Payments.Pipeline.Runs;

namespace Payments.Api.Models;

/// <summary>Why another model is to be live.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ModelChangeRequest : IExample<ModelChangeRequest>
{
    /// <inheritdoc/>
    public static ModelChangeRequest Example { get; } = new() { Reason = "blocks too much since Monday" };

    /// <summary>Kept with the model and the caller's name; at most 1,000 characters.</summary>
    public string? Reason { get; init; }
}

/// <summary>Trains models and says which is live. Whatever changes counts from the next payment on, everywhere.</summary>
internal static class ModelChanges
{
    /// <summary>Trains a model.</summary>
    /// <remarks>Of the newest days whose labels are due (section <c>Training</c>). It goes live only if it is better than the live one on later days that neither has seen. The answer is the run's Location; joins the training that is queued or running.</remarks>
    public static async Task<Accepted<RunAccepted>> TrainAsync(RunQueue queue, CancellationToken cancellationToken) =>
        RunAccepted.At(await queue.RequestAsync(RunKind.TrainModel, $"api:{Guid.NewGuid()}", RunRequester.Api, null, cancellationToken));

    /// <summary>Makes a known model live.</summary>
    /// <remarks>Whatever it was measured at: a person says so. 409 when it is live already.</remarks>
    public static async Task<Results<Ok<Model>, ProblemHttpResult>> PromoteAsync(
        [Description("The model's version.")] long version, ModelChangeRequest request, Reader reader, TimeProvider clock, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        RequestTexts.RequireText("reason", request.Reason);
        var outcome = await reader.FindAsync(
            new RowQuery<Promotion>("pipeline.promote_model(@version, @by, @reason, @now) as outcome")
                .With("version", version)
                .With("by", user.Identity?.Name)
                .With("reason", request.Reason)
                .With("now", clock.GetUtcNow().UtcDateTime),
            cancellationToken);
        return outcome?.Outcome switch
        {
            "live" => TypedResults.Ok((await Model.FindAsync(version, reader, cancellationToken))!),
            "unchanged" => Problem.Of(StatusCodes.Status409Conflict, $"Model {version} is live already."),
            _ => Model.NotFound(version),
        };
    }

    /// <summary>Goes back to the model before.</summary>
    /// <remarks>The live model is retired, and the one that was promoted before it is live again: it counts from the next payment on. 409 when there is none to go back to.</remarks>
    public static async Task<Results<Ok<Model>, ProblemHttpResult>> RollBackAsync(
        ModelChangeRequest request, Reader reader, TimeProvider clock, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        RequestTexts.RequireText("reason", request.Reason);
        var restored = await reader.FindAsync(
            new RowQuery<Restored>("pipeline.roll_back_model(@by, @reason, @now) as version")
                .With("by", user.Identity?.Name)
                .With("reason", request.Reason)
                .With("now", clock.GetUtcNow().UtcDateTime),
            cancellationToken);
        return restored?.Version is { } version
            ? TypedResults.Ok((await Model.FindAsync(version, reader, cancellationToken))!)
            : Problem.Of(StatusCodes.Status409Conflict, "There is no model that was live before the one that is.");
    }

    private sealed record Promotion(string Outcome);

    private sealed record Restored(long? Version);
}
