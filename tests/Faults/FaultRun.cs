using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Payments.Faults;

/// <summary>
/// Runs one workload undisturbed, then again and again under faults, and compares what the stores hold at the end. Nobody helps: programs are
/// started again when they have died, as any host does, and senders send again what was not accepted.
/// </summary>
public static class FaultRun
{
    private const int DifferencesShown = 40;
    private const int LastWordsShown = 60;
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    /// <summary>Runs until all kills are done and every round is judged.</summary>
    /// <returns>Whether every round ended like the undisturbed one.</returns>
    public static async Task<bool> RunAsync(FaultOptions options, CancellationToken cancellationToken)
    {
        Print(options, $"seed {options.Seed}, {options.Kills} kills, {options.KillsPerRound} a round");
        await using var server = await SupervisedServer.StartAsync(cancellationToken);
        Print(options, $"{server.Version}{(SmallDisk.IsPossible ? "" : "; only root can mount small disks: none is filled")}");
        var workload = new Workload(options.Seed, options.Payments);

        var from = Stopwatch.GetTimestamp();
        var expected = await UndisturbedAsync(server, workload, options, cancellationToken);
        Print(options, $"undisturbed: {expected.Rows} rows to compare, {Stopwatch.GetElapsedTime(from).TotalSeconds:0.0} s");

        var kills = 0;
        var wrong = 0;
        var rounds = 0;
        for (; kills < options.Kills; rounds++)
        {
            var (killed, differences) = await RoundAsync(server, workload, expected, options, rounds + 1, Math.Min(options.KillsPerRound, options.Kills - kills), cancellationToken);
            kills += killed;
            if (differences > 0) wrong++;
        }

        Print(options, $"seed {options.Seed}: {kills} kills in {rounds} rounds, {rounds - wrong} of them ended like the undisturbed run, {wrong} did not");
        return wrong == 0;
    }

    private static async Task<Totals> UndisturbedAsync(SupervisedServer server, Workload workload, FaultOptions options, CancellationToken cancellationToken)
    {
        const string Database = "undisturbed";
        await server.CreateAsync(Database, cancellationToken);
        await using var platform = Platform.Start(server, Database, options);
        await SendAsync(server, platform, workload, options, cancellationToken);
        var complaints = await RestAsync(server, platform, cancellationToken);
        if (complaints.Count > 0) throw new InvalidOperationException($"The undisturbed run is wrong already:\n{string.Join('\n', complaints)}");
        await platform.StopAsync();
        return await Totals.ReadAsync(server.OwnerOf(Database), cancellationToken);
    }

    private static async Task<(int Kills, int Differences)> RoundAsync(
        SupervisedServer server, Workload workload, Totals expected, FaultOptions options, int round, int kills, CancellationToken cancellationToken)
    {
        var database = string.Create(CultureInfo.InvariantCulture, $"round_{round}");
        var from = Stopwatch.GetTimestamp();
        var random = new Random(HashCode(options.Seed, round));
        void Tell(string what) => Print(options, $"round {round} {Stopwatch.GetElapsedTime(from).TotalSeconds,6:0.00} s: {what}");
        var killed = await DisturbedMigration.RunAsync(server, database, random, Tell, cancellationToken);
        await using var platform = Platform.Start(server, database, options);
        var plan = new FaultPlan(random, options, server, platform, cancellationToken);
        var sending = SendAsync(server, platform, workload, options, cancellationToken);
        while (killed < kills && !sending.IsCompleted)
        {
            await Task.WhenAny(sending, Task.Delay(plan.NextPause(), cancellationToken));
            if (sending.IsCompleted) break;
            var fault = plan.Next();
            Tell(fault.What);
            await StrikeAsync(fault);
            killed += fault.Kills;
        }

        var complaints = new List<string>();
        var struck = Stopwatch.GetElapsedTime(from);
        try
        {
            await sending;
        }
        catch (TimeoutException late)
        {
            complaints.Add(late.Message);
        }

        complaints.AddRange(await RestAsync(server, platform, cancellationToken));
        await platform.StopAsync();
        var totals = await Totals.ReadAsync(server.OwnerOf(database), cancellationToken);
        complaints.AddRange(totals.DifferencesFrom(expected));

        Print(options, $"round {round}: {killed} kills, {(complaints.Count == 0 ? "as undisturbed" : $"{complaints.Count} DIFFERENCES")}, {Stopwatch.GetElapsedTime(from).TotalSeconds:0.0} s, {(Stopwatch.GetElapsedTime(from) - struck).TotalSeconds:0.0} s of them since the last fault");
        if (complaints.Count > 0)
        {
            foreach (var complaint in complaints.Take(DifferencesShown)) Print(options, $"    {complaint}");
            foreach (var line in platform.LastWords(LastWordsShown)) Print(options, $"    {line}");
        }

        await server.DropAsync(database);
        return (killed, complaints.Count);
    }

    // A fault may itself meet a server that is down.
    private static async Task StrikeAsync(Fault fault)
    {
        try
        {
            await fault.StrikeAsync();
        }
        catch (NpgsqlException)
        {
        }
    }

    private static async Task SendAsync(SupervisedServer server, Platform platform, Workload workload, FaultOptions options, CancellationToken cancellationToken)
    {
        using var sender = new Sender(platform, options.Seed, cancellationToken);
        foreach (var wave in workload.Waves)
        {
            await Task.WhenAll(wave.Select(sender.SendAsync));
            await ArriveAsync(server, platform, wave, options, cancellationToken);
        }
    }

    /// <summary>Waits until every file of the wave, whole as it was sent, is done one way or the other.</summary>
    private static Task ArriveAsync(SupervisedServer server, Platform platform, Delivery[] wave, FaultOptions options, CancellationToken cancellationToken) => UntilAsync(
        () => server.ScalarAsync<bool>(
            platform.Database,
            $"""
            select count(distinct import.file_name) = {wave.Length}
            from ops.imports as import
            inner join ops.runs as run on run.run_id = import.run_id
            where (import.file_name, import.content_sha256) in ({string.Join(", ", wave.Select(delivery => $"('{delivery.Name}', '{delivery.Sha256}')"))})
                and run.finished_at is not null
            """,
            cancellationToken),
        $"The files {string.Join(", ", wave.Select(delivery => delivery.Name))} have not all arrived as they were sent.",
        options.Patience,
        cancellationToken);

    /// <summary>Waits for a moment in which there is nothing to complain about; the schedule goes on.</summary>
    /// <returns>What there still is when patience ends.</returns>
    private static async Task<List<string>> RestAsync(SupervisedServer server, Platform platform, CancellationToken cancellationToken)
    {
        List<string> complaints = [];
        try
        {
            await UntilAsync(
                async () =>
                {
                    complaints = [.. StorageComplaints.Of(platform), .. await Totals.ComplaintsAsync(server.OwnerOf(platform.Database), cancellationToken)];
                    return complaints.Count == 0;
                },
                "The platform does not come to rest.",
                LongestRest,
                cancellationToken);
        }
        catch (TimeoutException late)
        {
            complaints.Insert(0, late.Message);
        }

        return complaints;
    }

    private static async Task UntilAsync(Func<Task<bool>> condition, string otherwise, TimeSpan patience, CancellationToken cancellationToken)
    {
        for (var from = Stopwatch.GetTimestamp(); ;)
        {
            try
            {
                if (await condition()) return;
            }
            catch (NpgsqlException)
            {
                // The server is away.
            }

            if (Stopwatch.GetElapsedTime(from) > patience) throw new TimeoutException(otherwise);
            await Task.Delay(Look, cancellationToken);
        }
    }

    // The same on every machine and in every process, which System.HashCode is not.
    private static int HashCode(int seed, int round) => unchecked((seed * 1_000_003) + round);

    private static void Print(FaultOptions options, FormattableString line) => options.Report(line.ToString(CultureInfo.InvariantCulture));
}
