using Npgsql;
using Payments.Risk.Engine;
using Payments.Risk.Rules;

namespace Payments.Pipeline.RuleBooks;

/// <summary>Reads rules, lists, suppressions and thresholds as the store has them now.</summary>
public static class RuleStore
{
    private const string RuleColumns =
        "rule_id, rule_code, rule_version, description, expression, mode, points, floor_score, severity, is_flag, max_share, valid_from, valid_until";

    /// <summary>All of them, in the connection's transaction. Entries of lists that have expired come too: the engine judges them at its instant.</summary>
    public static async Task<RuleBook> LoadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connection);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new($"select {RuleColumns} from pipeline.current_rules()"),
                new("select list, party_kind, party, reason, expires_at from pipeline.current_listed_parties()"),
                new("select rule_code, party_kind, party, expires_at from pipeline.current_suppressions()"),
                new("select review, block from pipeline.get_thresholds()"),
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);

        var rules = new List<Rule>();
        var unreadable = new List<UnreadableRule>();
        while (await reader.ReadAsync(cancellationToken))
        {
            try
            {
                rules.Add(ReadRule(reader));
            }
            catch (RuleExpressionException fault)
            {
                unreadable.Add(new(reader.GetString(1), reader.GetInt32(2), fault.Message));
            }
        }

        await reader.NextResultAsync(cancellationToken);
        var parties = new List<ListedParty>();
        while (await reader.ReadAsync(cancellationToken))
        {
            parties.Add(new(RuleWords.List(reader.GetString(0)), RuleWords.Kind(reader.GetString(1)), reader.GetString(2), reader.GetString(3), Instant(reader, 4)));
        }

        await reader.NextResultAsync(cancellationToken);
        var suppressions = new List<RuleSuppression>();
        while (await reader.ReadAsync(cancellationToken))
        {
            suppressions.Add(new(reader.GetString(0), RuleWords.Kind(reader.GetString(1)), reader.GetString(2), Instant(reader, 3)));
        }

        await reader.NextResultAsync(cancellationToken);
        var thresholds = await reader.ReadAsync(cancellationToken) ? new DecisionThresholds(reader.GetDecimal(0), reader.GetDecimal(1)) : DecisionThresholds.Default;
        return new(new RuleSet(rules), new PartyLists(parties, suppressions), thresholds, unreadable);
    }

    private static Rule ReadRule(NpgsqlDataReader reader) => new()
    {
        Id = reader.GetInt64(0),
        Code = reader.GetString(1),
        Version = reader.GetInt32(2),
        Description = reader.GetString(3),
        Expression = RuleExpression.Parse(reader.GetString(4)),
        Mode = RuleWords.Mode(reader.GetString(5)),
        Points = (double)reader.GetDecimal(6),
        Floor = reader.IsDBNull(7) ? null : (double)reader.GetDecimal(7),
        Severity = RuleWords.Severity(reader.GetString(8)),
        IsFlag = reader.GetBoolean(9),
        MaxShare = (double)reader.GetDecimal(10),
        ValidFrom = Instant(reader, 11),
        ValidUntil = Instant(reader, 12),
    };

    private static DateTime? Instant(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetDateTime(column);
}
