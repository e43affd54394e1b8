namespace Payments.LocalPostgres;

/// <summary>What a private PostgreSQL server is to be.</summary>
public sealed record LocalPostgresOptions
{
    /// <summary>
    /// The server's own folder, made when missing: it holds the database cluster, the port last used and a lock. One process
    /// uses it at a time. <see cref="LocalPostgresFolders"/> gives places that the server's user can enter.
    /// </summary>
    public required string DataFolder { get; init; }

    /// <summary>
    /// The TCP port to take when it is free, else the next free one; 0 takes any free port. Once chosen, a port is
    /// kept for the next start as long as it is free then and the preference is the same.
    /// </summary>
    public int PreferredPort { get; init; } = 5432;

    /// <summary>The superuser <c>postgres</c>'s password. It is set when the folder is made and never changed afterwards.</summary>
    public required string Password { get; init; }

    /// <summary>Server settings by name, as in postgresql.conf; they win over everything that this class sets itself.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// A server whose data nobody will miss (tests, benchmarks): no flushing to disk, stopped without a checkpoint, and the folder
    /// is removed at dispose.
    /// </summary>
    public bool Ephemeral { get; init; }

    /// <summary>The folder with <c>postgres</c> and <c>initdb</c> (14 or newer); when null they are looked for.</summary>
    public string? BinariesFolder { get; init; }

    /// <summary>Where to look for them; when null the environment variable <c>PAYMENTS_POSTGRES</c> decides.</summary>
    public PostgresSource? Source { get; init; }

    /// <summary>How long a start may take, recovery after a crash included; 2 minutes by default.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromMinutes(2);
}

/// <summary>Where the PostgreSQL binaries come from (<c>PAYMENTS_POSTGRES=auto|machine|npm</c>).</summary>
public enum PostgresSource
{
    /// <summary>The machine's, else those of the npm package.</summary>
    Auto,

    /// <summary>Only what is installed on the machine.</summary>
    Machine,

    /// <summary>Only the pinned npm package.</summary>
    Npm,
}
