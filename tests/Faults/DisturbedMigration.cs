using Npgsql;
using Payments.Database;

namespace Payments.Faults;

/// <summary>Makes a database by migrations that are cut off in the middle, and one that is not.</summary>
internal static class DisturbedMigration
{
    private const int Attempts = 2;
    private const int MostCommits = 24;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    /// <summary>Cuts the migrator's connections around a commit, or kills the server under it, and runs it again.</summary>
    /// <returns>Servers killed.</returns>
    public static async Task<int> RunAsync(SupervisedServer server, string database, Random random, Action<string> report, CancellationToken cancellationToken)
    {
        var kills = 0;
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            await using var wire = new FaultyWire(server.Port);
            var (draw, skip, moment) = (random.Next(3), random.Next(MostCommits), Longest * random.NextDouble());
            var kill = draw == 0;
            report(kill ? "kill -9 PostgreSQL under the migrator" : $"cut the migrator off {(draw == 1 ? "before" : "behind")} a commit, {skip} from its start");
            var migrating = MigrateAsync(server.OwnerOf(database, wire), cancellationToken);
            if (kill)
            {
                await Task.WhenAny(migrating, Task.Delay(moment, cancellationToken));
                await server.KillAsync();
                kills++;
            }
            else
            {
                _ = wire.CutAtCommit(draw == 1 ? CommitCut.Before : CommitCut.Behind, skip);
            }

            try
            {
                await migrating;
            }
            catch (Exception error) when (error is DatabaseMigrationException or NpgsqlException or IOException or InvalidOperationException)
            {
                // That is what it was for.
            }
        }

        await MigrateAsync(server.OwnerOf(database), cancellationToken);
        return kills;
    }

    // The migrator works as long as a script takes before it lets anybody else run.
    private static Task<MigrationResult> MigrateAsync(string connectionString, CancellationToken cancellationToken) =>
        Task.Run(() => DatabaseMigrator.MigrateAsync(connectionString, new(), cancellationToken), cancellationToken);
}
