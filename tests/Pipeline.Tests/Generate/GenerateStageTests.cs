using Payments.Pipeline.Generate;

namespace Payments.Pipeline.Tests.Generate;

public sealed class GenerateStageTests
{
    private static readonly GenerateOptions Default = new();
    private static readonly GenerateOptions Small = new() { Customers = 40, Merchants = 5, Payments = 300, Days = 10 };

    [Fact]
    public async Task The_default_run_has_exactly_500_customers_50_merchants_and_5000_payments_of_the_last_90_completed_days()
    {
        await using var store = await SampleStore.CreateAsync();

        var (sample, settled) = await store.RunAsync(Default);

        Assert.Equal(new(500, 50, 5_000), sample.Loaded);
        Assert.Equal(sample.Loaded, sample.Added);
        Assert.Equal((new DateOnly(2025, 12, 15), new DateOnly(2026, 3, 15)), (sample.From, sample.Until));
        Assert.Equal(500, await store.ScalarAsync<long>("select count(*) from customers where is_generated"));
        Assert.Equal(50, await store.ScalarAsync<long>("select count(*) from merchants where is_generated"));
        Assert.Equal(5_000, await store.ScalarAsync<long>("select count(*) from payments where is_generated"));
        Assert.Equal(
            ["(2025-12-15,2026-03-14,90)"],
            await store.RowsAsync("select min(day), max(day), count(distinct day) from (select (transaction_date at time zone 'UTC')::date as day from payments) as days"));
        Assert.Equal(0, await store.ScalarAsync<long>("select count(*) from ops.quarantine"));
        Assert.InRange(await store.ScalarAsync<long>("select count(*) from payments where risk_score >= 70"), 25, 250);

        Assert.InRange(settled.Added, 2_300, 2_900);
        Assert.Equal(settled.Added, await store.ScalarAsync<long>("select count(*) from settlements where is_generated"));
        Assert.Equal(settled.PaymentsSettled, await store.ScalarAsync<long>("select count(*) from payments where payment_status = 'SUCCESS'"));
        Assert.Empty(await store.RowsAsync("select * from pipeline.check_settlements()"));
        Assert.Equal(
            ["(PENDING)"], await store.RowsAsync("select distinct status from settlements where period_start >= '2026-03-13'"));
        Assert.Equal(
            ["(COMPLETED)", "(FAILED)", "(PENDING)"], await store.RowsAsync("select distinct status from settlements where period_start < '2026-03-13' order by status"));
        Assert.Equal(
            await store.RowsAsync("select settlement_id from identify_sla_breaches('2026-03-15') order by settlement_id"),
            await store.RowsAsync("select settlement_id from settlements where sla_breach order by settlement_id"));
    }

    [Fact]
    public async Task A_run_on_the_same_day_adds_nothing()
    {
        await using var store = await SampleStore.CreateAsync();
        await store.RunAsync(Small);
        const string everything = "select * from payments, settlements where payments.merchant_id = settlements.merchant_id order by payment_id, settlement_id";
        var before = await store.RowsAsync(everything);
        var imports = await store.ScalarAsync<long>("select count(*) from ops.imports");

        var (sample, settled) = await store.RunAsync(Small);

        Assert.Equal(new(40, 5, 300), sample.Loaded);
        Assert.Equal(new(0, 0, 0), sample.Added);
        Assert.Equal(0, settled.Added);
        Assert.Equal(before, await store.RowsAsync(everything));
        Assert.Equal(imports, await store.ScalarAsync<long>("select count(*) from ops.imports"));
    }

    [Fact]
    public async Task A_run_on_the_next_day_adds_that_day_only()
    {
        await using var store = await SampleStore.CreateAsync();
        await store.RunAsync(Small);
        store.Clock.Advance(TimeSpan.FromDays(1));

        var (sample, _) = await store.RunAsync(Small);

        var added = new SampleDays(Small).CountOn(new(2026, 3, 15));
        Assert.Equal(new(40, 5, 300), sample.Loaded);
        Assert.Equal(new(0, 0, added), sample.Added);
        Assert.Equal(300 + added, await store.ScalarAsync<long>("select count(*) from payments"));
        Assert.Equal(added, await store.ScalarAsync<long>("select count(*) from payments where transaction_date >= '2026-03-15 00:00+00'"));
    }

    [Fact]
    public async Task Other_sizes_and_other_seeds_live_beside_each_other()
    {
        await using var store = await SampleStore.CreateAsync();
        await store.RunAsync(Small);

        var (larger, _) = await store.RunAsync(Small with { Customers = 60, Payments = 400 });
        var (other, _) = await store.RunAsync(Small with { Seed = 7 });

        Assert.Equal(new(20, 0, 400), larger.Added);
        Assert.Equal(new(40, 5, 300), other.Added);
        Assert.Equal(["(100,10,1000)"], await store.RowsAsync(
            "select (select count(*) from customers), (select count(*) from merchants), (select count(*) from payments)"));
        Assert.Equal(0, await store.ScalarAsync<long>("select count(*) from ops.quarantine"));
        Assert.Empty(await store.RowsAsync("select * from pipeline.check_settlements()"));
    }

    [Fact]
    public async Task Runs_day_by_day_end_in_the_same_payments_and_payouts_as_one_run()
    {
        await using var daily = await SampleStore.CreateAsync();
        await using var once = await SampleStore.CreateAsync();
        for (var day = 0; day < 8; day++)
        {
            await daily.RunAsync(Small);
            daily.Clock.Advance(TimeSpan.FromDays(1));
        }

        once.Clock.SetUtcNow(daily.Clock.GetUtcNow());
        await daily.RunAsync(Small);
        await once.RunAsync(Small);

        const string payments =
            "select payment_id, customer_id, merchant_id, amount, payment_status, transaction_date from payments where transaction_date >= '2026-03-13 00:00+00' order by payment_id";
        const string settlements =
            "select settlement_id, settlement_date, total_amount, net_amount, payment_count, status, sla_breach from settlements where period_start >= '2026-03-13' order by settlement_id";
        Assert.Equal(300, (await once.RowsAsync(payments)).Count);
        Assert.Equal(await once.RowsAsync(payments), await daily.RowsAsync(payments));
        Assert.Equal(await once.RowsAsync(settlements), await daily.RowsAsync(settlements));
    }

    [Fact]
    public async Task A_run_that_breaks_off_half_way_is_finished_by_its_next_attempt_and_counts_what_both_have_added()
    {
        await using var store = await SampleStore.CreateAsync();
        var first = await store.ClaimAsync();
        using var death = new CancellationTokenSource();
        var dying = store.GenerateAsync(first, Small, batchRecords: 20, death.Token);
        while (!dying.IsCompleted && await store.ScalarAsync<long>("select count(*) from payments") < 60)
        {
            await Task.Delay(5);
        }

        await death.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => dying);
        Assert.InRange(await store.ScalarAsync<long>("select count(*) from payments"), 60, 299);

        var result = await store.GenerateAsync(await store.ClaimAsync(first.RunId), Small, batchRecords: 20);

        Assert.Equal(new(40, 5, 300), result.Loaded);
        Assert.Equal(300, await store.ScalarAsync<long>("select count(*) from payments"));
        Assert.Equal(new(40, 5, 300), result.Added);
    }

    [Fact]
    public async Task A_day_that_a_dead_run_left_half_loaded_is_completed_by_another_run()
    {
        await using var store = await SampleStore.CreateAsync();
        await store.RunAsync(Small with { Payments = 0 });
        var sample = SampleText.Window(Small).OrderBy(payment => payment.Id, StringComparer.Ordinal).ToList();
        await store.RunAsync(Small);
        // The first four days and a half have come; the removal is of the test's making, and leaves the rollups alone.
        var known = sample[134].Id;
        await store.ScalarAsync<object>($"with gone as (delete from payments where payment_id > '{known}'), unassessed as (delete from risk.assessments where payment_id > '{known}') delete from payment_keys where payment_id > '{known}' returning 1");
        await store.ScalarAsync<object>("with gone as (delete from settlement_payments) delete from settlements returning 1");

        var (result, _) = await store.RunAsync(Small);

        Assert.Equal(new(0, 0, 165), result.Added);
        Assert.Equal(sample.Select(payment => $"({payment.Id})"), await store.RowsAsync("select payment_id from payments order by payment_id"));
    }

    [Fact]
    public async Task A_window_before_2020_is_refused()
    {
        await using var store = await SampleStore.CreateAsync();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => store.RunAsync(Small with { Days = 1_825 * 2 }));

        Assert.Equal("Sample data begins on 2020-01-01; the window would begin on 2016-03-17.", error.Message);
    }
}
