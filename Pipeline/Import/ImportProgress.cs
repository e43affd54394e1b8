using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Payments.Pipeline.Load;

namespace Payments.Pipeline.Import;

/// <summary>How an import gets on: counted as metrics with each batch, told in the log every ten seconds and at its end.</summary>
internal sealed class ImportProgress(long importId, ImportWork work, string profile, TimeProvider clock, ILogger logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private static readonly Counter<long> Records =
        PipelineTelemetry.Meter.CreateCounter<long>("payments.import.records", "{record}", "Records accounted for, by profile and outcome.");

    private static readonly Counter<long> Bytes =
        PipelineTelemetry.Meter.CreateCounter<long>("payments.import.bytes", "By", "Bytes of files, as they were sent, whose records are accounted for, by profile.");

    private static readonly Histogram<double> Rate =
        PipelineTelemetry.Meter.CreateHistogram<double>("payments.import.rate", "{record}/s", "Records accounted for in a second, batch by batch, by profile.");

    private static readonly Gauge<double> Share =
        PipelineTelemetry.Meter.CreateGauge<double>("payments.import.progress", "1", "Share of the file whose records are accounted for, by import, from 0 to 1.");

    private readonly long _begun = clock.GetTimestamp();
    private readonly long _bytesBefore = work.BytesRead;
    private long _bytes = work.BytesRead;
    private long _lastBatch = clock.GetTimestamp();
    private long _lastLine = clock.GetTimestamp();
    private long _read;
    private long _rejected;

    private double PerSecond => _read / Math.Max(clock.GetElapsedTime(_begun).TotalSeconds, 0.001);

    /// <summary>A batch is committed.</summary>
    public void Report(BatchCounts counts)
    {
        var now = clock.GetTimestamp();
        KeyValuePair<string, object?> tag = new("profile", profile);
        Records.Add(counts.Accepted, tag, new("outcome", "accepted"));
        Records.Add(counts.Duplicates, tag, new("outcome", "duplicate"));
        Records.Add(counts.Rejected, tag, new("outcome", "rejected"));
        Bytes.Add(Math.Max(counts.BytesRead - _bytes, 0), tag);
        Rate.Record(counts.Records / Math.Max(clock.GetElapsedTime(_lastBatch, now).TotalSeconds, 0.001), tag);
        if (work.SizeBytes > 0) Share.Record((double)counts.BytesRead / work.SizeBytes, tag, new("import_id", importId));

        (_read, _rejected, _bytes, _lastBatch) = (_read + counts.Records, _rejected + counts.Rejected, counts.BytesRead, now);
        if (clock.GetElapsedTime(_lastLine, now) < Pause) return;
        _lastLine = now;
        logger.LogInformation(
            "Import {ImportId} of {File}: {Records} records, {Percent:F0} % of the file, {RowsPerSecond:F0} records/s, {SecondsLeft:F0} s left",
            importId, work.FileName, _read, 100.0 * _bytes / Math.Max(work.SizeBytes, 1), PerSecond, SecondsLeft());
    }

    /// <summary>The import is done.</summary>
    public void End() => logger.LogInformation(
        "Import {ImportId} of {File} is done: {Records} records in this attempt, {Rejected} of them rejected, {RowsPerSecond:F0} records/s",
        importId, work.FileName, _read, _rejected, PerSecond);

    private double SecondsLeft() =>
        clock.GetElapsedTime(_begun).TotalSeconds * (work.SizeBytes - _bytes) / Math.Max(_bytes - _bytesBefore, 1);
}
