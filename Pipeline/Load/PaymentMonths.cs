namespace Payments.Pipeline.Load;

/// <summary>The months that payments lie in: each needs its partition before they are loaded.</summary>
internal sealed class PaymentMonths
{
    private readonly HashSet<DateTime> _months = [];
    private long _from;
    private long _until;

    /// <summary>Beginnings of the months, UTC.</summary>
    public DateTime[] Starts => [.. _months];

    /// <summary>Adds the month of an instant, in PostgreSQL's time.</summary>
    public void Add(long instant)
    {
        if (instant >= _from && instant < _until) return;
        var moment = PostgresInstant.ToDateTime(instant);
        var start = new DateTime(moment.Year, moment.Month, 1, 0, 0, 0, DateTimeKind.Utc);
        _months.Add(start);
        _from = PostgresInstant.FromTicks(start.Ticks);
        _until = PostgresInstant.FromTicks(start.AddMonths(1).Ticks);
    }

    /// <summary>Forgets them.</summary>
    public void Clear()
    {
        _months.Clear();
        (_from, _until) = (0, 0);
    }
}
