using Npgsql;
using Payments.Pipeline.Rescore;
using Payments.Risk.Models;
using Payments.Risk.Rules;

namespace Payments.Pipeline.Models;

/// <summary>Payments of a time as a model learns from them: with the features that they had at their instant, and what was known of them by another.</summary>
/// <param name="Payments">The payments.</param>
/// <param name="LegitimateShare">The share of the payments that are no known frauds that is among them: thinned by id where there were too many.</param>
public sealed record TrainingData(IReadOnlyList<TrainingPayment> Payments, double LegitimateShare)
{
    /// <summary>The frauds among them.</summary>
    public int Frauds => Payments.Count(payment => payment.IsFraud);

    /// <summary>Reads the payments of a half-open time.</summary>
    /// <param name="dataSource">Connections that may read payments and labels.</param>
    /// <param name="rules">What gives points.</param>
    /// <param name="from">The first instant, UTC.</param>
    /// <param name="until">The first instant that is no more asked for, UTC.</param>
    /// <param name="knownBy">Labels that became known later do not count.</param>
    /// <param name="mostPayments">How many to keep at the most, about.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<TrainingData> ReadAsync(
        NpgsqlDataSource dataSource, RuleSet rules, DateTime from, DateTime until, DateTime knownBy, int mostPayments, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(dataSource);
        ArgumentNullException.ThrowIfNull(rules);
        var keptOneIn = Math.Max(1, (await CountAsync(dataSource, from, until, cancellationToken) + mostPayments - 1) / mostPayments);
        var payments = new List<TrainingPayment>();
        await foreach (var page in new HistoricalFeatures(dataSource).ReadAsync(from, until, cancellationToken))
        {
            foreach (var payment in page)
            {
                var isFraud = payment.Label is { IsFraud: true } label && label.KnownAt <= knownBy;
                if (!isFraud && keptOneIn > 1 && Spread(payment.Subject.PaymentId) % (ulong)keptOneIn != 0) continue;
                var points = Math.Min(100, rules.Evaluate(payment.Subject, knownBy, PartyLists.Empty).Points);
                payments.Add(new(payment.Subject.TransactionDate, payment.Subject.Features, points, isFraud));
            }
        }

        return new(payments, 1.0 / keptOneIn);
    }

    private static async Task<long> CountAsync(NpgsqlDataSource dataSource, DateTime from, DateTime until, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            "select coalesce(sum(transaction_count), 0)::bigint from rollup.payment_days where payment_date between $1 and $2");
        command.Parameters.Add(new() { Value = DateOnly.FromDateTime(from) });
        command.Parameters.Add(new() { Value = DateOnly.FromDateTime(until.AddTicks(-1)) });
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    // FNV-1a: the same payments whenever and wherever they are thinned.
    private static ulong Spread(string id)
    {
        var hash = 14695981039346656037UL;
        foreach (var letter in id) hash = unchecked((hash ^ letter) * 1099511628211UL);
        return hash ^ (hash >> 32);
    }
}
