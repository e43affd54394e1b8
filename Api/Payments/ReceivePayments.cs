using System.ComponentModel;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Payments.Api.Docs;
using Payments.Api.Parameters;
using Payments.Pipeline.Accept;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Payments.Api.Payments;

/// <summary>What became of one payment of a batch.</summary>
/// <param name="Index">Its place in the request, from 0.</param>
/// <param name="Status">As of a request of its own: 201 stored, 200 a duplicate, 409 a conflict, 422 refused, 400 no payment, 500 not stored for a reason of ours.</param>
/// <param name="PaymentId">Its id, where it has one.</param>
internal sealed record BatchItem(int Index, int Status, string? PaymentId)
{
    /// <summary>A stored one's score and decision.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PaymentAnswer? Payment { get; init; }

    /// <summary>Why it is not stored.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<Refusal>? Reasons { get; init; }

    /// <summary>What is wrong with how it is written, by field.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string[]>? Errors { get; init; }
}

/// <summary>What became of the payments of a batch, in their order.</summary>
/// <param name="Received">Payments in the request.</param>
/// <param name="Stored">Of them: now in the store.</param>
/// <param name="Duplicates">Of them: there already, with the same content.</param>
/// <param name="Refused">Of them: not stored.</param>
/// <param name="Results">One for each, in the request's order.</param>
internal sealed record BatchAnswer(int Received, int Stored, int Duplicates, int Refused, IReadOnlyList<BatchItem> Results) : IExample<BatchAnswer>
{
    /// <inheritdoc/>
    public static BatchAnswer Example { get; } = new(
        2, 1, 0, 1,
        [
            new(0, 201, "PAY-000123") { Payment = PaymentAnswer.Example },
            new(1, 422, "PAY-000124") { Reasons = [new("amount.not_positive", "amount", "`amount` is not over 0.", "Correct the value.")] },
        ]);
}

/// <summary><c>POST /api/payments/batch</c>.</summary>
internal static class ReceivePayments
{
    /// <summary>The most payments of a batch.</summary>
    public const int Most = 10_000;

    private const int MostBytes = 16 * 1024 * 1024;

    /// <summary>Stores and scores up to 10,000 payments.</summary>
    /// <remarks>
    /// A JSON list of payments as <c>POST /api/payments</c> takes them (or an object with it as <c>payments</c>). Each has its result, in the request's order: one
    /// that is refused does not keep the others from being stored. The answer is given when all that is stored is durable. <c>Idempotency-Key</c> counts
    /// for the request as a whole.
    /// </remarks>
    [ProducesResponseType<BatchAnswer>(StatusCodes.Status200OK, "application/json")]
    public static async Task<IResult> PostAsync(
        HttpRequest request,
        PaymentAcceptance acceptance,
        IOptions<JsonOptions> json,
        CancellationToken cancellationToken,
        [FromHeader(Name = IdempotencyKey.Header), Description("Names this request, 1 to 255 visible ASCII characters: sent again with the same body, it gets the same answer; with another body it is a 422.")] string? key = null)
    {
        var body = await PaymentBody.ReadAsync(request, MostBytes, cancellationToken);
        var payments = LivePaymentJson.ReadMany(body, Most, out var count);
        if (count > Most)
        {
            throw new BadHttpRequestException(
                string.Create(CultureInfo.InvariantCulture, $"A batch has at most {Most} payments, this one has {count}: send several, or a file to POST /api/imports."), StatusCodes.Status413PayloadTooLarge);
        }

        if (count == 0) throw new InvalidParameterException("body", "must have at least one payment");
        var requestKey = IdempotencyKey.Of(request, key, body);
        LivePayment[] readable = [.. payments.Where(payment => payment.Complaints.Count == 0)];
        if (readable.Length == 0) return TypedResults.Ok(AnswerOf(payments, []));

        var result = await acceptance.AcceptAsync(
            readable, requestKey, accepted => new(StatusCodes.Status200OK, null, JsonSerializer.Serialize(AnswerOf(payments, accepted), json.Value.SerializerOptions)), cancellationToken);
        return result.Kept is { } kept ? new KeptResult(kept, result.IsReplayed) : TypedResults.Ok(AnswerOf(payments, result.Payments));
    }

    private static BatchAnswer AnswerOf(IReadOnlyList<LivePayment> payments, IReadOnlyList<AcceptedPayment> accepted)
    {
        var results = new BatchItem[payments.Count];
        var next = 0;
        for (var i = 0; i < results.Length; i++)
        {
            results[i] = payments[i].Complaints.Count > 0
                ? new(i, StatusCodes.Status400BadRequest, payments[i].PaymentId) { Errors = ReceivePayment.ComplaintsOf(payments[i]) }
                : ItemOf(i, payments[i], accepted[next++]);
        }

        return new(
            results.Length,
            results.Count(item => item.Status == StatusCodes.Status201Created),
            results.Count(item => item.Status == StatusCodes.Status200OK),
            results.Count(item => item.Status >= StatusCodes.Status400BadRequest),
            results);
    }

    private static BatchItem ItemOf(int index, LivePayment payment, AcceptedPayment accepted) => accepted.Status switch
    {
        AcceptStatus.Stored => new(index, StatusCodes.Status201Created, accepted.PaymentId) { Payment = PaymentAnswer.Of(accepted) },
        AcceptStatus.Duplicate => new(index, StatusCodes.Status200OK, accepted.PaymentId) { Payment = PaymentAnswer.Of(accepted) },
        _ => new(index, Refusal.StatusOf(accepted), payment.PaymentId) { Reasons = Refusal.Of(accepted) },
    };
}
