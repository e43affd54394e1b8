using Npgsql;
using Payments.Risk.Rules;

namespace Payments.Pipeline.RuleBooks;

/// <summary>
/// Counts what the rules do, batch by batch (<c>risk.rule_counts</c>), and knows what they did in the 24 hours before, by which a rule that hits
/// too much is capped. One a process.
/// </summary>
/// <param name="clock">The source of time.</param>
public sealed class RuleCounts(TimeProvider clock)
{
    // What other processes count is seen by small batches this late; what this one counts at once.
    private static readonly TimeSpan LongestLag = TimeSpan.FromSeconds(10);
    private const int LargeBatch = 1000;

    private readonly Lock _lock = new();
    private Dictionary<long, RuleActivity> _known = [];
    private long? _readAt;

    /// <summary>A count for a batch, on top of what the rules did before it.</summary>
    /// <param name="connection">The batch's connection.</param>
    /// <param name="rules">The rules that it is scored by.</param>
    /// <param name="payments">How many payments it has at the most: for many, the store is asked anew.</param>
    /// <param name="now">The instant of scoring (UTC).</param>
    /// <param name="isAhead">Whether the batch before is not committed yet: it is counted here, and not in the store.</param>
    /// <param name="cancellationToken">Gives up reading.</param>
    public async Task<RuleTally> BeginAsync(
        NpgsqlConnection connection, RuleSet rules, int payments, DateTime now, bool isAhead, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(rules);
        if (!isAhead && (payments >= LargeBatch || IsOld())) await ReadAsync(connection, now, cancellationToken);
        lock (_lock)
        {
            return rules.Count(_known);
        }
    }

    /// <summary>Adds a batch's counts, in its transaction, when all of its payments are scored.</summary>
    /// <param name="connection">The batch's connection.</param>
    /// <param name="tally">What <see cref="BeginAsync"/> gave.</param>
    /// <param name="now">The instant of scoring (UTC).</param>
    /// <param name="cancellationToken">Gives up writing.</param>
    public async Task WriteAsync(NpgsqlConnection connection, RuleTally tally, DateTime now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(tally);
        if (Statement(tally, now) is not { } statement) return;
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { statement } };
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>What adds a batch's counts, for whoever has more to say to the store; null where there is nothing to count. It is counted as written at once.</summary>
    internal NpgsqlBatchCommand? Statement(RuleTally tally, DateTime now)
    {
        var counts = tally.Counts();
        var rules = tally.Rules.Active;
        if (rules.Count == 0 || counts.All(count => count.Evaluated == 0)) return null;
        Add(rules, counts);
        return new("select pipeline.count_rules($1, $2, $3, $4, $5, $6)")
        {
            Parameters =
            {
                new() { Value = now },
                new() { Value = rules.Select(rule => rule.Id).ToArray() },
                new() { Value = counts.Select(count => count.Evaluated).ToArray() },
                new() { Value = counts.Select(count => count.Hits).ToArray() },
                new() { Value = counts.Select(count => count.Capped).ToArray() },
                new() { Value = tally.NewlyCapped() },
            },
        };
    }

    private bool IsOld()
    {
        lock (_lock)
        {
            return _readAt is not { } readAt || clock.GetElapsedTime(readAt) > LongestLag;
        }
    }

    private async Task ReadAsync(NpgsqlConnection connection, DateTime now, CancellationToken cancellationToken)
    {
        var readAt = clock.GetTimestamp();
        // This hour and the 23 before.
        var since = new DateTime(now.Year, now.Month, now.Day, now.Hour, 0, 0, DateTimeKind.Utc).AddHours(-23);
        var known = new Dictionary<long, RuleActivity>();
        await using var command = new NpgsqlCommand("select rule_id, evaluated, hits, capped from pipeline.sum_rule_counts($1)", connection) { Parameters = { new() { Value = since } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            known[reader.GetInt64(0)] = new(reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3));
        }

        lock (_lock)
        {
            _known = known;
            _readAt = readAt;
        }
    }

    // A batch that is rolled back after this has counted until the store is asked again; that is never long.
    private void Add(IReadOnlyList<Rule> rules, IReadOnlyList<RuleActivity> counts)
    {
        lock (_lock)
        {
            var known = new Dictionary<long, RuleActivity>(_known);
            for (var place = 0; place < rules.Count; place++)
            {
                known[rules[place].Id] = known.GetValueOrDefault(rules[place].Id) + counts[place];
            }

            _known = known;
        }
    }
}
