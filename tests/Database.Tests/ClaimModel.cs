namespace Payments.Database.Tests;

/// <summary>What the store should make of payments, refunds and disputes, record by record: written down a second time, the slow way.</summary>
internal sealed class ClaimModel
{
    private static readonly string[] Inquiries = ["warning_needs_response", "warning_under_review"];
    private static readonly string[] Chargebacks = ["needs_response", "under_review"];

    private readonly Dictionary<string, StagedPayment> _payments = [];
    private readonly Dictionary<string, string> _before = [];
    private readonly Dictionary<(string Kind, string Id), StagedClaim> _claims = [];

    public IEnumerable<StagedPayment> Payments => _payments.Values;

    public IEnumerable<StagedClaim> Claims => _claims.Values;

    /// <summary>accepted, duplicate, or the reason of the refusal.</summary>
    public string Take(StagedPayment record)
    {
        if (!_payments.TryGetValue(record.Id, out var known))
        {
            _payments.Add(record.Id, record);
            return "accepted";
        }

        if (known with { Status = record.Status } != record) return "payment_id.conflict";
        if (known.Status == record.Status || _before.GetValueOrDefault(record.Id) == record.Status) return "duplicate";
        if ((known.Status, record.Status) is ("PENDING", "SUCCESS" or "FAILED") or ("SUCCESS", "REFUNDED"))
        {
            _payments[record.Id] = record;
            return "accepted";
        }

        return "status.transition";
    }

    /// <summary>The same of an update's refund or dispute.</summary>
    public string Take(StagedClaim record)
    {
        if (!_payments.TryGetValue(record.Payment, out var payment)) return "payment_id.unknown";
        if (payment.Currency != record.Currency) return "currency.mismatch";
        if (_claims.TryGetValue((record.Kind, record.Id), out var known))
        {
            if (known with { Status = record.Status } != record) return $"{record.Kind}_id.conflict";
            if (known.Status == record.Status) return "duplicate";
            if (!IsMove(record.Kind, known.Status, record.Status)) return "status.transition";
        }
        else
        {
            if (payment.Status == "FAILED") return record.Kind == "refund" ? "payment_id.not_refundable" : "payment_id.not_disputable";
            if (record.Kind == "refund" && IsLive(record) && Refunds(payment).Where(IsLive).Sum(refund => refund.Amount) + record.Amount > payment.Amount) return "amount.exceeds_payment";
        }

        var wasWhole = Refunded(payment) == payment.Amount;
        _claims[(record.Kind, record.Id)] = record;
        var isWhole = Refunded(payment) == payment.Amount;
        if (isWhole && !wasWhole && payment.Status is ("SUCCESS" or "PENDING"))
        {
            _before[payment.Id] = payment.Status;
            _payments[payment.Id] = payment with { Status = "REFUNDED" };
        }
        else if (wasWhole && !isWhole && _before.Remove(payment.Id, out var before))
        {
            _payments[payment.Id] = payment with { Status = before };
        }

        return "accepted";
    }

    /// <summary>What the merchant keeps of a payment, commission aside.</summary>
    public decimal Kept(StagedPayment payment) => payment.Status != "SUCCESS" ? 0m : Math.Max(0m, payment.Amount - Refunded(payment) - _claims.Values
        .Where(claim => claim.Kind == "dispute" && claim.Payment == payment.Id && claim.Status is ("needs_response" or "under_review" or "lost"))
        .Sum(claim => claim.Amount));

    private IEnumerable<StagedClaim> Refunds(StagedPayment payment) => _claims.Values.Where(claim => claim.Kind == "refund" && claim.Payment == payment.Id);

    private decimal Refunded(StagedPayment payment) => Refunds(payment).Where(refund => refund.Status == "succeeded").Sum(refund => refund.Amount);

    private static bool IsLive(StagedClaim refund) => refund.Status is not ("failed" or "canceled");

    private static bool IsMove(string kind, string from, string to) => kind == "refund"
        ? (from, to) is ("pending", "succeeded" or "failed" or "canceled") or ("succeeded", "failed")
        : (Inquiries.Contains(from) && (Array.IndexOf(Inquiries, to) > Array.IndexOf(Inquiries, from) || Chargebacks.Contains(to) || to is "won" or "lost" or "warning_closed" or "prevented"))
            || (Chargebacks.Contains(from) && (Array.IndexOf(Chargebacks, to) > Array.IndexOf(Chargebacks, from) || to is "won" or "lost"));
}
