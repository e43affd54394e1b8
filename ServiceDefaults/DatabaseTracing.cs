using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;
using Npgsql;

namespace Payments.ServiceDefaults;

/// <summary>Which statements make spans, and what these are called; the same for every data source of the platform.</summary>
internal static partial class DatabaseTracing
{
    private const int MostNames = 1_000;
    private static readonly ConcurrentDictionary<string, string> Names = new(StringComparer.Ordinal);

    /// <summary>
    /// A statement makes a span under the request, job or run that it serves, named for what it calls (<c>pipeline.settle_merchants</c>). What a loop asks the database again and again
    /// belongs to nothing and makes none. This is no task for a sampler: one that goes by the parent also drops traces that begin in the dashboard.
    /// </summary>
    public static NpgsqlDataSourceBuilder TraceStatements(this NpgsqlDataSourceBuilder source) => source.ConfigureTracing(tracing => tracing
        .ConfigureCommandFilter(_ => IsUnderWork())
        .ConfigureBatchFilter(_ => IsUnderWork())
        .ConfigureCopyOperationFilter(_ => IsUnderWork())
        .ConfigureCommandSpanNameProvider(command => NameOf(command.CommandText))
        .ConfigureBatchSpanNameProvider(batch => batch.BatchCommands.Count == 0 ? null : NameOf(batch.BatchCommands[0].CommandText))
        .ConfigureCopyOperationSpanNameProvider(NameOf)
        .EnablePhysicalOpenTracing(false)
        .EnableFirstResponseEvent(false));

    /// <summary>The verb and the first table, or the function alone: <c>insert public.payments</c>, <c>pipeline.claim_run</c>.</summary>
    internal static string NameOf(string statement)
    {
        if (Names.TryGetValue(statement, out var known)) return known;
        var name = Describe(statement);
        if (Names.Count < MostNames) Names.TryAdd(statement, name);
        return name;
    }

    // A loop that a request or a run started once goes on in its context: what has ended owns nothing.
    private static bool IsUnderWork() => Activity.Current is { Recorded: true, IsStopped: false };

    private static string Describe(string statement)
    {
        var verb = Verb().Match(statement).Value.ToLowerInvariant();
        if (verb is "select" or "with" or "call" && Function().Match(statement) is { Success: true } function) return function.Groups[1].Value;
        return Table().Match(statement) is { Success: true } table ? $"{verb} {table.Value}" : verb is "" ? "sql" : verb;
    }

    [GeneratedRegex(@"\b(?!pg_catalog\b)([a-z_]+\.[a-z_0-9]+)\s*\(", RegexOptions.IgnoreCase)]
    private static partial Regex Function();

    [GeneratedRegex(@"\b[a-z_]+\.[a-z_0-9]+\b", RegexOptions.IgnoreCase)]
    private static partial Regex Table();

    [GeneratedRegex(@"[a-z]+", RegexOptions.IgnoreCase)]
    private static partial Regex Verb();
}
