using System.Globalization;
using System.Text;
using Payments.Pipeline.Models;
using Payments.Pipeline.Runs;
using Payments.Pipeline.Score;
using Payments.Pipeline.Tests.Import;
using Payments.Risk.Models;

namespace Payments.Pipeline.Tests.Models;

public sealed class TrainStageTests
{
    private static readonly DateTime Today = TimeProvider.System.GetUtcNow().UtcDateTime.Date;

    [Fact]
    public async Task A_model_that_ranks_later_days_better_goes_live_and_scores_the_next_batch()
    {
        await using var lab = await ImportLab.OpenAsync();
        await lab.ImportAsync("handbook", Cards(hasFrauds: true));

        var result = await TrainAsync(lab);

        Assert.True(result is { Version: 1, Kind: "fraud", IsPromoted: true }, result.Reason);
        Assert.Contains("of the rules alone", result.Reason, StringComparison.Ordinal);
        Assert.Equal(["1 fraud live 2"], await ModelsAsync(lab));
        await using var connection = await lab.Worker.OpenConnectionAsync();
        var engine = await lab.Get<EngineSource>().ForAsync(connection, default);
        Assert.True(Assert.IsType<ScoringModel>(engine.Models).IsSupervised);
        Assert.Equal(2, engine.Versions.Models);
    }

    [Fact]
    public async Task A_model_that_is_worse_on_later_days_is_kept_as_rejected()
    {
        await using var lab = await ImportLab.OpenAsync();
        await lab.ImportAsync("handbook", Cards(hasFrauds: true));
        await TrainAsync(lab);
        // As if the labels of the days to learn from were wrong since.
        await lab.ExecuteAsync(
            """
            delete from risk.labels where transaction_date < (select trained_until from risk.models);
            insert into risk.labels (payment_id, source, is_fraud, known_at, customer_id, merchant_id, transaction_date)
            select payment_id, 'handbook', true, transaction_date + interval '7 days', customer_id, merchant_id, transaction_date
            from public.payments
            where transaction_date < (select trained_until from risk.models) and amount < 60 and abs(hashtext(payment_id)) % 10 = 0
            """);

        var result = await TrainAsync(lab);

        Assert.True(result is { Version: 2, IsPromoted: false }, result.Reason);
        Assert.Contains("of version 1", result.Reason, StringComparison.Ordinal);
        Assert.Equal(["1 fraud live 2", "2 fraud rejected 2"], await ModelsAsync(lab));
    }

    [Fact]
    public async Task Without_labels_a_forest_goes_live_and_newer_ones_follow_it()
    {
        await using var lab = await ImportLab.OpenAsync();
        Assert.Equal(new(null, null, false, "There are no payments to learn from."), await TrainAsync(lab));
        await lab.ImportAsync("handbook", Cards(hasFrauds: false));
        Assert.Equal([null], await lab.QueryAsync<long?>("select pipeline.roll_back_model('anna', 'why not', now())"));

        for (var version = 1; version <= 3; version++)
        {
            var result = await TrainAsync(lab);
            Assert.True(result is { Kind: "forest", IsPromoted: true } && result.Version == version, result.Reason);
        }

        Assert.Equal(["1 retired", "2 retired", "3 live"], await StatesAsync(lab));
        Assert.Equal([2L], await lab.QueryAsync<long>("select pipeline.roll_back_model('anna', 'blocks too much', now())"));
        Assert.Equal(["1 retired", "2 live", "3 rejected"], await StatesAsync(lab));
        Assert.Equal([1L], await lab.QueryAsync<long>("select pipeline.roll_back_model('anna', 'still too much', now())"));
        Assert.Equal([null], await lab.QueryAsync<long?>("select pipeline.roll_back_model('anna', 'and again', now())"));
        var before = await lab.QueryAsync<long>("select version from risk.versions where subject = 'models'");
        Assert.Equal(["live", "unchanged", "unknown"], await lab.QueryAsync<string>(
            "select pipeline.promote_model(3, 'anna', 'it was right', now()) union all select pipeline.promote_model(3, 'anna', 'twice', now()) union all select pipeline.promote_model(99, 'anna', 'none', now())"));
        Assert.Equal(["1 retired", "2 rejected", "3 live"], await StatesAsync(lab));
        Assert.NotEqual(before, await lab.QueryAsync<long>("select version from risk.versions where subject = 'models'"));
        Assert.Equal(["anna it was right"], await lab.QueryAsync<string>("select concat_ws(' ', actor, note) from risk.audit where action = 'promoted' order by audit_id desc limit 1"));
    }

    private static async Task<IEnumerable<string>> StatesAsync(ImportLab lab) =>
        await lab.QueryAsync<string>("select concat_ws(' ', version, status) from risk.models order by version");

    private static async Task<IReadOnlyList<string>> ModelsAsync(ImportLab lab) => await lab.QueryAsync<string>(
        "select concat_ws(' ', model.version, kind, status, known.version) from risk.models as model cross join risk.versions as known where known.subject = 'models' order by model.version");

    internal static async Task<TrainResult> TrainAsync(ImportLab lab)
    {
        var runId = await lab.Get<RunQueue>().RequestAsync(RunKind.TrainModel, $"test:{Guid.NewGuid()}", RunRequester.Command, null, default);
        await lab.ExecuteAsync(string.Create(CultureInfo.InvariantCulture, $"update ops.runs set status = 'running', attempt = 1, started_at = now() where run_id = {runId}"));
        var result = await lab.Get<TrainStage>().RunAsync(new RunContext(runId, 1, lab.Worker, TimeProvider.System), default);
        await lab.ExecuteAsync(string.Create(CultureInfo.InvariantCulture, $"update ops.runs set status = 'succeeded', finished_at = now() where run_id = {runId}"));
        return result;
    }

    /// <summary>Five weeks of 60 customers who each spend about as much as ever; in every fifteenth payment or so somebody else spends five times as much, which is a fraud.</summary>
    internal static string Cards(bool hasFrauds)
    {
        var random = new Random(5);
        var text = new StringBuilder("TRANSACTION_ID,TX_DATETIME,CUSTOMER_ID,TERMINAL_ID,TX_AMOUNT,TX_TIME_SECONDS,TX_TIME_DAYS,TX_FRAUD,TX_FRAUD_SCENARIO\n");
        var id = 0;
        for (var day = 42; day >= 8; day--)
        {
            for (var customer = 1; customer <= 60; customer++)
            {
                var isFraud = hasFrauds && random.Next(15) == 0;
                var amount = (8 + customer) * (isFraud ? 5 : 1) * (0.8 + (0.4 * random.NextDouble()));
                var at = Today.AddDays(-day).AddSeconds(random.Next(86_400));
                text.Append(CultureInfo.InvariantCulture, $"{++id},{at:yyyy-MM-dd HH:mm:ss},{customer},{random.Next(1, 30)},{amount:0.00},0,0,{(isFraud ? 1 : 0)},0\n");
            }
        }

        return text.ToString();
    }
}
