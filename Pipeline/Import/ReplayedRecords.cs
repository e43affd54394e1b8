using Npgsql;

namespace Payments.Pipeline.Import;

/// <summary>The records of a file that a replay reads again.</summary>
internal sealed class ReplayedRecords
{
    private readonly HashSet<long> _numbers = [];
    private long _last;

    private ReplayedRecords()
    {
    }

    public static async Task<ReplayedRecords> LoadAsync(NpgsqlDataSource dataSource, long importId, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("select record_number from pipeline.list_replayed_records($1)");
        command.Parameters.Add(new() { Value = importId });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var replayed = new ReplayedRecords();
        while (await reader.ReadAsync(cancellationToken)) replayed.Add(reader.GetInt64(0));
        return replayed;
    }

    /// <summary>Whether the record of this number is one of them.</summary>
    public bool Contains(long recordNumber) => _numbers.Contains(recordNumber);

    /// <summary>Whether no record behind this one is one of them.</summary>
    public bool IsBehindAll(long recordNumber) => recordNumber >= _last;

    private void Add(long recordNumber)
    {
        _numbers.Add(recordNumber);
        _last = Math.Max(_last, recordNumber);
    }
}
