using System.Collections.Concurrent;
using System.Diagnostics;

namespace Aspire.Hosting.Running;

/// <summary>
/// Starts the application's processes, all from one thread that lives as long as we do: a program may ask Linux to be signalled when
/// the thread that started it ends, and threads of the pool come and go.
/// </summary>
internal sealed class ChildProcesses : IDisposable
{
    private readonly ChildJournal _journal;
    private readonly Reaper _reaper;
    private readonly BlockingCollection<Action> _starts = [];

    public ChildProcesses(ChildJournal journal, Reaper reaper)
    {
        (_journal, _reaper) = (journal, reaper);
        new Thread(() =>
        {
            foreach (var start in _starts.GetConsumingEnumerable())
                start();
        })
        { IsBackground = true, Name = "parent of the application's processes" }.Start();
    }

    /// <summary>Starts a process.</summary>
    /// <param name="name">Names it in the journal.</param>
    /// <param name="start">What to start; its output is redirected.</param>
    /// <param name="onLine">Gets every line that it writes.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">It could not be started.</exception>
    public async Task<ChildProcess> StartAsync(string name, ProcessStartInfo start, Action<string> onLine)
    {
        var started = new TaskCompletionSource<ChildProcess>(TaskCreationOptions.RunContinuationsAsynchronously);
        _starts.Add(() =>
        {
            try
            {
                var child = new ChildProcess(start, onLine);
                _reaper.Tell(started: true, child.Id);
                _journal.Add(child.Identity, name);
                started.SetResult(child);
            }
#pragma warning disable CA1031 // the one who asked gets it
            catch (Exception e)
#pragma warning restore CA1031
            {
                started.SetException(e);
            }
        });
        var process = await started.Task;
        _ = process.Exited.ContinueWith(_ => _reaper.Tell(started: false, process.Id), TaskScheduler.Default);
        return process;
    }

    public void Dispose() => _starts.CompleteAdding();
}
