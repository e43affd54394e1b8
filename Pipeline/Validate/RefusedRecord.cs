namespace Payments.Pipeline.Validate;

/// <summary>A record that is not accepted.</summary>
/// <param name="RecordNumber">Its number, from 1, the header not counted.</param>
/// <param name="LineNumber">The physical line where it starts, from 1.</param>
/// <param name="Reasons">All reasons, the one that counts first.</param>
internal sealed record RefusedRecord(long RecordNumber, long LineNumber, string[] Reasons);
