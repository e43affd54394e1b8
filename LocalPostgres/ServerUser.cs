using System.Globalization;

namespace Payments.LocalPostgres;

/// <summary>
/// Who runs the server. PostgreSQL refuses to run as root, so root hands it to <c>postgres</c>, else to <c>nobody</c>; anybody else runs
/// it in person. On Linux <c>setpriv</c> also ties the server's life to ours.
/// </summary>
/// <remarks>
/// Without setpriv (macOS, Alpine) root uses <c>su</c>, which may stay as the server's parent, and nothing stops the server
/// when its owner is killed: the next start does. On Windows PostgreSQL refuses to run from an elevated prompt and says so.
/// </remarks>
internal sealed class ServerUser
{
    private readonly string? _setpriv;
    private readonly string? _name;
    private readonly string _uid = "";
    private readonly string _gid = "";

    private ServerUser(string? setpriv) => _setpriv = setpriv;

    private ServerUser(string? setpriv, string name, string uid, string gid)
        : this(setpriv) => (_name, _uid, _gid) = (name, uid, gid);

    /// <summary>Finds the user.</summary>
    /// <exception cref="LocalPostgresException">We are root and there is nobody else.</exception>
    public static async Task<ServerUser> FindAsync(CancellationToken cancellationToken)
    {
        var setpriv = await FindSetprivAsync(cancellationToken);
        if (OperatingSystem.IsWindows() || !Environment.IsPrivilegedProcess)
        {
            return new ServerUser(setpriv);
        }

        foreach (var name in (string[])["postgres", "nobody"])
        {
            var (known, uid) = await Tool.RunAsync("id", ["-u", name], null, cancellationToken);
            var (_, gid) = await Tool.RunAsync("id", ["-g", name], null, cancellationToken);
            if (known == 0)
            {
                return new ServerUser(setpriv, name, uid, gid);
            }
        }

        throw new LocalPostgresException(
            "PostgreSQL does not run as root, and there is neither a user postgres nor a user nobody to run it.");
    }

    /// <summary>What to execute so that the program runs as this user.</summary>
    /// <param name="program">Its absolute path.</param>
    /// <param name="arguments">Unquoted.</param>
    /// <param name="endsWithParent">Get SIGINT when the thread that starts it ends.</param>
    public (string FileName, IReadOnlyList<string> Arguments) Run(
        string program, IEnumerable<string> arguments, bool endsWithParent = false)
    {
        if (_setpriv is not null && (_name is not null || endsWithParent))
        {
            string[] user = _name is null ? [] : ["--reuid", _uid, "--regid", _gid, "--init-groups"];
            string[] parent = endsWithParent ? ["--pdeathsig", "INT"] : [];
            return (_setpriv, [.. user, .. parent, "--", program, .. arguments]);
        }

        return _name is null
            ? (program, [.. arguments])
            : (Tool.Find("su") ?? "/bin/su", ["-s", "/bin/sh", _name, "-c", "exec \"$0\" \"$@\"", "--", program, .. arguments]);
    }

    /// <summary>Runs the program as this user to its end.</summary>
    public Task<(int ExitCode, string Output)> RunToEndAsync(
        string program, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var (fileName, all) = Run(program, arguments);
        return Tool.RunAsync(fileName, all, null, cancellationToken);
    }

    /// <summary>Makes a file or folder this user's own.</summary>
    public void Own(string path)
    {
        if (_name is not null)
        {
            Libc.ChangeOwner(
                path, uint.Parse(_uid, CultureInfo.InvariantCulture), uint.Parse(_gid, CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Checks that the user can get into a folder: a closed one above it is easily overlooked.</summary>
    /// <exception cref="LocalPostgresException">It cannot.</exception>
    public async Task DemandAccessAsync(string folder, CancellationToken cancellationToken)
    {
        if (_name is not null && (await RunToEndAsync("test", ["-w", folder], cancellationToken)).ExitCode != 0)
        {
            throw new LocalPostgresException(
                $"The user {_name}, who runs PostgreSQL because we are root, cannot enter {folder}: choose a data folder outside of closed folders.");
        }
    }

    private static async Task<string?> FindSetprivAsync(CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux() || Tool.Find("setpriv") is not { } setpriv)
        {
            return null;
        }

        // BusyBox has one without the options that we need.
        var (_, help) = await Tool.RunAsync(setpriv, ["--help"], null, cancellationToken);
        return help.Contains("--pdeathsig", StringComparison.Ordinal) ? setpriv : null;
    }
}
