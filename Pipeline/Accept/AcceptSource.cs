using Npgsql;
using NpgsqlTypes;

namespace Payments.Pipeline.Accept;

/// <summary>The import that stands for what this process takes on a UTC day, and the numbers of its payments.</summary>
internal sealed class AcceptSource(NpgsqlDataSource dataSource, TimeProvider clock) : IDisposable
{
    // A process that is started anew under an old number is another one.
    private readonly string _name = $"API {Environment.MachineName}:{Environment.ProcessId} {Guid.NewGuid().ToString("n")[..8]}";
    private readonly SemaphoreSlim _turn = new(1);
    private Numbered? _current;

    /// <summary>The import of today and the first of so many numbers of its payments, from 1; a number that is not used stays away.</summary>
    public async ValueTask<(long ImportId, long FirstNumber)> NextAsync(int payments, CancellationToken cancellationToken)
    {
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        var current = _current is { } open && open.Day == today ? open : await OpenAsync(today, cancellationToken);
        return (current.ImportId, current.Take(payments));
    }

    public void Dispose() => _turn.Dispose();

    private async Task<Numbered> OpenAsync(DateOnly today, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_current is { } open && open.Day == today) return open;
            await using var command = dataSource.CreateCommand("select pipeline.open_source($1, $2)");
            command.Parameters.Add(new() { Value = _name });
            command.Parameters.Add(new() { Value = today, NpgsqlDbType = NpgsqlDbType.Date });
            return _current = new(today, (long)(await command.ExecuteScalarAsync(cancellationToken))!);
        }
        finally
        {
            _turn.Release();
        }
    }

    private sealed class Numbered(DateOnly day, long importId)
    {
        private long _last;

        public DateOnly Day => day;

        public long ImportId => importId;

        public long Take(int payments) => Interlocked.Add(ref _last, payments) - payments + 1;
    }
}
