using System.Globalization;
using System.Text;

namespace Payments.Api.Feed;

/// <summary>An event as it goes over the wire: made once for all readers.</summary>
/// <param name="Id">Its place: whoever has seen it has seen all before it.</param>
/// <param name="Kind">payment, alert or rule.</param>
/// <param name="Block">Its lines, the blank one at the end included.</param>
internal sealed record FeedEvent(long Id, string Kind, ReadOnlyMemory<byte> Block)
{
    /// <summary>A scored payment.</summary>
    public const string Payment = "payment";

    /// <summary>A step of an alert.</summary>
    public const string Alert = "alert";

    /// <summary>A step of an alert about a rule that was stopped.</summary>
    public const string Rule = "rule";

    /// <summary>What a reader hears first: from where it reads on.</summary>
    public const string Ready = "ready";

    /// <summary>What a reader hears when events are missing between what it has seen and what comes.</summary>
    public const string Reset = "reset";

    /// <summary>How a stream looks, for the documentation.</summary>
    public static string StreamExample =>
        """
        retry: 2000

        id: 4100
        event: ready
        data: {"resumes_after":4100}

        id: 4101
        event: payment
        data: {"amount": 129.90, "currency": "USD", "decision": "REVIEW", "payment_id": "PAY-000123", "risk_score": 84.25}

        id: 4102
        event: alert
        data: {"step": "raised", "status": "OPEN", "alert_id": 17, "severity": "HIGH", "rule_code": "card_testing"}

        : 15 s of silence

        """;

    /// <summary>An event of this kind with one line of data.</summary>
    public static FeedEvent Of(long id, string kind, string data) =>
        new(id, kind, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"id: {id}\nevent: {kind}\ndata: {data}\n\n")));
}
