using Npgsql;

namespace Payments.Pipeline.Load;

/// <summary>A COPY under way on a lane's connection, fed from the lane's <see cref="Lane.Rows"/>; without <see cref="CompleteAsync"/> it is cancelled.</summary>
internal sealed class CopyStream : IAsyncDisposable
{
    private readonly NpgsqlRawCopyStream _stream;
    private readonly CopyRows _rows;
    private bool _isComplete;

    private CopyStream(NpgsqlRawCopyStream stream, CopyRows rows)
    {
        _stream = stream;
        _rows = rows;
    }

    public static async Task<CopyStream> BeginAsync(Lane lane, string sql, CancellationToken cancellationToken)
    {
        var stream = await lane.Connection.BeginRawBinaryCopyAsync(sql, cancellationToken);
        lane.Rows.Clear();
        lane.Rows.Header();
        return new(stream, lane.Rows);
    }

    /// <summary>Sends the rows once they are more than so many bytes.</summary>
    public ValueTask FlushOverAsync(int bytes, CancellationToken cancellationToken) =>
        _rows.Length > bytes ? FlushAsync(cancellationToken) : ValueTask.CompletedTask;

    /// <summary>Sends the rest and ends the COPY.</summary>
    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        _rows.Trailer();
        await FlushAsync(cancellationToken);
        _isComplete = true;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_isComplete) await _stream.CancelAsync();
        await _stream.DisposeAsync();
    }

    private async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        await _stream.WriteAsync(_rows.Written, cancellationToken);
        _rows.Clear();
    }
}
