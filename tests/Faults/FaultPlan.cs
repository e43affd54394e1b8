using System.Globalization;

namespace Payments.Faults;

/// <summary>Draws faults: the same numbers draw the same ones in the same order, with the same pauses.</summary>
internal sealed class FaultPlan(Random random, FaultOptions options, SupervisedServer server, Platform platform, CancellationToken cancellationToken)
{
    /// <summary>The pause before the next fault; short ones are as likely as long ones, since a start is as fragile as work.</summary>
    public TimeSpan NextPause() => options.LongestPause * Math.Pow(random.NextDouble(), 2);

    /// <summary>The next fault.</summary>
    public Fault Next()
    {
        var worker = platform.Workers[random.Next(2)];
        var wait = TimeSpan.FromMilliseconds(random.Next(100, 3000));
        var draw = random.Next();
        return random.Next(100) switch
        {
            < 28 => Kill(worker),
            < 33 => KillBoth(),
            < 45 => Kill(platform.ApiProcess),
            < 55 => KillServer(),
            < 75 => HoldAndKill(Held.Places[draw % Held.Places.Count], random.Next(5) switch { 0 => Kill(platform.ApiProcess), 1 => KillServer(), 2 => KillBoth(), _ => Kill(worker) }),
            < 80 => new("terminate some sessions", 0, () => server.TerminateAsync(platform.Database, 2 + (draw % 3), draw % 1000, cancellationToken)),
            < 83 => new("cut every connection", 0, () => Do(platform.Wire.CutAll)),
            < 88 => AtCommit(CommitCut.Before, draw % 4),
            < 94 => AtCommit(CommitCut.Behind, draw % 4),
            < 96 => new($"freeze {worker.Name} for {Seconds(wait)} and cut its connections", 0, () => FreezeAsync(worker, wait)),
            < 98 when SmallDisk.IsPossible => new($"fill the storage's disk for {Seconds(wait)}", 0, () => FillAsync(platform.Storage, wait)),
            _ when SmallDisk.IsPossible => new($"fill the database's disk for {Seconds(wait)}", 0, () => FillAsync(server.Disk, wait)),
            _ => Kill(worker),
        };
    }

    private static Fault Kill(SupervisedProcess process) => new($"kill -9 {process.Name}", 1, () => Do(process.Kill));

    private Fault KillBoth() => new("kill -9 both workers", 2, () => Do(() => { foreach (var each in platform.Workers) each.Kill(); }));

    private Fault KillServer() => new("kill -9 PostgreSQL, all of its processes", 1, server.KillAsync);

    private Fault HoldAndKill((string Where, string Sql) place, Fault kill) => new(
        $"hold up {place.Where}, then {kill.What}",
        kill.Kills,
        () => Held.StrikeAsync(server.OwnerOf(platform.Database), place.Sql, TimeSpan.FromMilliseconds(random.Next(200, 1200)), kill.StrikeAsync, cancellationToken));

    // The client of a commit that was cut is sometimes killed as well: then nobody is left who could know.
    private Fault AtCommit(CommitCut where, int skip)
    {
        var alsoKills = skip % 2 == 1;
        return new(
            $"cut a connection {(where == CommitCut.Before ? "before" : "behind")} its commit, {skip} from now{(alsoKills ? ", and kill -9 both workers" : "")}",
            alsoKills ? 2 : 0,
            async () =>
            {
                await Task.WhenAny(platform.Wire.CutAtCommit(where, skip), Task.Delay(options.LongestPause, cancellationToken));
                platform.Wire.Disarm();
                if (!alsoKills) return;
                foreach (var worker in platform.Workers) worker.Kill();
            });
    }

    // Nobody but the server notices that the worker is gone: its claim is free, and when it wakes up it must not write any more.
    private async Task FreezeAsync(SupervisedProcess worker, TimeSpan duration)
    {
        worker.Freeze();
        platform.Wire.CutAll();
        await Task.Delay(duration, cancellationToken);
        worker.Thaw();
    }

    private async Task FillAsync(SmallDisk disk, TimeSpan duration)
    {
        disk.Fill();
        await Task.Delay(duration, cancellationToken);
        disk.Free();
    }

    private static Task Do(Action action)
    {
        action();
        return Task.CompletedTask;
    }

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s");
}
