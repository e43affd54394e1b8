using Npgsql;
using Payments.Testing;

namespace Payments.Pipeline.Tests.Sla;

/// <summary>A policy, as a contract would say it.</summary>
internal sealed record PolicyRow(string MerchantId)
{
    public string? Currency { get; init; }

    public int? WarningDays { get; init; }

    public bool WarnsByBusinessDays { get; init; }

    public int? EscalationDays { get; init; }

    public bool EscalatesByBusinessDays { get; init; }

    public string Basis { get; init; } = "none";

    public bool CostsByBusinessDays { get; init; }

    public (int FromDay, decimal Rate)[] Tiers { get; init; } = [];

    public decimal? Cap { get; init; }

    public decimal Target { get; init; } = 95;

    public DateOnly ValidFrom { get; init; } = new(2020, 1, 1);

    public DateOnly? ValidUntil { get; init; }
}

/// <summary>A settlement and when it is paid.</summary>
internal sealed record DueRow(string Id, string MerchantId, string Currency, decimal Net, DateOnly Expected, DateOnly? PaidOn);

/// <summary>Rows that the SLA check starts from, and what it made of them.</summary>
internal sealed class SlaRows(TestDatabase database)
{
    /// <summary>A calendar without Saturdays, Sundays and these days.</summary>
    public async Task AddCalendarAsync(string calendar, params DateOnly[] holidays)
    {
        await ExecuteAsync("insert into settlement.calendars (calendar, calendar_name, author) values ($1, $1, 'test')", calendar);
        foreach (var day in holidays)
        {
            await ExecuteAsync("insert into settlement.calendar_days (calendar, day, is_business_day, name, author) values ($1, $2, false, 'Holiday', 'test')", calendar, day);
        }

        await ExecuteAsync("select pipeline.refresh_calendars()");
    }

    public async Task AddMerchantAsync(string id, string? calendar = null)
    {
        await ExecuteAsync("insert into merchants (merchant_id, merchant_name) values ($1, 'Shop ' || $1)", id);
        if (calendar is not null) await ExecuteAsync("insert into settlement.terms (merchant_id, valid_from, calendar, author) values ($1, '2020-01-01', $2, 'test')", id, calendar);
    }

    public async Task<long> AddPolicyAsync(PolicyRow policy) => Assert.Single(await ReadAsync(
        "select policy_id from pipeline.add_sla_policy($1, $2, 'Policy', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, null, 'test', '2026-01-01Z')",
        reader => reader.GetInt64(0),
        policy.MerchantId,
        policy.Currency,
        policy.ValidFrom,
        policy.ValidUntil,
        policy.WarningDays,
        Kind(policy.WarnsByBusinessDays),
        policy.EscalationDays,
        Kind(policy.EscalatesByBusinessDays),
        policy.Basis,
        Kind(policy.CostsByBusinessDays),
        policy.Cap,
        policy.Tiers.Select(tier => tier.FromDay).ToArray(),
        policy.Tiers.Select(tier => tier.Rate).ToArray(),
        policy.Target));

    /// <summary>An unpaid settlement of the two days before the expected one.</summary>
    public Task AddAsync(DueRow due) => ExecuteAsync(
        """
        insert into settlements (settlement_id, merchant_id, expected_settlement_date, total_amount, commission_amount, adjustment_amount, net_amount, payment_count, currency, period_start, period_end)
        values ($1, $2, $3, abs($4), 0, $4 - abs($4), $4, 1, $5, $3 - 2, $3 - 1)
        """,
        due.Id,
        due.MerchantId,
        due.Expected,
        due.Net,
        due.Currency);

    public Task PayAsync(string id, DateOnly on) => ExecuteAsync("update settlements set status = 'COMPLETED', settlement_date = $2, updated_at = now() where settlement_id = $1", id, on);

    public Task FailAsync(string id) => ExecuteAsync("update settlements set status = 'FAILED', settlement_date = null, updated_at = now() where settlement_id = $1", id);

    /// <summary>Checks as of a day, at six in the morning of it.</summary>
    public async Task<(long Breaches, long Opened, long Closed, long Steps, long Judged)> CheckAsync(DateOnly asOf) => Assert.Single(await ReadAsync(
        "select breaches, incidents_opened, incidents_closed, steps, settlements_judged from pipeline.check_sla($1, ($1::timestamp + interval '6 hours') at time zone 'UTC')",
        reader => (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4)),
        asOf));

    /// <summary>The timeline of a settlement: step, day, days late, penalty.</summary>
    public Task<List<string>> TimelineAsync(string id) => ReadAsync(
        "select concat_ws(' ', step, effective_on, days_delayed, trim_scale(penalty_amount)) from sla.incident_events where settlement_id = $1 order by event_id",
        reader => reader.GetString(0),
        id);

    /// <summary>The incident of a settlement: state, outcome, days, penalty; null without one.</summary>
    public async Task<string?> IncidentAsync(string id) => (await ReadAsync(
        "select concat_ws(' ', state, outcome, warned_on, opened_on, escalated_on, closed_on, trim_scale(penalty_amount)) from sla.incidents where settlement_id = $1",
        reader => reader.GetString(0),
        id)).SingleOrDefault();

    /// <summary>What the proof finds; nothing, it is hoped.</summary>
    public Task<List<string>> DifferencesAsync() =>
        ReadAsync("select concat_ws(' ', settlement_id, difference) from pipeline.list_sla_differences(interval '0')", reader => reader.GetString(0));

    public async Task ExecuteAsync(string sql, params object?[] values)
    {
        await using var command = Command(sql, values);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<List<T>> ReadAsync<T>(string sql, Func<NpgsqlDataReader, T> read, params object?[] values)
    {
        await using var command = Command(sql, values);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<T>();
        while (await reader.ReadAsync()) rows.Add(read(reader));
        return rows;
    }

    private static string Kind(bool isBusiness) => isBusiness ? "business" : "calendar";

    private NpgsqlCommand Command(string sql, object?[] values)
    {
        var command = database.DataSource.CreateCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(value is null ? new() { Value = DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Unknown } : new NpgsqlParameter { Value = value });
        }

        return command;
    }
}
