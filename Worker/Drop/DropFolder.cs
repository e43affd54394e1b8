using Microsoft.Extensions.Options;
using Npgsql;
using Payments.Pipeline.Import;
using Payments.Pipeline.Runs;

namespace Payments.Worker.Drop;

/// <summary>
/// Files laid into <c>drop/</c>: moved to <c>drop/intake</c> under a stamped name that is theirs for ever (it is the run's request key,
/// so a crash anywhere never imports one twice, while the same file dropped again is a new import), handed to the import intake, and
/// moved to <c>drop/done</c> or <c>drop/failed</c> (with a <c>.reason.txt</c> beside it) when their run has ended.
/// </summary>
internal sealed class DropFolder(
    IOptions<StorageOptions> storage,
    IOptions<DropOptions> options,
    ImportIntake imports,
    NpgsqlDataSource dataSource,
    TimeProvider clock,
    ILogger<DropFolder> logger)
{
    private const string Intake = "intake";
    private const string Done = "done";
    private const string Failed = "failed";
    private const int BufferBytes = 128 * 1024;

    private readonly string _drop = Path.GetFullPath(storage.Value.DropPath);
    private readonly StableFiles _stable = new(options.Value.StableFor, clock);
    private readonly HashSet<string> _unusable = [];

    /// <summary>Looks once: takes what has come to rest, asks for its import, and puts away what has ended. One look at a time.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        foreach (var file in _stable.Of(WaitingFiles())) await UseAsync(file, () => TakeAsync(file));

        var taken = Folder(Intake).EnumerateFiles().Select(DroppedFile.InIntake).ToList();
        if (taken.Count == 0) return;

        var fates = await FatesAsync(taken, cancellationToken);
        foreach (var file in taken)
        {
            await UseAsync(file.File, () => fates.TryGetValue(file.RequestKey, out var fate) ? EndAsync(file, fate) : AcceptAsync(file, cancellationToken));
        }
    }

    private DirectoryInfo Folder(string name) => Directory.CreateDirectory(Path.Combine(_drop, name));

    /// <summary>Files in the drop folder and one level below it, without our own folders and the names by which writers say "not yet".</summary>
    private IEnumerable<FileInfo> WaitingFiles()
    {
        var drop = Directory.CreateDirectory(_drop);
        return drop.EnumerateDirectories()
            .Where(folder => folder.Name is not (Intake or Done or Failed))
            .Prepend(drop)
            .SelectMany(folder => folder.EnumerateFiles())
            .Where(file => !file.Name.StartsWith('.') && file.Extension is not (".part" or ".tmp"))
            .OrderBy(file => file.FullName, StringComparer.Ordinal);
    }

    /// <summary>The move is the claim: of several workers one succeeds.</summary>
    private Task TakeAsync(FileInfo file)
    {
        if (OpenFiles.HasWriter(file)) return Task.CompletedTask;
        var folder = file.DirectoryName == _drop ? "" : file.Directory!.Name;
        file.MoveTo(Path.Combine(Folder(Intake).FullName, DroppedFile.NameInIntake(folder, file.Name, clock.GetUtcNow())));
        return Task.CompletedTask;
    }

    private async Task AcceptAsync(DroppedFile file, CancellationToken cancellationToken)
    {
        string? refusal = null;

        // Opened for this process alone: a second worker that sees the file in the intake leaves it to us.
        await using (var body = new FileStream(file.File.FullName, FileMode.Open, FileAccess.Read, FileShare.None, BufferBytes, FileOptions.SequentialScan))
        {
            try
            {
                var request = new ImportRequest(file.Profile, ImportMode.Insert, file.Name, RunRequester.DropFolder, file.RequestKey);
                var ticket = await imports.AcceptAsync(body, request, cancellationToken);
                logger.LogInformation("Dropped file {File} is import {ImportId} of run {RunId}", file.File.Name, ticket.ImportId, ticket.RunId);
            }
            catch (Exception error) when (error is FileTooLargeException or ArgumentException)
            {
                refusal = error.Message;
            }
        }

        if (refusal is not null) await RefuseAsync(file, refusal);
    }

    private Task EndAsync(DroppedFile file, Fate fate) => fate switch
    {
        { IsFinished: false } => Task.CompletedTask,
        _ when fate.SizeBytes is { } read && read != file.File.Length => ReadAgainAsync(file, read),
        { Failure: { } failure } => RefuseAsync(file, failure),
        { HasCards: true } => RemoveAsync(file),
        _ => PutAwayAsync(file, Done),
    };

    /// <summary>Its writer had not come to its end after all: the whole file is a new import, in which what is known already are duplicates.</summary>
    private Task ReadAgainAsync(DroppedFile file, long read)
    {
        logger.LogWarning("Dropped file {File} has become {Size} bytes since {Read} of them were read: it is imported again", file.File.Name, file.File.Length, read);
        file.File.MoveTo(Path.Combine(Folder(Intake).FullName, file.NameAgain(clock.GetUtcNow())));
        return Task.CompletedTask;
    }

    private async Task RefuseAsync(DroppedFile file, string reason)
    {
        logger.LogWarning("Dropped file {File} goes to drop/failed: {Reason}", file.File.Name, reason);
        await File.WriteAllTextAsync(Path.Combine(Folder(Failed).FullName, $"{file.NameAway}.reason.txt"), reason + Environment.NewLine);
        await PutAwayAsync(file, Failed);
    }

    // Nothing that has card numbers is kept once it is in the store.
    private Task RemoveAsync(DroppedFile file)
    {
        file.File.Delete();
        logger.LogInformation("Dropped file {File} had card numbers and is removed", file.File.Name);
        return Task.CompletedTask;
    }

    private Task PutAwayAsync(DroppedFile file, string folder)
    {
        file.File.MoveTo(Path.Combine(Folder(folder).FullName, file.NameAway), overwrite: true);
        return Task.CompletedTask;
    }

    /// <summary>A file that cannot be used now (gone: another worker was faster; locked: it is at it; no rights) is left for the next look; the log says so once.</summary>
    private async Task UseAsync(FileInfo file, Func<Task> use)
    {
        try
        {
            await use();
            _unusable.Remove(file.FullName);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            if (File.Exists(file.FullName) && _unusable.Add(file.FullName))
            {
                logger.LogWarning("Dropped file {File} cannot be used yet: {Reason}", file.Name, error.Message);
            }
        }
    }

    private async Task<Dictionary<string, Fate>> FatesAsync(List<DroppedFile> files, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("select * from pipeline.find_dropped_files($1)");
        command.Parameters.Add(new() { Value = files.ConvertAll(file => file.RequestKey).ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var fates = new Dictionary<string, Fate>();
        while (await reader.ReadAsync(cancellationToken))
        {
            fates[reader.GetString(0)] = new(
                reader.GetBoolean(1),
                reader.IsDBNull(2) ? null : reader.GetString(2),
                reader.IsDBNull(3) ? null : reader.GetInt64(3),
                reader.GetBoolean(4));
        }

        return fates;
    }

    /// <summary>What became of a file's run, and how much of the file it was given; of an unfinished one there is no failure yet.</summary>
    private sealed record Fate(bool IsFinished, string? Failure, long? SizeBytes, bool HasCards);
}
