namespace Aspire.Npgsql;

/// <summary>Settings of the PostgreSQL client, read from the configuration sections <c>Aspire:Npgsql</c> and <c>Aspire:Npgsql:{name}</c>.</summary>
public sealed class NpgsqlSettings
{
    /// <summary>The connection string; <c>ConnectionStrings:{name}</c> wins over the settings sections.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>True leaves the health check out; default false.</summary>
    public bool DisableHealthChecks { get; set; }

    /// <summary>True leaves Npgsql's traces out; default false.</summary>
    public bool DisableTracing { get; set; }

    /// <summary>True leaves Npgsql's metrics out; default false.</summary>
    public bool DisableMetrics { get; set; }
}
