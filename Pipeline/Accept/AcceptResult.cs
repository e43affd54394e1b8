using Payments.Risk.Engine;

namespace Payments.Pipeline.Accept;

/// <summary>What became of a payment.</summary>
public enum AcceptStatus
{
    /// <summary>It is in the store, because of this request.</summary>
    Stored,

    /// <summary>It was in the store already, with this content.</summary>
    Duplicate,

    /// <summary>The rules or the store refuse it; <see cref="AcceptedPayment.Refusals"/> say why.</summary>
    Refused,

    /// <summary>It is known with other content.</summary>
    Conflict,

    /// <summary>It could not be stored, and nobody knows why; the log says more.</summary>
    Failed,
}

/// <summary>What became of a payment, and how it is scored.</summary>
/// <param name="Status">What became of it.</param>
public sealed record AcceptedPayment(AcceptStatus Status)
{
    /// <summary>Its id.</summary>
    public string PaymentId { get; init; } = "";

    /// <summary>The stored score, 0 to 100; null for what is not stored, and for an archived duplicate.</summary>
    public decimal? RiskScore { get; init; }

    /// <summary>What to do; null where there is no score.</summary>
    public Decision? Decision { get; init; }

    /// <summary>Whether a flag or a block list made it suspicious.</summary>
    public bool IsSuspicious { get; init; }

    /// <summary>Why it has its score.</summary>
    public IReadOnlyList<Reason> Reasons { get; init; } = [];

    /// <summary>What carries the score: rules, and where there are models forest and model; none where the score was stored before.</summary>
    public IReadOnlyList<string> ScoredBy { get; init; } = [];

    /// <summary>The rules and models that it was scored by; null where the score was stored before.</summary>
    public EngineVersions? Versions { get; init; }

    /// <summary>Reason codes of a refusal, as imports have them.</summary>
    public IReadOnlyList<string> Refusals { get; init; } = [];
}

/// <summary>The name that a caller gave to a request, so that it may be sent again.</summary>
/// <param name="Caller">Whose it is.</param>
/// <param name="Key">The name.</param>
/// <param name="Hash">Of path and body.</param>
public sealed record RequestKey(string Caller, string Key, Guid Hash);

/// <summary>An answer that is kept under its request's key.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Location">Where the payment is; null for several.</param>
/// <param name="Body">JSON.</param>
public sealed record KeptAnswer(short Status, string? Location, string Body);

/// <summary>What became of a request.</summary>
/// <param name="Payments">Of each payment in its order; empty where the answer is an old one.</param>
/// <param name="Kept">The answer that was kept, now or when the request was first made; null where none is.</param>
/// <param name="IsReplayed">Whether the request had been made before.</param>
public sealed record AcceptResult(IReadOnlyList<AcceptedPayment> Payments, KeptAnswer? Kept, bool IsReplayed);

/// <summary>Too many requests wait already.</summary>
public sealed class AcceptanceFullException() : Exception("Too many payments are waiting to be stored; nothing of this request was.");

/// <summary>The idempotency key was used for another request.</summary>
/// <param name="key">The key.</param>
public sealed class KeyReusedException(string key) : Exception($"Idempotency-Key '{key}' was used for another request in the last hours: give this one a key of its own.");

/// <summary>Another request with the same idempotency key is still under way.</summary>
/// <param name="key">The key.</param>
public sealed class KeyHeldException(string key) : Exception($"A request with Idempotency-Key '{key}' is still under way: ask again in a moment.");
