using Payments.Api.Doors;
using Payments.Api.Parameters;
using Payments.Pipeline.Accept;

namespace Payments.Api.Payments;

/// <summary>The header by which a request may be sent again without being done again.</summary>
internal static class IdempotencyKey
{
    /// <summary>The request's header.</summary>
    public const string Header = "Idempotency-Key";

    /// <summary>The answer's header: it was given before.</summary>
    public const string ReplayedHeader = "Idempotent-Replayed";

    private const int Longest = 255;

    /// <summary>The key of a request; null where it has none.</summary>
    /// <exception cref="InvalidParameterException">It is none.</exception>
    public static RequestKey? Of(HttpRequest request, string? key, ReadOnlyMemory<byte> body)
    {
        if (key is null) return null;
        if (key.Length is 0 or > Longest || key.Any(character => character is < '!' or > '~'))
        {
            throw new InvalidParameterException(Header, $"must be 1 to {Longest} visible ASCII characters");
        }

        return new(ChangeLimit.CallerOf(request.HttpContext), key, PaymentBody.HashOf(request, body));
    }
}
