using System.Collections.Concurrent;
using System.Diagnostics;

namespace Payments.LocalPostgres;

/// <summary>
/// Starts processes from one thread that lives as long as this process: Linux sends the parent-death signal when the thread that
/// started the child ends, and threads of the pool come and go.
/// </summary>
internal static class LastingThread
{
    private static readonly Lazy<BlockingCollection<Action>> Starts = new(() =>
    {
        var starts = new BlockingCollection<Action>();
        new Thread(() =>
        {
            foreach (var start in starts.GetConsumingEnumerable())
            {
                start();
            }
        })
        { IsBackground = true, Name = "parent of PostgreSQL" }.Start();
        return starts;
    });

    public static Task StartAsync(Process process)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Starts.Value.Add(() =>
        {
            try
            {
                process.Start();
                started.SetResult();
            }
            catch (Exception e) when (e is System.ComponentModel.Win32Exception or InvalidOperationException)
            {
                started.SetException(e);
            }
        });
        return started.Task;
    }
}
