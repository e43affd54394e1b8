namespace Payments.Database;

/// <summary>How to migrate. Passwords and the reporting currency are left as they are in the database when not given.</summary>
public sealed record MigratorOptions
{
    /// <summary>Password of the login <c>payments_api</c>; without one a missing role is created without login, and a login stays as it is.</summary>
    public string? ApiPassword { get; init; }

    /// <summary>Password of the login <c>payments_worker</c>; without one a missing role is created without login, and a login stays as it is.</summary>
    public string? WorkerPassword { get; init; }

    /// <summary>Password of the logins <c>bi_reader</c> and <c>bi_reader_pii</c>; without one missing roles are created without login, and logins stay as they are.</summary>
    public string? BiPassword { get; init; }

    /// <summary>The ISO 4217 code of the currency that aggregate money columns cover; USD in a new database.</summary>
    public string? ReportingCurrency { get; init; }

    /// <summary>How long to wait for a server that does not answer yet.</summary>
    public TimeSpan ServerTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Is told what happens, one line each.</summary>
    public Action<string> Report { get; init; } = static _ => { };
}
