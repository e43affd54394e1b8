namespace Payments.Database;

/// <summary>A failure that its message explains to whoever runs the migrator.</summary>
/// <param name="exitCode">One of <see cref="ExitCodes"/>.</param>
/// <param name="message">What is wrong and what helps; never a password.</param>
/// <param name="innerException">What was caught, if anything was.</param>
public sealed class DatabaseMigrationException(int exitCode, string message, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>One of <see cref="ExitCodes"/>.</summary>
    public int ExitCode => exitCode;
}
