using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;
using Payments.Pipeline.Import;

namespace Payments.Worker.Drop;

/// <summary>Keeps <c>ops.drop_folders</c> as the last sweep found the folder.</summary>
internal sealed class SweepRecord(NpgsqlDataSource dataSource, IOptions<StorageOptions> storage, TimeProvider clock)
{
    private const int LongestPath = 1000;

    /// <summary>Replaces what is known about this host's folder.</summary>
    public async Task WriteAsync(SweepReport report, CancellationToken cancellationToken)
    {
        var path = Path.GetFullPath(storage.Value.DropPath);
        await using var command = dataSource.CreateCommand("select pipeline.report_drop_folder($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)");
        command.Parameters.Add(new() { Value = Environment.MachineName });
        command.Parameters.Add(new() { Value = path[..Math.Min(path.Length, LongestPath)] });
        command.Parameters.Add(new() { Value = report.Status });
        command.Parameters.Add(new() { Value = (object?)report.Error ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = (object?)report.StartedAt?.UtcDateTime ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = (object?)report.EndedAt?.UtcDateTime ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = clock.GetUtcNow().UtcDateTime });
        command.Parameters.Add(new() { Value = report.SkippedCount });
        command.Parameters.Add(new() { Value = report.Skipped.Select(entry => entry.Name).ToArray() });
        command.Parameters.Add(new() { Value = report.Skipped.Select(entry => entry.KindCode).ToArray() });
        command.Parameters.Add(new() { Value = report.Skipped.Select(entry => entry.Reason).ToArray() });
        command.Parameters.Add(new() { Value = report.Skipped.Select(entry => entry.FirstSeen.UtcDateTime).ToArray() });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
