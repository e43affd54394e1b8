using Payments.Pipeline.Load;

namespace Payments.Pipeline.Score;

/// <summary>The scores of a batch on their way into it: of most payments a number and a flag, of those that need a look everything.</summary>
internal sealed class Scores(int payments)
{
    private readonly long[] _records = new long[payments];
    private readonly decimal[] _scores = new decimal[payments];
    private readonly bool[] _flags = new bool[payments];
    private int _count;

    /// <summary>Payments that a person should look at, or that a flag or a list hit.</summary>
    public List<ScoredPayment> ToLookAt { get; } = [];

    /// <summary>Record, score and flag of each payment, once all of them are added.</summary>
    public (long[] Records, decimal[] Scores, bool[] Flags) Columns => (_records, _scores, _flags);

    public void Add(ScoredPayment payment)
    {
        _records[_count] = payment.RecordNumber;
        _scores[_count] = payment.Assessment.RoundedScore;
        _flags[_count] = payment.Assessment.IsFlagged;
        _count++;
        if (payment.Assessment.NeedsLook) ToLookAt.Add(payment);
    }

    /// <summary>Puts the scores to the batch's payments, which are then ready to be loaded.</summary>
    public async Task WriteAsync(Lane lane, CancellationToken cancellationToken)
    {
        await using var command = lane.Command("select pipeline.score_payments($1, $2, $3, $4, $5)", lane.Batch.Id, lane.Number, _records, _scores, _flags);
        var written = (long)(await command.ExecuteScalarAsync(cancellationToken))!;
        if (written != _count) throw new InvalidOperationException($"Of {_count} payments of batch {lane.Batch.Id}, {written} were scored.");
    }
}
