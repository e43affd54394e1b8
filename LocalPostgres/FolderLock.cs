namespace Payments.LocalPostgres;

/// <summary>
/// Tells that a living process uses a folder. The operating system lets go of it however that process ends, so a lock that can be taken
/// means an abandoned folder, without guesses about process ids.
/// </summary>
internal sealed class FolderLock : IDisposable
{
    private readonly FileStream _file;

    private FolderLock(FileStream file) => _file = file;

    public static string In(string folder) => Path.Combine(folder, "lock");

    /// <summary>Takes the lock, or gives null when another has it. Makes the folder when missing.</summary>
    public static FolderLock? TryTake(string folder)
    {
        LocalPostgresFolders.Make(folder);
        try
        {
            return new FolderLock(new FileStream(In(folder), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException)
        {
            // Locked, or deleted this very moment by the one who has it.
            return null;
        }
    }

    /// <summary>Takes the lock as soon as nobody else has it.</summary>
    public static async Task<FolderLock> TakeAsync(string folder, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (TryTake(folder) is { } taken)
            {
                return taken;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
        }
    }

    public void Dispose() => _file.Dispose();
}
