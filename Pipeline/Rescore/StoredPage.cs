using Payments.Risk.Features;

namespace Payments.Pipeline.Rescore;

/// <summary>Some stored payments in their order; the first page of a time also has what became known within it.</summary>
internal sealed record StoredPage(IReadOnlyList<StoredPayment> Payments, IReadOnlyList<KnownFraud> Frauds, IReadOnlyList<Failure> Failures);

/// <summary>A stored payment.</summary>
internal readonly record struct StoredPayment(PaymentFacts Facts, KnownLabel? Label, StoredScore Stored);

/// <summary>A fraud, and when it became known.</summary>
internal readonly record struct KnownFraud(string PaymentId, string CustomerId, string MerchantId, long PaidAt, long KnownAt);

/// <summary>A payment that came in another status, and when it failed.</summary>
internal readonly record struct Failure(string PaymentId, string CustomerId, string MerchantId, string Currency, long PaidAt, long FailedAt);
