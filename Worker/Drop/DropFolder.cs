using Microsoft.Extensions.Options;
using Npgsql;
using Payments.Pipeline;
using Payments.Pipeline.Import;
using Payments.Pipeline.Runs;

namespace Payments.Worker.Drop;

/// <summary>
/// Files laid into <c>drop/</c>: moved to <c>drop/intake</c> under a stamped name that is theirs for ever (it is the run's request key,
/// so a crash anywhere never imports one twice, while the same file dropped again is a new import), handed to the import intake, and
/// moved to <c>drop/done</c> or <c>drop/failed</c> (with a <c>.reason.txt</c> beside it) when their run has ended.
/// Regular files only: links, pipes, sockets and devices are skipped, so that nothing outside the folder is read or moved.
/// </summary>
internal sealed class DropFolder(
    IOptions<StorageOptions> storage,
    IOptions<DropOptions> options,
    ImportIntake imports,
    NpgsqlDataSource dataSource,
    SweepState sweeps,
    TimeProvider clock,
    ILogger<DropFolder> logger)
{
    private const string Intake = "intake";
    private const string Done = "done";
    private const string Failed = "failed";

    private readonly string _drop = Path.GetFullPath(storage.Value.DropPath);
    private readonly StableFiles _stable = new(options.Value.StableFor, clock);
    private bool _isTidy;

    /// <summary>Looks once: takes what has come to rest, asks for its import, and puts away what has ended. One look at a time.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        using var drop = HeldFolder.Open(_drop);
        using var intake = Own(drop, Intake);
        using var done = Own(drop, Done);
        using var failed = Own(drop, Failed);
        if (intake is null) return;
        if (!_isTidy) Tidy(intake, done, failed);

        _stable.Begin();
        await TakeAllAsync(drop, intake);
        _stable.End();
        await DoAllAsync(new(intake, done, failed), cancellationToken);
    }

    // Once for a process: what an earlier one was copying from another file system when it ended.
    private void Tidy(params HeldFolder?[] folders)
    {
        _isTidy = true;
        foreach (var folder in folders) folder?.RemoveUnfinished();
    }

    /// <summary>One of our own folders; null when it cannot be used, which is an error of the whole folder.</summary>
    private HeldFolder? Own(HeldFolder drop, string name)
    {
        try
        {
            return drop.MakeFolder(name);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Skip(name, error);
            sweeps.Complain($"Folder {name} in the drop folder cannot be used: {error.Message}");
            return null;
        }
    }

    /// <summary>Takes files of the drop folder and one level below it, but for our own folders and the names by which writers say "not yet".</summary>
    private async Task TakeAllAsync(HeldFolder drop, HeldFolder intake)
    {
        var names = drop.Names().Where(name => name is not (Intake or Done or Failed) && IsOffered(name)).ToList();
        var folders = new List<string>();
        foreach (var name in names)
        {
            await UseAsync(drop, name, name, () =>
            {
                if (drop.Look(name) is { Kind: EntryKind.Folder }) folders.Add(name);
                else Take(drop, "", name, intake);
                return Task.CompletedTask;
            });
        }

        foreach (var name in folders)
        {
            await UseAsync(drop, name, name, async () =>
            {
                using var folder = drop.OpenFolder(name);
                foreach (var file in folder.Names().Where(IsOffered))
                {
                    await UseAsync(folder, file, PathOf(name, file), () =>
                    {
                        Take(folder, name, file, intake);
                        return Task.CompletedTask;
                    });
                }
            });
        }
    }

    private static bool IsOffered(string name) => !name.StartsWith('.') && Path.GetExtension(name) is not (".part" or ".tmp");

    private static string PathOf(string folder, string name) => folder.Length == 0 ? name : $"{folder}/{name}";

    /// <summary>The move is the claim: of several workers one succeeds.</summary>
    private void Take(HeldFolder folder, string folderName, string name, HeldFolder intake)
    {
        var path = PathOf(folderName, name);
        if (folder.Look(name) is not { Kind: not EntryKind.Folder } entry) return;
        if (entry.Kind != EntryKind.File) throw new SkippedEntryException(entry.Kind);
        if (!_stable.HasRested(path, entry)) return;
        using (var file = folder.OpenFile(name))
        {
            if (OpenFiles.HasWriter(file.SafeFileHandle)) throw new SkippedEntryException(EntryKind.InUse);
        }

        // What has come to its place since is looked at again in the intake.
        var newName = DroppedFile.NameInIntake(folderName, name, clock.GetUtcNow());
        if (intake.Look(newName) is null) folder.Move(name, intake, newName, sweeps.Step);
    }

    private async Task DoAllAsync(Folders folders, CancellationToken cancellationToken)
    {
        var taken = new List<DroppedFile>();
        foreach (var name in folders.Intake.Names().Where(name => !name.StartsWith('.')))
        {
            await UseAsync(folders.Intake, name, PathOf(Intake, name), () =>
            {
                switch (folders.Intake.Look(name))
                {
                    case null or { Kind: EntryKind.Folder }: break;
                    case { Kind: EntryKind.File or EntryKind.HardLink } file: taken.Add(DroppedFile.InIntake(file)); break;
                    case { Kind: var kind }: throw new SkippedEntryException(kind);
                }

                return Task.CompletedTask;
            });
        }

        if (taken.Count == 0) return;

        var fates = await FatesAsync(taken, cancellationToken);
        PostgresException? outage = null;
        foreach (var file in taken)
        {
            try
            {
                await UseAsync(folders.Intake, file.Entry.Name, PathOf(Intake, file.Entry.Name), () =>
                    fates.TryGetValue(file.RequestKey, out var fate) ? EndAsync(folders, file, fate) : AcceptAsync(folders, file, cancellationToken));
            }
            catch (PostgresException error)
            {
                // The database answers, and refuses this one for now: the others have their chance before all is tried again.
                outage ??= error;
            }
        }

        if (outage is not null) throw new NpgsqlException(outage.Message, outage);
    }

    private async Task AcceptAsync(Folders folders, DroppedFile file, CancellationToken cancellationToken)
    {
        using var activity = PipelineTelemetry.Source.StartActivity("dropped file");
        string? refusal = null;

        // Opened for this process alone: a second worker that sees the file in the intake leaves it to us.
        await using (var body = folders.Intake.OpenFile(file.Entry.Name))
        await using (var stepping = new SteppingStream(body, sweeps.Step))
        {
            try
            {
                var request = new ImportRequest(file.Profile, ImportMode.Insert, file.Name, RunRequester.DropFolder, file.RequestKey);
                var ticket = await imports.AcceptAsync(stepping, request, cancellationToken);
                logger.LogInformation(
                    "Dropped file {File} is import {ImportId} of run {RunId}", SkippedEntry.Shown(file.Entry.Name), ticket.ImportId, ticket.RunId);
            }
            catch (Exception error) when (error is FileTooLargeException or ArgumentException)
            {
                refusal = error.Message;
            }
        }

        if (refusal is not null) await RefuseAsync(folders, file, refusal);
    }

    // Its size is asked for after its fate: what was written before its run ended is seen.
    private Task EndAsync(Folders folders, DroppedFile file, Fate fate) => !fate.IsFinished
        ? Task.CompletedTask
        : folders.Intake.Look(file.Entry.Name) switch
        {
            null => Task.CompletedTask,
            { Kind: not (EntryKind.File or EntryKind.HardLink) and var kind } => throw new SkippedEntryException(kind),
            { Size: var size } when fate.SizeBytes is { } read && read != size => ReadAgainAsync(folders, file, read, size),
            _ when fate.Failure is { } failure => RefuseAsync(folders, file, failure),
            _ when fate.HasCards => RemoveAsync(folders, file),
            _ => PutAwayAsync(folders, folders.Done, file),
        };

    /// <summary>Its writer had not come to its end after all: the whole file is a new import, in which what is known already are duplicates. A file that never comes to rest is given up.</summary>
    private Task ReadAgainAsync(Folders folders, DroppedFile file, long read, long size)
    {
        if (file.TimesReadAgain >= DroppedFile.MostReadAgain)
        {
            return RefuseAsync(
                folders,
                file,
                $"The file was imported {file.TimesReadAgain + 1} times, and had changed each time when its import ended ({read} bytes read, {size} now). "
                + "Let its writer end, or write under a name that ends in .part and rename it; then drop the file again.");
        }

        logger.LogWarning(
            "Dropped file {File} has become {Size} bytes since {Read} of them were read: it is imported again",
            SkippedEntry.Shown(file.Entry.Name), size, read);
        folders.Intake.Move(file.Entry.Name, folders.Intake, file.NameAgain(clock.GetUtcNow()), sweeps.Step);
        return Task.CompletedTask;
    }

    private async Task RefuseAsync(Folders folders, DroppedFile file, string reason)
    {
        if (folders.Failed is null) return;
        logger.LogWarning("Dropped file {File} goes to drop/failed: {Reason}", SkippedEntry.Shown(file.Entry.Name), reason);
        await folders.Failed.WriteAsync($"{file.NameAway}.reason.txt", reason);
        await PutAwayAsync(folders, folders.Failed, file);
    }

    // Nothing that has card numbers is kept once it is in the store.
    private Task RemoveAsync(Folders folders, DroppedFile file)
    {
        folders.Intake.Delete(file.Entry.Name);
        logger.LogInformation("Dropped file {File} had card numbers and is removed", SkippedEntry.Shown(file.Entry.Name));
        return Task.CompletedTask;
    }

    // Without its folder a file stays in the intake: Own has said why.
    private Task PutAwayAsync(Folders folders, HeldFolder? folder, DroppedFile file)
    {
        if (folder is not null) folders.Intake.Move(file.Entry.Name, folder, file.NameAway, sweeps.Step);
        return Task.CompletedTask;
    }

    /// <summary>
    /// An entry that cannot be used now (gone: another worker was faster; locked: it is at it; no rights) is left for the next look, and never
    /// stops the others, whatever is wrong with it. What the database says about itself passes.
    /// </summary>
    private async Task UseAsync(HeldFolder folder, string name, string path, Func<Task> use)
    {
        try
        {
            await use();
        }
        catch (Exception error) when (IsOfTheEntry(error))
        {
            if (error is SkippedEntryException || !IsGone(folder, name)) Skip(path, error);
        }

        sweeps.Step();
    }

    private void Skip(string path, Exception error)
    {
        if (error is SkippedEntryException skipped) sweeps.Skip(path, skipped.Kind);
        else sweeps.Skip(path, EntryKind.Unusable, error.Message);
    }

    private static bool IsGone(HeldFolder folder, string name)
    {
        try
        {
            return folder.Look(name) is null;
        }
        catch (IOException)
        {
            return false;
        }
    }

    // Classes 22 and 23: what this entry brings cannot be written, while the database works.
    private static bool IsOfTheEntry(Exception error) => error switch
    {
        OperationCanceledException => false,
        PostgresException { SqlState: ['2', '2' or '3', ..] } => true,
        _ => !DatabaseWatch.IsAway(error),
    };

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

    private sealed record Folders(HeldFolder Intake, HeldFolder? Done, HeldFolder? Failed);
}
