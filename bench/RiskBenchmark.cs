using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Payments.Pipeline.Import;
using Payments.Pipeline.Models;
using Payments.Pipeline.Rescore;
using Payments.Pipeline.Score;
using Payments.Risk.Engine;
using Payments.Risk.Evaluation;
using Payments.Risk.Features;
using Payments.Risk.Models;
using Payments.Risk.Rules;
using ScoredPayment = Payments.Risk.Evaluation.ScoredPayment;

namespace Payments.Bench;

/// <summary>
/// Issue 4's bar: a labelled file through the real pipeline, a model trained and promoted as of the first test day, and every payment of the test days scored with what
/// was known at its instant. Left out are payments of customers whose fraud was known by then: of the training days, or since, a label taking a week.
/// </summary>
internal static class RiskBenchmark
{
    private const int LookedAt = 100;
    private const int LabelDays = 7;

    public static Command Command()
    {
        var file = new Option<FileInfo?>("--file") { Description = "A file of the handbook profile, .csv or .csv.gz (default: the cards file beside the repository)." };
        var train = new Option<string>("--train") { Description = "Days to learn from, FROM..TO, both included.", DefaultValueFactory = _ => "2018-06-20..2018-06-26" };
        var test = new Option<string>("--test") { Description = "Days to be judged on, FROM..TO, both included.", DefaultValueFactory = _ => "2018-07-04..2018-07-10" };
        var command = new Command("risk", "Rules, forest and supervised model, alone and together, on later days of a labelled file.") { file, train, test };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetValue(file) ?? CardsBenchmark.DefaultFile(), Days.Parse(parsed.GetValue(train)!), Days.Parse(parsed.GetValue(test)!), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(FileInfo file, Days train, Days test, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("payments-bench-");
        try
        {
            await using var database = await BenchDatabase.StartAsync(cancellationToken);
            var storage = new StorageOptions { Path = folder.FullName };
            using (WorkerProcess.Start(database.ConnectionStringFor("payments_worker"), storage))
            await using (var pipeline = new PipelineImport(database, storage))
            {
                var import = await pipeline.ImportAsync(file, "handbook", cancellationToken);
                Out.Progress($"imported {import.Records} payments in {import.Seconds:0.0} s ({import.Steps})");
            }

            await JudgeAsync(database.DataSource, train, test, cancellationToken);
            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task JudgeAsync(NpgsqlDataSource dataSource, Days train, Days test, CancellationToken cancellationToken)
    {
        using var engines = new EngineSource();
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        var rules = (await engines.ForAsync(connection, cancellationToken)).Rules;
        var from = Stopwatch.GetTimestamp();
        var data = await TrainingData.ReadAsync(dataSource, rules, train.From, train.Until, knownBy: test.From, int.MaxValue, cancellationToken);
        var read = Stopwatch.GetElapsedTime(from);
        var model = ModelTrainer.Train(data.Payments, new());
        var trained = Stopwatch.GetElapsedTime(from) - read;
        var version = await ModelRegistry.RecordAsync(
            connection, model, new(train.From, train.Until, data.Payments.Count, data.Frauds, new(Scale: model.Scale, Weights: model.Stack)), test.From, cancellationToken);
        await ModelRegistry.PromoteAsync(connection, version, "bench", null, test.From, cancellationToken);
        var engine = await engines.ForAsync(connection, cancellationToken);
        Out.Print($"train payments={data.Payments.Count} frauds={data.Frauds} read_s={read.TotalSeconds:0.0} train_s={trained.TotalSeconds:0.0} bytes={model.ToBytes().Length} supervised={model.IsSupervised}");
        Out.Print($"calibration {model.Stack} {model.Scale}");

        var frauds = await FraudsAsync(dataSource, train.From, test.Until, cancellationToken);
        var payments = await ReadAsync(dataSource, train, test, frauds, cancellationToken);
        Out.Print($"test payments={payments.Count} frauds={payments.Count(payment => payment.IsFraud)}");
        var unlabelled = new RiskEngine(rules, PartyLists.Empty, model.WithoutLabels(), engine.Thresholds, engine.Versions);
        var byRules = new RiskEngine(rules, PartyLists.Empty, RiskModels.Empty, engine.Thresholds, engine.Versions);
        Print("rules", payments, subject => byRules.Assess(subject, test.From).Score);
        Print("forest", payments, subject => model.WithoutLabels().Judge(subject.Features.Span, 0).Score);
        Print("unlabelled", payments, subject => unlabelled.Assess(Blind(subject), test.From).Score);
        Print("supervised", payments, subject => model.TreeValue(subject.Features.Span));
        var scores = Print("final", payments, subject => engine.Assess(subject, test.From).Score);
        foreach (var threshold in (ReadOnlySpan<double>)[70, 90])
        {
            var above = Enumerable.Range(0, scores.Length).Where(i => scores[i] >= threshold).ToArray();
            var hits = above.Count(i => payments[i].IsFraud);
            Out.Print($"precision score>={threshold} payments={above.Length} frauds={hits} precision={(above.Length > 0 ? (double)hits / above.Length : double.NaN):0.000}");
        }
    }

    private static double[] Print(string name, List<Judged> payments, Func<RiskSubject, double> score)
    {
        var from = Stopwatch.GetTimestamp();
        double[] scores = [.. payments.Select(payment => score(payment.Subject))];
        var microseconds = Stopwatch.GetElapsedTime(from).TotalMicroseconds / Math.Max(1, payments.Count);
        bool[] labels = [.. payments.Select(payment => payment.IsFraud)];
        var auc = Ranking.AucRoc(scores, labels);
        var ap = Ranking.AveragePrecision(scores, labels);
        var precision = CardPrecision.At(LookedAt, payments.Select((payment, i) => new ScoredPayment(
            payment.Subject.PaymentId, payment.Subject.CustomerId, DateOnly.FromDateTime(payment.Subject.TransactionDate), scores[i], payment.IsFraud)));
        Out.Print($"{name} auc={auc:0.0000} ap={ap:0.0000} cp100={precision:0.0000}");
        Out.Progress($"{name}: {microseconds:0.0} microseconds a payment");
        return scores;
    }

    // As if no label had ever come: rules over merchants' frauds must not help.
    private static RiskSubject Blind(RiskSubject subject)
    {
        var features = subject.Features.ToArray();
        for (var place = 0; place < features.Length; place++)
        {
            if (FeatureCatalogue.All[place].NeedsLabels) features[place] = double.NaN;
        }

        return new()
        {
            PaymentId = subject.PaymentId,
            CustomerId = subject.CustomerId,
            MerchantId = subject.MerchantId,
            Amount = subject.Amount,
            Currency = subject.Currency,
            PaymentMethod = subject.PaymentMethod,
            PaymentStatus = subject.PaymentStatus,
            TransactionDate = subject.TransactionDate,
            CustomerCountry = subject.CustomerCountry,
            CustomerRisk = subject.CustomerRisk,
            MerchantCountry = subject.MerchantCountry,
            BusinessType = subject.BusinessType,
            Features = features,
        };
    }

    private static async Task<List<Judged>> ReadAsync(
        NpgsqlDataSource dataSource, Days train, Days test, List<(string CustomerId, DateTime PaidAt)> frauds, CancellationToken cancellationToken)
    {
        var known = frauds.GroupBy(fraud => fraud.CustomerId, StringComparer.Ordinal).ToDictionary(customer => customer.Key, customer => customer.Min(fraud => fraud.PaidAt.Date), StringComparer.Ordinal);
        var payments = new List<Judged>();
        await foreach (var page in new HistoricalFeatures(dataSource).ReadAsync(test.From, test.Until, cancellationToken))
        {
            foreach (var payment in page)
            {
                // Known by the day: paid on the training days, or on a day that ended a week before.
                if (known.TryGetValue(payment.Subject.CustomerId, out var first)
                    && (first < train.Until || first.AddDays(LabelDays) < payment.Subject.TransactionDate.Date))
                {
                    continue;
                }

                payments.Add(new(payment.Subject, payment.Label is { IsFraud: true }));
            }
        }

        return payments;
    }

    private static async Task<List<(string CustomerId, DateTime PaidAt)>> FraudsAsync(NpgsqlDataSource dataSource, DateTime from, DateTime until, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            "select customer_id, transaction_date from risk.labels where is_fraud and transaction_date >= $1 and transaction_date < $2");
        command.Parameters.Add(new() { Value = from });
        command.Parameters.Add(new() { Value = until });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var frauds = new List<(string, DateTime)>();
        while (await reader.ReadAsync(cancellationToken)) frauds.Add((reader.GetString(0), reader.GetDateTime(1)));
        return frauds;
    }

    private readonly record struct Judged(RiskSubject Subject, bool IsFraud);

    private readonly record struct Days(DateTime From, DateTime Until)
    {
        public static Days Parse(string text) => text.Split("..") is [var first, var last] ? new(Day(first), Day(last).AddDays(1)) : throw new FormatException($"'{text}' is not FROM..TO.");

        private static DateTime Day(string text) => DateTime.SpecifyKind(DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture).ToDateTime(TimeOnly.MinValue), DateTimeKind.Utc);
    }
}
