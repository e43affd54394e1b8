using System.Diagnostics;

namespace Payments.Bench;

/// <summary>What the machine itself takes for the steps that no payment can do without, so that a latency is read beside it.</summary>
/// <param name="Flush">Milliseconds until 16 KiB are on the disk, sorted: what a commit waits for.</param>
/// <param name="Handover">Microseconds from one sleeping thread to another, the median: what each turn to the store and back pays twice at least.</param>
internal sealed record Machine(double[] Flush, double Handover)
{
    private const int Flushes = 1_000;
    private const int Handovers = 4_000;
    private const int Bytes = 16 * 1024;
    private const int Places = 512;

    public override string ToString() =>
        $"flush_p50_ms={At(0.5):0.00} flush_p99_ms={At(0.99):0.00} flush_max_ms={Flush[^1]:0.0} handover_us={Handover:0}";

    /// <summary>Takes some seconds, at the pace of an open loop.</summary>
    /// <param name="folder">On the disk in question.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<Machine> MeasureAsync(DirectoryInfo folder, CancellationToken cancellationToken) =>
        new(await FlushTimesAsync(folder, cancellationToken), await HandoverTimeAsync(cancellationToken));

    private double At(double share) => Flush[(int)(Flush.Length * share)];

    private static async Task<double[]> FlushTimesAsync(DirectoryInfo folder, CancellationToken cancellationToken)
    {
        using var file = File.OpenHandle(Path.Combine(folder.FullName, "flushes"), FileMode.Create, FileAccess.Write, FileShare.None, FileOptions.DeleteOnClose);
        var bytes = new byte[Bytes];
        for (var i = 0; i < Places; i++) RandomAccess.Write(file, bytes, (long)i * Bytes);
        RandomAccess.FlushToDisk(file);
        var times = new double[Flushes];
        for (var i = 0; i < Flushes; i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, cancellationToken);
            var from = Stopwatch.GetTimestamp();
            RandomAccess.Write(file, bytes, (long)(i % Places) * Bytes);
            RandomAccess.FlushToDisk(file);
            times[i] = Stopwatch.GetElapsedTime(from).TotalMilliseconds;
        }

        Array.Sort(times);
        return times;
    }

    private static async Task<double> HandoverTimeAsync(CancellationToken cancellationToken)
    {
        using var there = new AutoResetEvent(false);
        using var back = new AutoResetEvent(false);
        var other = OnThread(() =>
        {
            for (var i = 0; i < Handovers; i++)
            {
                there.WaitOne();
                back.Set();
            }
        });
        var times = new double[Handovers];
        await OnThread(() =>
        {
            for (var i = 0; i < Handovers; i++)
            {
                var from = Stopwatch.GetTimestamp();
                there.Set();
                back.WaitOne();
                times[i] = Stopwatch.GetElapsedTime(from).TotalMicroseconds / 2;
            }
        });
        await other;
        Array.Sort(times);
        return times[Handovers / 2];

        Task OnThread(Action work) => Task.Factory.StartNew(work, cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }
}
