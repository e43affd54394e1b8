using Payments.Pipeline.Tests.Settle;
using Payments.Testing;

namespace Payments.Pipeline.Tests.Sla;

public sealed class CheckSlaTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly SettlementRows _rows = new(database);

    [Theory]
    [InlineData("2026-02-12", false, "2026-02-20", false, null)] // paid on the expected day
    [InlineData("2026-02-11", false, "2026-02-20", false, null)] // paid early
    [InlineData("2026-02-15", false, "2026-02-20", true, 1)] // paid late
    [InlineData(null, false, "2026-02-12", false, null)] // unpaid, due today
    [InlineData(null, false, "2026-02-13", true, 1)]
    [InlineData(null, true, "2026-02-14", true, 1)] // failed counts as unpaid
    [InlineData(null, true, "2026-02-12", false, null)]
    public async Task A_settlement_breaches_when_it_is_paid_or_still_unpaid_after_its_expected_day(
        string? paidOn, bool isFailed, string asOf, bool isBreach, int? daysDelayed)
    {
        var merchant = await AddSettlementAsync();
        if (paidOn is not null || isFailed)
        {
            await _rows.CloseAsync(merchant, "2026-02-10", paidOn);
        }

        await CheckAsync(asOf, "2026-02-20 08:00");

        Assert.Equal(isBreach, Assert.Single(await _rows.SettlementsAsync(merchant)).IsBreach);
        Assert.Equal(daysDelayed, Assert.Single(await IncidentAsync(merchant)).DaysDelayed);
    }

    [Fact]
    public async Task A_breach_is_one_incident_that_is_closed_when_the_money_comes()
    {
        var merchant = await AddSettlementAsync();
        await CheckAsync("2026-02-14", "2026-02-14 06:00");
        await CheckAsync("2026-02-15", "2026-02-15 06:00");

        Assert.Equal([(1, "2026-02-14 06:00", null)], await IncidentAsync(merchant));

        await _rows.CloseAsync(merchant, "2026-02-10", "2026-02-15");
        await CheckAsync("2026-02-16", "2026-02-16 06:00");
        await CheckAsync("2026-02-17", "2026-02-17 06:00");

        Assert.Equal([(1, "2026-02-14 06:00", "2026-02-16 06:00")], await IncidentAsync(merchant));
        Assert.True(Assert.Single(await _rows.SettlementsAsync(merchant)).IsBreach);
    }

    [Fact]
    public async Task A_breach_first_seen_when_it_is_paid_already_is_a_closed_incident()
    {
        var merchant = await AddSettlementAsync();
        await _rows.CloseAsync(merchant, "2026-02-10", "2026-02-13");

        await CheckAsync("2026-02-20", "2026-02-20 06:00");

        Assert.Equal([(1, "2026-02-20 06:00", "2026-02-20 06:00")], await IncidentAsync(merchant));
    }

    [Fact]
    public async Task Checking_again_opens_and_closes_nothing()
    {
        await AddSettlementAsync();
        var first = await CheckAsync("2026-02-20", "2026-02-20 06:00");

        Assert.Equal((first.Breaches, 0L, 0L), await CheckAsync("2026-02-20", "2026-02-20 07:00"));
    }

    [Fact]
    public async Task A_flag_that_somebody_has_bent_is_put_right()
    {
        var merchant = await AddSettlementAsync();
        await _rows.CloseAsync(merchant, "2026-02-10", "2026-02-12");
        await _rows.ExecuteAsync("update settlements set sla_breach = true where merchant_id = $1", merchant);

        await CheckAsync("2026-02-20", "2026-02-20 06:00");

        Assert.False(Assert.Single(await _rows.SettlementsAsync(merchant)).IsBreach);
        Assert.Equal([(null, null, null)], await IncidentAsync(merchant));
    }

    /// <summary>A settlement of 10 February, expected on the 12th.</summary>
    private async Task<string> AddSettlementAsync()
    {
        var merchant = await _rows.AddMerchantAsync();
        await _rows.AddPaymentsAsync(merchant, ("2026-02-10 10:00:00", 100m, "USD"));
        await _rows.SettleAsync("2026-02-11");
        return merchant;
    }

    private Task<(long Breaches, long Opened, long Closed)> CheckAsync(string asOf, string now) => _rows.ReadOneAsync(
        "select breaches, incidents_opened, incidents_closed from pipeline.check_sla($1::date, ($2 || '+00')::timestamptz)",
        reader => (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2)),
        asOf,
        now);

    private Task<List<(int? DaysDelayed, string? Opened, string? Closed)>> IncidentAsync(string merchant) => _rows.ReadAsync(
        """
        select
            (
                select max(days_delayed)
                from sla.incident_events as event
                where event.settlement_id = incident.settlement_id
                    and event.step = 'opened'
            ),
            to_char(opened_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI'),
            to_char(closed_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI')
        from settlements as settlement
        left join sla.incidents as incident on incident.settlement_id = settlement.settlement_id and incident.state <> 'warned'
        where settlement.merchant_id = $1
        """,
        reader => (
            reader.IsDBNull(0) ? (int?)null : reader.GetInt32(0), reader.IsDBNull(1) ? null : reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetString(2)),
        merchant);
}
