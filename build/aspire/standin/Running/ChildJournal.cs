using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Running;

/// <summary>
/// Which processes this app host has started, in a file, so that the next start can end what a killed app host left behind.
/// </summary>
internal sealed class ChildJournal : IDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly string _folder;
    private readonly string _file;
    private readonly Lock _lock = new();
    private readonly ILogger _logger;

    public ChildJournal(ApplicationSettings settings, ILogger<ChildJournal> logger)
    {
        _logger = logger;
        var local = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        var key = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(settings.AppHostDirectory)))[..12];
        _folder = Path.Combine(local.Length > 0 ? local : Path.GetTempPath(), "aspire-standin", key);
        Directory.CreateDirectory(_folder);
        _file = Path.Combine(_folder, $"{ProcessIdentity.Current.Id}-{Guid.NewGuid():n}.journal");
        File.WriteAllText(_file, $"{ProcessIdentity.Current}\n");
    }

    /// <summary>Notes a process that was started.</summary>
    public void Add(ProcessIdentity process, string name)
    {
        lock (_lock)
            File.AppendAllText(_file, $"{process} {name}\n");
    }

    /// <summary>Ends the processes of app hosts of this checkout that are no more.</summary>
    public async Task HealAsync(CancellationToken cancellationToken)
    {
        foreach (var file in Directory.EnumerateFiles(_folder, "*.journal").Where(file => file != _file))
        {
            var lines = await File.ReadAllLinesAsync(file, cancellationToken);
            if (lines.Length == 0 || ProcessIdentity.Parse(lines[0])?.Find() is not null)
                continue;
            foreach (var line in lines.Skip(1).Reverse())
                if (ProcessIdentity.Parse(line)?.Find() is { } left)
                {
                    _logger.LogWarning("Stopping {Process}, left by an app host that was killed", line);
                    await ChildProcess.EndAsync(left, left.WaitForExitAsync(cancellationToken), Grace);
                }

            File.Delete(file);
        }
    }

    /// <summary>Everything has ended: nothing to heal.</summary>
    public void Dispose() => File.Delete(_file);
}
