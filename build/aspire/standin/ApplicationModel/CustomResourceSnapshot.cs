using System.Collections.Immutable;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>What is known about a resource at a moment.</summary>
public sealed record CustomResourceSnapshot
{
    /// <summary>Project, Executable, Parameter or ConnectionString.</summary>
    public required string ResourceType { get; init; }

    /// <summary>One of <see cref="KnownResourceStates"/>.</summary>
    public ResourceStateSnapshot? State { get; init; }

    /// <summary>The exit code of a resource that ended.</summary>
    public int? ExitCode { get; init; }

    /// <summary>What the resource's health checks say; healthy while it runs if it has none, null when it does not run.</summary>
    public HealthStatus? HealthStatus { get; init; }

    /// <summary>The addresses of its endpoints.</summary>
    public ImmutableArray<UrlSnapshot> Urls { get; init; } = [];

    internal string? Detail { get; init; }

    internal int? ProcessId { get; init; }

    internal int Restarts { get; init; }

    /// <summary>Whether everything that was to run when the resource got healthy has run.</summary>
    internal bool IsReady { get; init; }
}

/// <summary>A state by its name.</summary>
/// <param name="Text">The name.</param>
public sealed record ResourceStateSnapshot(string Text)
{
    /// <summary>Makes a state of its name.</summary>
    public static implicit operator ResourceStateSnapshot?(string? text) => text is null ? null : new(text);
}

/// <summary>An address of a resource.</summary>
/// <param name="Name">The endpoint's name.</param>
/// <param name="Url">The address.</param>
/// <param name="IsInternal">Whether it is only for other resources.</param>
public sealed record UrlSnapshot(string? Name, string Url, bool IsInternal);

/// <summary>The states that a resource goes through.</summary>
public static class KnownResourceStates
{
    /// <summary>Nothing happened yet.</summary>
    public static readonly string NotStarted = "NotStarted";

    /// <summary>Waits for other resources.</summary>
    public static readonly string Waiting = "Waiting";

    /// <summary>Its process is being started.</summary>
    public static readonly string Starting = "Starting";

    /// <summary>Its process runs.</summary>
    public static readonly string Running = "Running";

    /// <summary>Is being stopped.</summary>
    public static readonly string Stopping = "Stopping";

    /// <summary>Its process ended.</summary>
    public static readonly string Finished = "Finished";

    /// <summary>It could not be started, or what it waited for failed.</summary>
    public static readonly string FailedToStart = "FailedToStart";
}
