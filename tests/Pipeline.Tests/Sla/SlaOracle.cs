using System.Globalization;

namespace Payments.Pipeline.Tests.Sla;

/// <summary>What becomes of a settlement by its policy, told slowly and obviously: day by day.</summary>
internal sealed class SlaOracle(PolicyRow policy, HashSet<DateOnly> holidays, int digits)
{
    /// <summary>The steps of a settlement that is looked at every day up to one, each with the day, the days late and the penalty by then.</summary>
    public List<string> Timeline(DueRow due, DateOnly asOf)
    {
        var steps = new List<string>();
        var wasCapped = false;
        var isWarned = false;
        for (var day = due.Expected.AddDays(-100); day <= asOf; day = day.AddDays(1))
        {
            var isPaid = due.PaidOn <= day;
            var isLate = day > due.Expected && !(due.PaidOn < day);
            var penalty = Penalty(due, day);
            void Tell(string step) => steps.Add(string.Create(CultureInfo.InvariantCulture, $"{step} {day:yyyy-MM-dd} {Math.Max(day.DayNumber - due.Expected.DayNumber, 0)} {penalty:0.###}"));

            if (!isWarned && !isPaid && day <= due.Expected && policy.WarningDays is { } warning && day >= Back(due.Expected, warning))
            {
                isWarned = true;
                Tell("warned");
            }

            if (isLate && day == due.Expected.AddDays(1)) Tell("opened");
            if (isLate && policy.Basis != "none")
            {
                var days = PenaltyDays(due.Expected, day);
                var isNew = days > PenaltyDays(due.Expected, day.AddDays(-1));
                if (isNew && !wasCapped && days > 1 && policy.Tiers.Any(tier => tier.FromDay == days)) Tell("penalty");
                if (isNew && !wasCapped && Uncapped(days) >= policy.Cap)
                {
                    wasCapped = true;
                    Tell("penalty_capped");
                }
            }

            if (isLate && policy.EscalationDays is { } escalation && DelayDays(policy.EscalatesByBusinessDays, due.Expected, day) == escalation && DelayDays(policy.EscalatesByBusinessDays, due.Expected, day.AddDays(-1)) == escalation - 1) Tell("escalated");
            if (due.PaidOn == day && (day > due.Expected || isWarned)) Tell("paid");
        }

        return steps;
    }

    /// <summary>The penalty by a day, or by the day paid.</summary>
    public decimal Penalty(DueRow due, DateOnly asOf)
    {
        var until = due.PaidOn < asOf ? due.PaidOn.Value : asOf;
        if (until <= due.Expected || policy.Basis == "none") return 0;
        var units = Uncapped(PenaltyDays(due.Expected, until));
        if (units > policy.Cap) units = policy.Cap.Value;
        return decimal.Round(policy.Basis == "fixed" ? units : Math.Max(due.Net, 0) * units / 100, digits, MidpointRounding.AwayFromZero);
    }

    /// <summary>Days after one up to another, all or business days.</summary>
    public int DelayDays(bool isBusiness, DateOnly after, DateOnly through)
    {
        var days = 0;
        for (var day = after.AddDays(1); day <= through; day = day.AddDays(1))
        {
            if (!isBusiness || IsOpen(day)) days++;
        }

        return days;
    }

    private int PenaltyDays(DateOnly after, DateOnly through) => DelayDays(policy.CostsByBusinessDays, after, through);

    private decimal Uncapped(int days)
    {
        var sum = 0m;
        for (var day = 1; day <= days; day++)
        {
            sum += policy.Tiers.Where(tier => tier.FromDay <= day).Select(tier => tier.Rate).LastOrDefault();
        }

        return sum;
    }

    private DateOnly Back(DateOnly day, int days)
    {
        if (!policy.WarnsByBusinessDays) return day.AddDays(-days);
        while (days > 0)
        {
            day = day.AddDays(-1);
            if (IsOpen(day)) days--;
        }

        return day;
    }

    private bool IsOpen(DateOnly day) => day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && !holidays.Contains(day);
}
