using DbUp.Engine;

namespace Payments.Database;

/// <summary>Frames a rebuild of the code: the empty room before it, the stamp that tells its version after it, and what is kept of what code computes.</summary>
internal static class CodeReset
{
    // Functions call each other across files: their bodies are checked by a test instead, when all are there.
    // A report that runs on and on must not keep every reader behind this transaction waiting for ever.
    public static IEnumerable<SqlScript> Scripts { get; } =
    [
        new("code/reset", """
            set local lock_timeout = '30s';
            set local check_function_bodies = off;
            alter default privileges revoke execute on functions from public;
            drop schema if exists pipeline cascade;
            create schema pipeline;
            """),
    ];

    public static SqlScript Stamp { get; } = new(
        "code/stamp",
        $"comment on schema pipeline is 'Internal code of the stages, dropped and rebuilt when it changes; version {SqlScripts.CodeHash}.';");

    // A migration may have brought one-off days, new code another rule.
    public static SqlScript Calendars { get; } = new("code/calendars", "select pipeline.refresh_calendars();");
}
