using System.Diagnostics;
using System.Globalization;

namespace Payments.Bench;

/// <summary>How long reads take: median and worst of several rounds over one pooled connection, all rows fetched.</summary>
internal static class Latency
{
    private const int Rounds = 15;

    public static async Task PrintAsync(BenchDatabase database, string name, string sql, CancellationToken cancellationToken)
    {
        var times = new List<double>();
        var rows = 0;
        for (var round = 0; round <= Rounds; round++)
        {
            await using var command = database.DataSource.CreateCommand(sql);
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
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-44} rows={rows} p50_ms={times[Rounds / 2]:0.0} max_ms={times[^1]:0.0}"));
    }
}
