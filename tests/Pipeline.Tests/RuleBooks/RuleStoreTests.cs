using Dapper;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Payments.Pipeline.RuleBooks;
using Payments.Risk.Engine;
using Payments.Risk.Features;
using Payments.Risk.Rules;
using Payments.Testing;

namespace Payments.Pipeline.Tests.RuleBooks;

/// <summary>Rules, lists and thresholds as the store has them, and the count of what rules do.</summary>
public sealed class RuleStoreTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static readonly DateTime Now = new(2026, 1, 31, 14, 30, 0, DateTimeKind.Utc);

    [Fact]
    public async Task The_seeds_rules_are_live_and_readable()
    {
        await using var connection = await database.DataSource.OpenConnectionAsync();

        var stored = await RuleStore.LoadAsync(connection, CancellationToken.None);

        Assert.DoesNotContain(stored.Unreadable, rule => rule.Code != "OF_A_LATER_VERSION");
        Assert.Equal(new DecisionThresholds(70, 90), stored.Thresholds);
        var live = stored.Rules.Active.Where(rule => rule.Mode == RuleMode.Live).ToDictionary(rule => rule.Code);
        Assert.Subset(live.Keys.ToHashSet(), new HashSet<string> { "AMOUNT_OVER_10000", "REPEATED_FAILURES", "CUSTOMER_RISK_HIGH", "SCORE_OVER_70" });
        Assert.Equal((40, true, "amount > 10_000"), (live["AMOUNT_OVER_10000"].Points, live["AMOUNT_OVER_10000"].IsFlag, live["AMOUNT_OVER_10000"].Expression.Text));
        Assert.True(live["SCORE_OVER_70"].Expression.UsesScore);

        // Other facts of this class leave rules of theirs.
        var seeds = new RuleSet(stored.Rules.All.Where(rule => rule.Description != "A rule"));
        var hits = seeds.Evaluate(Subject(("amount", 12_000), ("is_night", 1), ("customer_failed_24h", 3)), Now, PartyLists.Empty);
        Assert.Equal(["AMOUNT_OVER_10000", "CUSTOMER_RISK_HIGH", "NIGHT", "PAID_IN_CRYPTO", "REPEATED_FAILURES"], hits.Live.Select(rule => rule.Code));
        Assert.Equal(100, hits.Points);
        Assert.True(hits.IsFlagged);
    }

    [Fact]
    public async Task A_new_version_is_what_counts_and_raises_the_version_of_rules()
    {
        await using var connection = await database.DataSource.OpenConnectionAsync();
        var before = await VersionAsync(connection);

        Assert.Equal(1, await SaveAsync(connection, "NEW_RULE", 0, "amount > 1", "shadow"));
        Assert.Equal(2, await SaveAsync(connection, "NEW_RULE", 1, "amount > 2", "live"));
        Assert.Null(await SaveAsync(connection, "NEW_RULE", 1, "amount > 3", "live"));
        Assert.Null(await SaveAsync(connection, "NEW_RULE", 0, "amount > 3", "live"));

        var rule = (await RuleStore.LoadAsync(connection, CancellationToken.None)).Rules.All.Single(rule => rule.Code == "NEW_RULE");
        Assert.Equal((2, "amount > 2", RuleMode.Live, 12.5, 80.0, 0.25), (rule.Version, rule.Expression.Text, rule.Mode, rule.Points, rule.Floor, rule.MaxShare));
        Assert.Equal((Now, Now.AddDays(1)), (rule.ValidFrom, rule.ValidUntil));
        Assert.Equal(before + 2, await VersionAsync(connection));
        Assert.Equal(
            ["created <null> amount > 1", "changed amount > 1 amount > 2"],
            await connection.QueryAsync<string>("select concat(action, ' ', coalesce(before ->> 'expression', '<null>'), ' ', after ->> 'expression') from risk.audit where subject_key = 'NEW_RULE' order by audit_id"));
    }

    [Fact]
    public async Task A_rule_that_this_version_cannot_read_is_left_out_and_told()
    {
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await SaveAsync(connection, "OF_A_LATER_VERSION", 0, "feature_to_come > 1", "live");

        var stored = await RuleStore.LoadAsync(connection, CancellationToken.None);

        Assert.Contains(stored.Unreadable, rule => rule is { Code: "OF_A_LATER_VERSION", Version: 1 } && rule.Fault.StartsWith("There is no feature", StringComparison.Ordinal));
        Assert.DoesNotContain(stored.Rules.All, rule => rule.Code == "OF_A_LATER_VERSION");
        Assert.Contains(stored.Rules.All, rule => rule.Code == "NIGHT");
    }

    [Fact]
    public async Task Lists_and_suppressions_are_those_that_last()
    {
        await using var connection = await database.DataSource.OpenConnectionAsync();
        var entry = await ListAsync(connection, "block", "customer", "CUST-L", Now.AddHours(1));
        Assert.NotNull(entry);
        Assert.Null(await ListAsync(connection, "block", "customer", "CUST-L", null));
        Assert.NotNull(await ListAsync(connection, "allow", "merchant", "MERCH-L", null));
        Assert.NotNull(await connection.ExecuteScalarAsync<long?>(
            "select pipeline.add_suppression('NIGHT', 'country', 'DE', 'by agreement', null, 'anna', @Now)", new { Now }));

        var subject = Subject(("is_night", 1)) with { CustomerId = "CUST-L" };
        var stored = await RuleStore.LoadAsync(connection, CancellationToken.None);
        Assert.Equal(PartyList.Block, stored.Lists.Find(subject.Build(), Now)?.List);
        Assert.True(stored.Lists.IsSuppressed("NIGHT", subject.Build(), Now));
        Assert.False(stored.Lists.IsSuppressed("CARD_TESTING", subject.Build(), Now));

        stored = await RuleStore.LoadAsync(connection, CancellationToken.None);
        Assert.Null(stored.Lists.Find(subject.Build(), Now.AddHours(1)));

        // What has expired makes room; what is removed is gone at once.
        var again = await connection.ExecuteScalarAsync<long?>(
            "select pipeline.add_listed_party('block', 'customer', 'CUST-L', 'again', null, 'anna', @At)", new { At = Now.AddHours(1) });
        Assert.NotNull(again);
        Assert.True(await connection.ExecuteScalarAsync<bool?>("select pipeline.remove_listed_party(@again, 'anna', @Now)", new { again, Now }));
        Assert.Null(await connection.ExecuteScalarAsync<bool?>("select pipeline.remove_listed_party(@again, 'anna', @Now)", new { again, Now }));
        stored = await RuleStore.LoadAsync(connection, CancellationToken.None);
        Assert.Null(stored.Lists.Find(subject.Build(), Now));
    }

    [Fact]
    public async Task Counts_of_batches_add_up_and_cap_a_rule_in_every_process()
    {
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await SaveAsync(connection, "HITS_ALL", 0, "amount > 0", "live");
        var rules = new RuleSet((await RuleStore.LoadAsync(connection, CancellationToken.None)).Rules.All.Where(rule => rule.Code is "HITS_ALL" or "NIGHT").Select(rule => rule with { ValidFrom = null, ValidUntil = null }));
        var clock = new FakeTimeProvider();
        var first = new RuleCounts(clock);
        var second = new RuleCounts(clock);

        var tally = await BatchAsync(connection, first, rules, payments: 150, Now);
        Assert.Equal([new RuleActivity(150, 150, 0), new(150, 0, 0)], tally.Counts());
        tally = await BatchAsync(connection, second, rules, payments: 150, Now.AddHours(1));
        Assert.Equal([new RuleActivity(150, 150, 101), new(150, 0, 0)], tally.Counts());
        tally = await BatchAsync(connection, first, rules, payments: 100, Now.AddHours(1));
        Assert.Equal(51, tally.Counts()[0].Capped);
        clock.Advance(TimeSpan.FromSeconds(11));
        tally = await BatchAsync(connection, first, rules, payments: 100, Now.AddHours(1));
        Assert.Equal(100, tally.Counts()[0].Capped);

        Assert.Equal(["14 150 150 0", "15 150 150 101", "15 100 100 51", "15 100 100 100"], await CountsAsync());
        Assert.InRange(await connection.ExecuteScalarAsync<long>("select pipeline.fold_rule_counts()"), 3, long.MaxValue);
        Assert.Equal(["14 150 150 0", "15 350 350 252"], await CountsAsync());
        Assert.Equal(0, await connection.ExecuteScalarAsync<long>("select pipeline.fold_rule_counts()"));
        Assert.Equal(1, await connection.ExecuteScalarAsync<long>("select count(*) from risk.audit where subject_key = 'HITS_ALL' and action = 'capped' and actor = 'system'"));
        Assert.True(await connection.ExecuteScalarAsync<bool>("select is_capped from pipeline.list_rules(@At) where rule_code = 'HITS_ALL'", new { At = Now.AddHours(1) }));

        // A day later nothing of it counts any more.
        tally = await BatchAsync(connection, new RuleCounts(clock), rules, payments: 100, Now.AddHours(26));
        Assert.Equal(0, tally.Counts()[0].Capped);

        async Task<IEnumerable<string>> CountsAsync() => await connection.QueryAsync<string>(
            """
            select concat_ws(' ', extract(hour from counted_hour at time zone 'UTC'), counted.evaluated, counted.hits, counted.capped)
            from risk.rule_counts as hour
            cross join lateral unnest(hour.rule_ids, hour.evaluated, hour.hits, hour.capped) as counted (rule_id, evaluated, hits, capped)
            where counted.rule_id = @Id
            order by hour.count_id
            """,
            new { rules.Active[0].Id });
    }

    [Fact]
    public async Task The_api_may_count_and_change_what_scoring_goes_by()
    {
        await using var api = NpgsqlDataSource.Create(database.ConnectionStringFor("payments_api"));
        await using var connection = await api.OpenConnectionAsync();

        var stored = await RuleStore.LoadAsync(connection, CancellationToken.None);
        await BatchAsync(connection, new RuleCounts(TimeProvider.System), stored.Rules, payments: 1, Now.AddDays(9));
        await BatchAsync(connection, new RuleCounts(TimeProvider.System), stored.Rules, payments: 1, Now.AddDays(9));
        Assert.InRange(await connection.ExecuteScalarAsync<long>("select pipeline.fold_rule_counts()"), 2, long.MaxValue);
        Assert.Equal(1, await SaveAsync(connection, "BY_THE_API", 0, "amount > 1", "off"));
        Assert.Equal(2, await connection.ExecuteScalarAsync<int?>("select pipeline.set_thresholds(1, 60, 80, 'anna', null, @Now)", new { Now }));
        Assert.Null(await connection.ExecuteScalarAsync<int?>("select pipeline.set_thresholds(1, 60, 80, 'anna', null, @Now)", new { Now }));
        Assert.Equal(new DecisionThresholds(60, 80), (await RuleStore.LoadAsync(connection, CancellationToken.None)).Thresholds);
        Assert.Equal(3, await connection.ExecuteScalarAsync<int?>("select pipeline.set_thresholds(2, 70, 90, 'anna', null, @Now)", new { Now }));
    }

    private static async Task<RuleTally> BatchAsync(NpgsqlConnection connection, RuleCounts counts, RuleSet rules, int payments, DateTime now)
    {
        await using var transaction = await connection.BeginTransactionAsync();
        var tally = await counts.BeginAsync(connection, rules, payments, now, isAhead: false, CancellationToken.None);
        for (var i = 0; i < payments; i++)
        {
            rules.Evaluate(Subject(("amount", 5)), now, PartyLists.Empty, tally);
        }

        await counts.WriteAsync(connection, tally, now, CancellationToken.None);
        await transaction.CommitAsync();
        return tally;
    }

    private static Task<long> VersionAsync(NpgsqlConnection connection) => connection.ExecuteScalarAsync<long>("select version from risk.versions where subject = 'rules'");

    private static Task<int?> SaveAsync(NpgsqlConnection connection, string code, int seen, string expression, string mode) => connection.ExecuteScalarAsync<int?>(
        "select pipeline.save_rule(@code, @seen, 'A rule', @expression, @mode, 12.5, 80, 'HIGH', true, 0.25, @Now, @Until, 'anna', 'because', @Now)",
        new { code, seen, expression, mode, Now, Until = Now.AddDays(1) });

    private static Task<long?> ListAsync(NpgsqlConnection connection, string list, string kind, string party, DateTime? expiresAt) => connection.ExecuteScalarAsync<long?>(
        "select pipeline.add_listed_party(@list, @kind, @party, 'because', @expiresAt, 'anna', @Now)", new { list, kind, party, expiresAt, Now });

    private static Draft Subject(params (string Name, double Value)[] features) => new("CUST-1", features);

    private sealed record Draft(string CustomerId, (string Name, double Value)[] Features)
    {
        public static implicit operator RiskSubject(Draft draft) => draft.Build();

        public RiskSubject Build()
        {
            var values = new double[FeatureCatalogue.Count];
            Array.Fill(values, double.NaN);
            foreach (var (name, value) in Features)
            {
                Assert.True(FeatureCatalogue.TryFind(name, out var place), name);
                values[place] = value;
            }

            return new()
            {
                PaymentId = "PAY-1",
                CustomerId = CustomerId,
                MerchantId = "MERCH-1",
                Amount = 5,
                Currency = "USD",
                PaymentMethod = "CRYPTO",
                PaymentStatus = "SUCCESS",
                TransactionDate = Now,
                CustomerCountry = "de",
                CustomerRisk = "HIGH",
                Features = values,
            };
        }
    }
}
