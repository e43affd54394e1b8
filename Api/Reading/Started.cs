namespace Payments.Api.Reading;

/// <summary>A stream of rows whose first row has been read: what keeps it from starting is known before the answer begins.</summary>
internal sealed class Started<TRow>(IAsyncEnumerator<TRow> rows) : IAsyncDisposable
{
    private bool _any;

    public async Task StartAsync() => _any = await rows.MoveNextAsync();

    public async IAsyncEnumerable<TRow> RestAsync()
    {
        while (_any)
        {
            yield return rows.Current;
            _any = await rows.MoveNextAsync();
        }
    }

    public ValueTask DisposeAsync() => rows.DisposeAsync();
}
