using Microsoft.Extensions.Configuration;
using Payments.Pipeline.Runs;
using Payments.Testing;
using Payments.Worker.Schedules;
using Quartz;

namespace Payments.Worker.Tests;

/// <summary>The table of jobs, what settings make of it, and Quartz on the real store.</summary>
public sealed class ScheduleTests(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncLifetime
{
    private const string Off = "off";
    private static readonly Dictionary<string, string?> AllOff = Schedule.Jobs.ToDictionary(job => job.Setting, _ => (string?)Off);

    public async Task InitializeAsync()
    {
        await using var command = database.DataSource.CreateCommand("truncate ops.runs, quartz.qrtz_triggers, quartz.qrtz_job_details, quartz.qrtz_fired_triggers cascade");
        await command.ExecuteNonQueryAsync();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public void Every_job_has_a_name_of_its_own_a_valid_cron_a_known_kind_and_a_reason_for_its_misfire_policy()
    {
        string[] kinds = [RunKind.Etl, RunKind.SlaCheck, RunKind.AlertExpiry, RunKind.PartitionMaintenance, RunKind.Assertions, RunKind.RiskQuality, RunKind.TrainModel, RunKind.Reconciliation, RunKind.Archive];
        Assert.Equal(kinds, Schedule.Jobs.Select(job => job.Requests));
        Assert.Equal(Schedule.Jobs.Count, Schedule.Jobs.Select(job => job.Name).Distinct().Count());
        Assert.All(Schedule.Jobs, job => Assert.True(CronExpression.TryParse(job.Cron, out _)));
        Assert.All(Schedule.Jobs, job => Assert.NotEqual(CronTriggerMisfireInstruction.SmartPolicy, job.Misfire));
        Assert.All(Schedule.Jobs, job => Assert.NotEmpty(job.Why));
    }

    [Theory]
    [InlineData(null, "0 0 * * * ?")]
    [InlineData("0 30 4 * * ?", "0 30 4 * * ?")]
    [InlineData("off", null)]
    [InlineData("OFF", null)]
    [InlineData("", null)]
    public void A_setting_overrides_the_cron_or_switches_the_job_off(string? setting, string? expected)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>()).Build();
        if (setting is not null) configuration["Jobs:etl:Cron"] = setting;
        Assert.Equal(expected, Schedule.Jobs[0].EffectiveCron(configuration));
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("12", "0 0 4 * * ?")]
    public void Months_are_archived_every_night_once_it_is_said_how_many_stay(string? months, string? expected)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Retention:PaymentMonths", months)]).Build();
        Assert.Equal(expected, Schedule.Jobs.Single(job => job.Name == "archive").EffectiveCron(configuration));
    }

    [Fact]
    public async Task A_setting_that_is_no_cron_stops_the_start_and_is_named()
    {
        var error = await Assert.ThrowsAsync<FormatException>(
            () => WorkerHost.StartAsync(database, WorkerHost.Scheduled, new() { ["Jobs:sla_check:Cron"] = "every now and then" }));
        Assert.Equal(
            "Jobs:sla_check:Cron = 'every now and then' is no cron expression. Give Quartz's six fields in UTC, for example '0 0/5 * * * ?', or 'off'.",
            error.Message);
    }

    [Fact]
    public async Task The_store_holds_the_table_with_its_crons_in_UTC()
    {
        await using var worker = await WorkerHost.StartAsync(database, WorkerHost.Scheduled);
        await Eventually.EqualAsync<object?>(
            "alert_expiry 30 2/5 * * * ? UTC 2, assertions 0 0 3 * * ? UTC 1, etl 0 0 * * * ? UTC 1, partition_maintenance 0 30 0 * * ? UTC 1, reconciliation 0 0 5 * * ? UTC 1, risk_quality 0 30 2 * * ? UTC 1, sla_check 0 0/5 * * * ? UTC 2, train_model 0 30 3 * * ? UTC 2",
            () => ScalarAsync(
                """
                select string_agg(concat_ws(' ', t.trigger_name, c.cron_expression, c.time_zone_id, t.misfire_instr), ', ' order by t.trigger_name)
                from quartz.qrtz_triggers as t inner join quartz.qrtz_cron_triggers as c using (sched_name, trigger_name, trigger_group)
                """));
    }

    [Fact]
    public async Task An_unchanged_job_keeps_its_next_fire_time_over_a_restart_and_a_job_switched_off_is_gone()
    {
        await using (await WorkerHost.StartAsync(database, WorkerHost.Scheduled))
        {
            await Eventually.EqualAsync(Schedule.Jobs.Count - 1L, async () => (long)(await ScalarAsync("select count(*) from quartz.qrtz_triggers"))!);
        }

        await ScalarAsync("update quartz.qrtz_triggers set next_fire_time = next_fire_time + 3600 * 10000000::bigint where trigger_name = 'etl'");
        var moved = (long)(await ScalarAsync("select next_fire_time from quartz.qrtz_triggers where trigger_name = 'etl'"))!;

        await using var worker = await WorkerHost.StartAsync(database, WorkerHost.Scheduled, new() { ["Jobs:sla_check:Cron"] = Off });
        await Eventually.EqualAsync(Schedule.Jobs.Count - 2L, async () => (long)(await ScalarAsync("select count(*) from quartz.qrtz_triggers"))!);
        Assert.Equal(moved, await ScalarAsync("select next_fire_time from quartz.qrtz_triggers where trigger_name = 'etl'"));
    }

    [Fact]
    public async Task Two_workers_ask_for_one_run_per_fire_time()
    {
        var settings = new Dictionary<string, string?>(AllOff) { ["Jobs:etl:Cron"] = "* * * * * ?" };
        await using (await WorkerHost.StartAsync(database, WorkerHost.Scheduled, settings))
        await using (await WorkerHost.StartAsync(database, WorkerHost.Scheduled, settings))
        {
            // Every run ends at once, so that none is joined by the next second's request.
            for (var i = 0; i < 60; i++)
            {
                await ScalarAsync("update ops.runs set status = 'succeeded', finished_at = now() where finished_at is null");
                await Task.Delay(100);
            }
        }

        var runs = (long)(await ScalarAsync("select count(*) from ops.runs"))!;
        Assert.InRange(runs, 3, 8);
        Assert.Equal(
            true,
            await ScalarAsync("select bool_and(request_key ~ '^schedule:etl:[-0-9]{10}T[:0-9]{8}Z$' and requested_by = 'schedule' and kind = 'etl') from ops.runs"));
        Assert.Equal(runs, await ScalarAsync("select count(distinct request_key) from ops.runs"));
    }

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }
}
