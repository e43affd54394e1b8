namespace Payments.Database;

/// <summary>What the program's exit code means.</summary>
public static class ExitCodes
{
    /// <summary>Done.</summary>
    public const int Success = 0;

    /// <summary>A script or a statement failed; nothing of it was kept.</summary>
    public const int Failed = 1;

    /// <summary>Wrong arguments, no connection string, or a published password where it must not be used.</summary>
    public const int Usage = 2;

    /// <summary>The server did not answer in time, or refused the login.</summary>
    public const int Unreachable = 3;

    /// <summary>The server is older than PostgreSQL 14.</summary>
    public const int ServerTooOld = 4;

    /// <summary>verify-rollups found differences.</summary>
    public const int Differences = 5;
}
