namespace Payments.LocalPostgres;

/// <summary>
/// The command that runs the server in the foreground, logging to standard error, until it gets SIGINT (fast shutdown) or
/// SIGTERM (waits for clients to leave). On Linux the process that is started becomes the server itself and stops by itself when the
/// <em>thread</em> that started it ends: start it from a thread that lives as long as the server shall.
/// </summary>
/// <param name="FileName">The program, as an absolute path.</param>
/// <param name="Arguments">Its arguments, unquoted.</param>
/// <param name="Environment">Variables to add to the inherited ones.</param>
/// <param name="WorkingDirectory">A folder that the server's user can enter.</param>
public sealed record LocalPostgresCommand(
    string FileName,
    IReadOnlyList<string> Arguments,
    IReadOnlyDictionary<string, string> Environment,
    string WorkingDirectory);
