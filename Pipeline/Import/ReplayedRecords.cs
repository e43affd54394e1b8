using System.Text;
using System.Text.Json;
using Npgsql;

namespace Payments.Pipeline.Import;

/// <summary>The records of a file that a replay reads again, with the values that stand for their own.</summary>
internal sealed class ReplayedRecords
{
    private readonly HashSet<long> _numbers = [];
    private readonly Dictionary<long, IReadOnlyDictionary<string, byte[]>> _corrections = [];
    private long _last;

    private ReplayedRecords()
    {
    }

    /// <summary>Columns that any of them has a correction of, by the profile's header.</summary>
    public IEnumerable<string> CorrectedColumns => _corrections.Values.SelectMany(values => values.Keys).Distinct();

    public static async Task<ReplayedRecords> LoadAsync(NpgsqlDataSource dataSource, long importId, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("select record_number, corrections from pipeline.list_replayed_records($1)");
        command.Parameters.Add(new() { Value = importId });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var replayed = new ReplayedRecords();
        while (await reader.ReadAsync(cancellationToken))
        {
            replayed.Add(reader.GetInt64(0), await reader.IsDBNullAsync(1, cancellationToken) ? null : reader.GetString(1));
        }

        return replayed;
    }

    /// <summary>Whether the record of this number is one of them.</summary>
    public bool Contains(long recordNumber) => _numbers.Contains(recordNumber);

    /// <summary>Whether no record behind this one is one of them.</summary>
    public bool IsBehindAll(long recordNumber) => recordNumber >= _last;

    /// <summary>Values, by the profile's header, that stand for the record's own; null: it is read as it is.</summary>
    public IReadOnlyDictionary<string, byte[]>? CorrectionsOf(long recordNumber) => _corrections.GetValueOrDefault(recordNumber);

    private void Add(long recordNumber, string? corrections)
    {
        _numbers.Add(recordNumber);
        _last = Math.Max(_last, recordNumber);
        if (corrections is null) return;
        var values = JsonSerializer.Deserialize<Dictionary<string, string>>(corrections)!;
        _corrections[recordNumber] = values.ToDictionary(value => value.Key, value => Encoding.UTF8.GetBytes(value.Value));
    }
}
