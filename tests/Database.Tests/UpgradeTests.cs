using Npgsql;
using Payments.Testing;

namespace Payments.Database.Tests;

/// <summary>What migrations make of rows that are there already.</summary>
public sealed class UpgradeTests : IAsyncLifetime
{
    private readonly string _name = TestDatabase.NewName();
    private NpgsqlDataSource _database = null!;
    private string _connectionString = "";

    public async Task InitializeAsync()
    {
        _connectionString = await PostgresServer.ConnectionStringAsync(_name);
        await using var server = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(await PostgresServer.ConnectionStringAsync("postgres")) { Pooling = false });
        await server.ExecuteAsync($"create database {_name}");
        _database = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(_connectionString) { Pooling = false });
    }

    public async Task DisposeAsync()
    {
        await _database.DisposeAsync();
        await TestDatabase.DropAsync(_name);
    }

    [Fact]
    public async Task Incidents_of_the_first_sla_check_go_on_in_the_new_tables_with_their_steps()
    {
        await MigrateToAsync("migrations/0030");
        await _database.ExecuteAsync(
            """
            insert into public.merchants (merchant_id, merchant_name) values ('M1', 'Shop');
            insert into public.settlements (settlement_id, merchant_id, settlement_date, expected_settlement_date, total_amount, commission_amount, net_amount, payment_count, status, sla_breach, currency, period_start, period_end)
            values
                ('S-OPEN', 'M1', null, '2026-01-10', 100, 1, 99, 1, 'PENDING', true, 'USD', '2026-01-08', '2026-01-09'),
                ('S-LATE', 'M1', '2026-01-14', '2026-01-10', 200, 2, 198, 1, 'COMPLETED', true, 'EUR', '2026-01-08', '2026-01-09'),
                ('S-TIME', 'M1', '2026-01-10', '2026-01-10', 300, 3, 297, 1, 'COMPLETED', false, 'JPY', '2026-01-08', '2026-01-09'),
                ('S-BACK', 'M1', null, '2026-01-20', 400, 4, 396, 1, 'PENDING', false, 'GBP', '2026-01-08', '2026-01-09'),
                ('S-CALM', 'M1', null, '2026-01-30', 500, 5, 495, 1, 'PENDING', false, 'CHF', '2026-01-08', '2026-01-09');
            insert into ops.sla_incidents (settlement_id, opened_at, closed_at, days_delayed_at_opening)
            values
                ('S-OPEN', '2026-01-11 06:00Z', null, 1),
                ('S-LATE', '2026-01-11 06:00Z', '2026-01-15 06:00Z', 1),
                ('S-TIME', '2026-01-11 06:05Z', '2026-01-12 06:00Z', 1),
                ('S-BACK', '2026-01-21 06:00Z', '2026-01-22 06:00Z', 1)
            """);

        await DatabaseMigrator.MigrateAsync(_connectionString, TestDatabase.MigratorOptions);

        Assert.Equal([""], await _database.RowsAsync("select to_regclass('ops.sla_incidents')::text"));
        Assert.Equal(
            [
                "S-BACK closed withdrawn GBP 396 2026-01-22",
                "S-LATE closed late EUR 198 2026-01-11 2026-01-14",
                "S-OPEN open USD 99 2026-01-11",
                "S-TIME closed on_time JPY 297 2026-01-10",
            ],
            await _database.RowsAsync("select concat_ws(' ', settlement_id, state, outcome, currency, trim_scale(net_amount), opened_on, closed_on) from sla.incidents order by settlement_id"));
        Assert.Equal(
            ["S-LATE opened 1", "S-OPEN opened 1", "S-TIME opened 1", "S-TIME paid 0", "S-LATE paid 4", "S-BACK opened 1", "S-BACK withdrawn 2"],
            await _database.RowsAsync("select concat_ws(' ', settlement_id, step, days_delayed) from sla.incident_events order by event_id"));

        // The check takes them over: nothing is opened twice, what is still late is judged by the policy, and the proof agrees.
        await _database.RowsAsync("select * from pipeline.check_sla('2026-01-25', '2026-01-25 06:00Z')");
        Assert.Equal(["1"], await _database.RowsAsync("select count(*) from sla.incident_events where settlement_id = 'S-OPEN' and step = 'opened'"));
        Assert.Equal(
            ["opened", "withdrawn", "opened", "escalated", "reopened"],
            await _database.RowsAsync("select step from sla.incident_events where settlement_id = 'S-BACK' order by event_id"));
        Assert.Equal(["S-BACK escalated 2026-01-21 0.99"], await _database.RowsAsync("select concat_ws(' ', settlement_id, state, opened_on, round(penalty_amount, 2)) from sla.incidents where settlement_id = 'S-BACK'"));
        Assert.Empty(await _database.RowsAsync("select concat_ws(' ', settlement_id, difference) from pipeline.list_sla_differences(interval '0')"));
        await _database.RowsAsync("select * from pipeline.check_sla('2026-01-25', '2026-01-25 07:00Z')");
        Assert.Equal(["0"], await _database.RowsAsync("select count(*) from sla.incident_events where seen_at = '2026-01-25 07:00Z'"));
    }

    // As an older release would have left it.
    private async Task MigrateToAsync(string last)
    {
        foreach (var script in SqlScripts.Migrations.TakeWhile(script => string.CompareOrdinal(script.Name[..last.Length], last) <= 0)) await _database.ExecuteAsync(script.Contents);
        await _database.ExecuteAsync("create table ops.schema_journal (scriptname varchar(255) not null, applied timestamptz not null default now(), constraint schema_journal_pkey primary key (scriptname))");
        foreach (var script in SqlScripts.Migrations.TakeWhile(script => string.CompareOrdinal(script.Name[..last.Length], last) <= 0))
        {
            await _database.ExecuteAsync($"insert into ops.schema_journal (scriptname) values ('{script.Name}')");
        }
    }
}
