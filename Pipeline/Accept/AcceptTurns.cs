namespace Payments.Pipeline.Accept;

/// <summary>
/// The turns of lanes that share the totals of the day: while one commits, another receives and scores. So nobody waits for another's row locks in the
/// store, what comes meanwhile shares the next transaction, and there is always one who receives.
/// </summary>
internal sealed class AcceptTurns : IDisposable
{
    private readonly SemaphoreSlim _receiving = new(1);
    private readonly SemaphoreSlim _storing = new(1);

    /// <summary>Waits for the turn to receive, so long at the most.</summary>
    /// <returns>The turn; null when it did not come.</returns>
    public async Task<Turn?> TakeAsync(TimeSpan atMost) => await _receiving.WaitAsync(atMost) ? new Turn(this) : null;

    public void Dispose()
    {
        _receiving.Dispose();
        _storing.Dispose();
    }

    /// <summary>A lane's turn: to receive, then to store.</summary>
    public sealed class Turn(AcceptTurns turns) : IDisposable
    {
        private bool _isStoring;
        private bool _isOver;

        /// <summary>Goes on from receiving to storing; the next one may receive from then on.</summary>
        public async Task StoreAsync()
        {
            if (_isStoring) return;
            await turns._storing.WaitAsync();
            _isStoring = true;
            turns._receiving.Release();
        }

        public void Dispose()
        {
            if (_isOver) return;
            _isOver = true;
            (_isStoring ? turns._storing : turns._receiving).Release();
        }
    }
}
