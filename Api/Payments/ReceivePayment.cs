using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Payments.Api.Problems;
using Payments.Pipeline.Accept;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Payments.Api.Payments;

/// <summary><c>POST /api/payments</c>.</summary>
internal static class ReceivePayment
{
    private const int MostBytes = 64 * 1024;

    /// <summary>Stores and scores a payment.</summary>
    /// <remarks>
    /// The answer is given when the payment is durable: 201, its score and what to do with it. The same payment again is a 200 with the stored score; another
    /// one under its id a 409. A payment that breaks a rule is a 422 with every reason, by the codes of imports; a body that is no payment a 400.
    /// Amounts are JSON numbers and lose no digit. With <c>Idempotency-Key</c> a request can be sent again for 24 hours and gets the same answer
    /// (header <c>Idempotent-Replayed</c>); a refusal changes nothing and is not kept.
    /// </remarks>
    [ProducesResponseType<PaymentAnswer>(StatusCodes.Status201Created, "application/json")]
    [ProducesResponseType<PaymentAnswer>(StatusCodes.Status200OK, "application/json")]
    public static async Task<IResult> PostAsync(
        HttpRequest request,
        PaymentAcceptance acceptance,
        IOptions<JsonOptions> json,
        CancellationToken cancellationToken,
        [FromHeader(Name = IdempotencyKey.Header), Description("Names this request, 1 to 255 visible ASCII characters: sent again with the same body, it gets the same answer; with another body it is a 422.")] string? key = null)
    {
        var body = await PaymentBody.ReadAsync(request, MostBytes, cancellationToken);
        var payment = LivePaymentJson.ReadOne(body);
        if (payment.Complaints.Count > 0) return Problem.InvalidParameters(ComplaintsOf(payment));

        var result = await acceptance.AcceptAsync(
            [payment], IdempotencyKey.Of(request, key, body), accepted => AnswerOf(accepted[0], json.Value.SerializerOptions), cancellationToken);
        if (result.Kept is { } kept) return new KeptResult(kept, result.IsReplayed);
        return result.Payments[0] switch
        {
            { Status: AcceptStatus.Stored } stored => TypedResults.Created(LocationOf(stored), PaymentAnswer.Of(stored)),
            { Status: AcceptStatus.Duplicate } duplicate => TypedResults.Ok(PaymentAnswer.Of(duplicate)),
            var refused => Refusal.ProblemOf(refused),
        };
    }

    /// <summary>What is wrong with each field, as a 400 tells it.</summary>
    public static Dictionary<string, string[]> ComplaintsOf(LivePayment payment) => payment.Complaints
        .GroupBy(complaint => complaint.Field)
        .ToDictionary(group => group.Key, group => group.Select(complaint => $"{complaint.Field} {complaint.Complaint}.").ToArray());

    private static KeptAnswer AnswerOf(AcceptedPayment payment, JsonSerializerOptions json)
    {
        var body = JsonSerializer.Serialize(PaymentAnswer.Of(payment), json);
        return payment.Status switch
        {
            AcceptStatus.Stored => new(StatusCodes.Status201Created, LocationOf(payment), body),
            AcceptStatus.Duplicate => new(StatusCodes.Status200OK, null, body),
            _ => throw new UnreachableException("A refusal is not kept."),
        };
    }

    private static string LocationOf(AcceptedPayment payment) => $"/api/payments/{payment.PaymentId}";
}

/// <summary>An answer as it is kept under its request's key, byte by byte.</summary>
/// <param name="answer">The answer.</param>
/// <param name="isReplayed">Whether it was given before.</param>
internal sealed class KeptResult(KeptAnswer answer, bool isReplayed) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = answer.Status;
        response.ContentType = "application/json; charset=utf-8";
        if (answer.Location is { } location) response.Headers.Location = location;
        if (isReplayed) response.Headers[IdempotencyKey.ReplayedHeader] = "true";
        return response.WriteAsync(answer.Body, httpContext.RequestAborted);
    }
}
