using System.Diagnostics;

namespace Payments.Bench;

/// <summary>How long a read takes.</summary>
/// <param name="Name">Which.</param>
/// <param name="Rows">Rows of the answer.</param>
/// <param name="Median">Milliseconds over one pooled connection, all rows fetched.</param>
/// <param name="Worst">Milliseconds of the slowest round.</param>
internal sealed record Latency(string Name, long Rows, double Median, double Worst)
{
    private const int Rounds = 15;

    public static async Task<Latency> MeasureAsync(BenchDatabase database, string name, string sql, CancellationToken cancellationToken)
    {
        var times = new List<double>();
        var rows = 0L;
        for (var round = 0; round <= Rounds; round++)
        {
            await using var command = database.DataSource.CreateCommand(sql);
            command.CommandTimeout = 0;
            var from = Stopwatch.GetTimestamp();
            rows = 0;
            await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
            {
                while (await reader.ReadAsync(cancellationToken)) rows++;
            }

            // The first round reads catalogues and cold pages: shown by nobody, paid once.
            if (round > 0) times.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds);
        }

        times.Sort();
        return new(name, rows, times[Rounds / 2], times[^1]);
    }
}
