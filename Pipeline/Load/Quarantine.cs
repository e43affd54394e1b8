using Payments.Pipeline.Validate;

namespace Payments.Pipeline.Load;

/// <summary>Writes refused records to <c>ops.quarantine</c>: why, where they were, and as they came.</summary>
internal static class Quarantine
{
    private const string Copy = """
        copy ops.quarantine (import_id, record_number, batch_id, line_number, reason, reasons, raw_record, raw_is_cut)
        from stdin (format binary)
        """;

    private const short Columns = 8;
    private const int FlushBytes = 1024 * 1024;

    public static async Task WriteAsync(Lane lane, long importId, IReadOnlyList<RefusedRecord> refused, bool hasSecrets, CancellationToken cancellationToken)
    {
        if (refused.Count == 0) return;
        await using var copy = await CopyStream.BeginAsync(lane, Copy, cancellationToken);
        foreach (var record in refused)
        {
            Append(lane, importId, record, hasSecrets);
            await copy.FlushOverAsync(FlushBytes, cancellationToken);
        }

        await copy.CompleteAsync(cancellationToken);
    }

    private static void Append(Lane lane, long importId, RefusedRecord record, bool hasSecrets)
    {
        var raw = lane.Batch.Raw(record.RecordNumber, out var isKeptCut);
        var (text, isCut) = RawText.Quote(raw, isKeptCut);
        lane.Rows.Row(Columns);
        lane.Rows.Int64(importId);
        lane.Rows.Int64(record.RecordNumber);
        lane.Rows.Int64(lane.Batch.Id);
        lane.Rows.Int64(record.LineNumber);
        lane.Rows.Text(record.Reasons[0]);
        lane.Rows.TextArray(record.Reasons);
        lane.Rows.Text(CardNumberText.Mask(text, any: hasSecrets, isCut));
        lane.Rows.Boolean(isCut);
    }
}
