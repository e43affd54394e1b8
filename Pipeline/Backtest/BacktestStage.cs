using Npgsql;
using NpgsqlTypes;
using Payments.Pipeline.Rescore;
using Payments.Pipeline.RuleBooks;
using Payments.Pipeline.Runs;
using Payments.Risk.Engine;
using Payments.Risk.Rules;

namespace Payments.Pipeline.Backtest;

/// <summary>Tries a rule on stored payments, with the features and labels that they had, and keeps what it would have done.</summary>
public static class BacktestStage
{
    /// <summary>A payment of this age without a label counts as genuine: by then frauds are known.</summary>
    public static readonly TimeSpan Maturity = TimeSpan.FromDays(7);

    /// <summary>Does a backtest that was asked for.</summary>
    /// <param name="run">The run that does it.</param>
    /// <param name="backtestId">Its id in <c>risk.backtests</c>.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="InvalidOperationException">There is no such backtest.</exception>
    /// <exception cref="RuleExpressionException">Its expression cannot be read any more.</exception>
    public static Task<BacktestResult> RunAsync(RunContext run, long backtestId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        return run.StepAsync("backtest", step => TryAsync(run, step, backtestId, cancellationToken), cancellationToken);
    }

    private static async Task<BacktestResult> TryAsync(RunContext run, RunStep step, long backtestId, CancellationToken cancellationToken)
    {
        var (backtest, from, until) = await PrepareAsync(run, backtestId, cancellationToken);
        var now = run.Clock.GetUtcNow().UtcDateTime;
        var matured = now - Maturity;
        await foreach (var page in new HistoricalFeatures(run.DataSource).ReadAsync(from, until, cancellationToken))
        {
            foreach (var payment in page)
            {
                // A label that becomes known later than now is not one yet.
                var isFraud = payment.Label is { } label && label.KnownAt <= now ? label.IsFraud : (bool?)null;
                backtest.Add(
                    payment.Subject, (double)payment.Stored.RiskScore, payment.Stored.Decision ?? Decision.Approve, isFraud, payment.Subject.TransactionDate <= matured);
            }

            step.RowsIn += page.Count;
        }

        var result = backtest.Result();
        step.RowsOut = result.Hits;
        await KeepAsync(run, backtestId, result, cancellationToken);
        return result;
    }

    private static async Task<(RuleBacktest Backtest, DateTime From, DateTime Until)> PrepareAsync(RunContext run, long backtestId, CancellationToken cancellationToken)
    {
        await using var connection = await run.DataSource.OpenConnectionAsync(cancellationToken);
        var book = await RuleStore.LoadAsync(connection, cancellationToken);
        await using var command = new NpgsqlCommand("select rule_code, expression, from_day, to_day from pipeline.list_backtests(null) where backtest_id = $1", connection)
        {
            Parameters = { new() { Value = backtestId } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) throw new InvalidOperationException($"There is no backtest {backtestId}.");
        var code = reader.IsDBNull(0) ? null : reader.GetString(0);
        var live = book.Rules.Active.Where(rule => rule.Mode == RuleMode.Live && rule.Code != code);
        return (new(RuleExpression.Parse(reader.GetString(1)), live), Start(reader.GetFieldValue<DateOnly>(2)), Start(reader.GetFieldValue<DateOnly>(3).AddDays(1)));
    }

    private static async Task KeepAsync(RunContext run, long backtestId, BacktestResult result, CancellationToken cancellationToken)
    {
        await using var connection = await run.DataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await run.AssertOwnedAsync(connection, cancellationToken);
        await using var command = new NpgsqlCommand("select pipeline.finish_backtest($1, $2, $3)", connection)
        {
            Parameters =
            {
                new() { Value = backtestId },
                new() { Value = RunJson.Write(result), NpgsqlDbType = NpgsqlDbType.Jsonb },
                new() { Value = run.Clock.GetUtcNow().UtcDateTime },
            },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static DateTime Start(DateOnly day) => day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
}
