using System.Globalization;
using System.IO.Compression;
using Payments.Risk.Evaluation;

namespace Payments.Risk.Tests.Evaluation;

public sealed class CardsReferenceTests
{
    private static readonly DateOnly TrainStart = new(2018, 6, 20);
    private static readonly DateOnly TestStart = new(2018, 7, 4);

    [SkippableFact]
    public void The_amount_alone_and_the_perfect_ranking_score_as_the_reference_says()
    {
        var test = TestSet([.. Payments().Select(payment => payment.AsScored(payment.Amount))]);
        var scores = test.Select(payment => payment.Score).ToArray();
        var labels = test.Select(payment => payment.IsFraud).ToArray();

        Assert.Equal((57_182, 416), (test.Count, labels.Count(fraud => fraud)));
        Assert.Equal(.6478, Ranking.AucRoc(scores, labels)!.Value, .00005);
        Assert.Equal(.2196, Ranking.AveragePrecision(scores, labels)!.Value, .00005);
        Assert.Equal(.0914, CardPrecision.At(100, test)!.Value, .00005);
        Assert.Equal(.4171, CardPrecision.At(100, test.Select(payment => payment with { Score = payment.IsFraud ? 1 : 0 }))!.Value, .00005);
    }

    [SkippableFact]
    public void Terminal_risk_scores_as_the_reference_says_though_most_of_its_scores_are_ties()
    {
        var payments = Payments().ToList();
        var risks = TerminalRisks(payments);
        var test = TestSet([.. payments.Select((payment, i) => payment.AsScored(risks[i]))]);
        var scores = test.Select(payment => payment.Score).ToArray();
        var labels = test.Select(payment => payment.IsFraud).ToArray();

        Assert.True(scores.Count(score => score == 0) > scores.Length / 2);
        Assert.Equal(.7111, Ranking.AucRoc(scores, labels)!.Value, .00005);
        Assert.Equal(.2808, Ranking.AveragePrecision(scores, labels)!.Value, .00005);
        Assert.Equal(.2286, CardPrecision.At(100, test)!.Value, .00005);
    }

    /// <summary>The part of frauds among the terminal's payments of seven days, which end seven days before the payment; 0 without any.</summary>
    private static double[] TerminalRisks(List<Payment> payments)
    {
        var risks = new double[payments.Count];
        foreach (var terminal in Enumerable.Range(0, payments.Count).GroupBy(i => payments[i].TerminalId))
        {
            var order = terminal.OrderBy(i => payments[i].At).ToList();
            var (from, to, frauds) = (0, 0, 0);
            foreach (var i in order)
            {
                for (; payments[order[to]].At <= payments[i].At.AddDays(-7); to++)
                {
                    frauds += payments[order[to]].IsFraud ? 1 : 0;
                }

                for (; from < to && payments[order[from]].At <= payments[i].At.AddDays(-14); from++)
                {
                    frauds -= payments[order[from]].IsFraud ? 1 : 0;
                }

                risks[i] = to > from ? (double)frauds / (to - from) : 0;
            }
        }

        return risks;
    }

    /// <summary>The test week less the customers known by then: a label takes seven days.</summary>
    private static List<ScoredPayment> TestSet(List<ScoredPayment> payments)
    {
        var known = payments
            .Where(payment => payment.IsFraud && payment.Day < TrainStart.AddDays(7))
            .Select(payment => payment.CustomerId)
            .ToHashSet();
        var test = new List<ScoredPayment>();
        for (var day = TestStart; day < TestStart.AddDays(7); day = day.AddDays(1))
        {
            known.UnionWith(payments.Where(payment => payment.IsFraud && payment.Day == day.AddDays(-8)).Select(payment => payment.CustomerId));
            test.AddRange(payments.Where(payment => payment.Day == day && !known.Contains(payment.CustomerId)));
        }

        return test;
    }

    /// <summary>The payments from the training week on.</summary>
    private static IEnumerable<Payment> Payments()
    {
        using var reader = new StreamReader(
            new GZipStream(File.OpenRead(SharedData.File("cards", "transactions-2018-05-14_2018-07-10.csv.gz")), CompressionMode.Decompress));
        reader.ReadLine();
        while (reader.ReadLine() is { } line)
        {
            // TRANSACTION_ID, TX_DATETIME, CUSTOMER_ID, TERMINAL_ID, TX_AMOUNT, TX_TIME_SECONDS, TX_TIME_DAYS, TX_FRAUD, …
            var day = DateOnly.ParseExact(line.AsSpan(line.IndexOf(',') + 1, 10), "yyyy-MM-dd", CultureInfo.InvariantCulture);
            if (day >= TrainStart)
            {
                var fields = line.Split(',');
                var at = DateTime.ParseExact(fields[1], "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
                yield return new(fields[0], at, fields[2], fields[3], double.Parse(fields[4], CultureInfo.InvariantCulture), fields[7] == "1");
            }
        }
    }

    private sealed record Payment(string Id, DateTime At, string CustomerId, string TerminalId, double Amount, bool IsFraud)
    {
        public ScoredPayment AsScored(double score) => new(Id, CustomerId, DateOnly.FromDateTime(At), score, IsFraud);
    }
}
