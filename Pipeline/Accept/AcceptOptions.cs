using System.ComponentModel.DataAnnotations;

namespace Payments.Pipeline.Accept;

/// <summary>Section <c>Accept</c>: how payments of the API are collected and loaded.</summary>
public sealed class AcceptOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Accept";

    /// <summary>Transactions at a time. They take turns at the totals of the day: more than a few wait for each other.</summary>
    [Range(1, 8)]
    public int Lanes { get; set; } = 2;

    /// <summary>Most payments of one transaction; a request with more has one to itself.</summary>
    [Range(1, 1_000)]
    public int BatchPayments { get; set; } = 64;

    /// <summary>How long a transaction waits for more payments when the one before had several, in milliseconds: 0 to 50.</summary>
    [Range(0, 50)]
    public int CollectMilliseconds { get; set; } = 1;

    /// <summary>Requests that may wait for their transaction; more are sent away for the moment.</summary>
    [Range(1, 1_000_000)]
    public int WaitingRequests { get; set; } = 4_096;

    /// <summary>How long a request waits for another one with its idempotency key, in seconds.</summary>
    [Range(1, 60)]
    public int KeySeconds { get; set; } = 10;

    /// <summary>How long answers are kept under their idempotency keys, in hours.</summary>
    [Range(1, 24 * 365)]
    public int KeyHours { get; set; } = 24;
}
