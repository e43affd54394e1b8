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
        var test = TestSet([.. Payments(SharedData.File("cards", "transactions-2018-05-14_2018-07-10.csv.gz"))]);
        var scores = test.Select(payment => payment.Score).ToArray();
        var labels = test.Select(payment => payment.IsFraud).ToArray();

        Assert.Equal((57_182, 416), (test.Count, labels.Count(fraud => fraud)));
        Assert.Equal(.6478, Ranking.AucRoc(scores, labels)!.Value, .00005);
        Assert.Equal(.2196, Ranking.AveragePrecision(scores, labels)!.Value, .00005);
        Assert.Equal(.0914, CardPrecision.At(100, test)!.Value, .00005);
        Assert.Equal(.4171, CardPrecision.At(100, test.Select(payment => payment with { Score = payment.IsFraud ? 1 : 0 }))!.Value, .00005);
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

    /// <summary>The payments from the training week on, with their amount as the score.</summary>
    private static IEnumerable<ScoredPayment> Payments(string file)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        reader.ReadLine();
        while (reader.ReadLine() is { } line)
        {
            // TRANSACTION_ID, TX_DATETIME, CUSTOMER_ID, TERMINAL_ID, TX_AMOUNT, TX_TIME_SECONDS, TX_TIME_DAYS, TX_FRAUD, …
            var day = DateOnly.ParseExact(line.AsSpan(line.IndexOf(',') + 1, 10), "yyyy-MM-dd", CultureInfo.InvariantCulture);
            if (day >= TrainStart)
            {
                var fields = line.Split(',');
                yield return new(fields[0], fields[2], day, double.Parse(fields[4], CultureInfo.InvariantCulture), fields[7] == "1");
            }
        }
    }
}
