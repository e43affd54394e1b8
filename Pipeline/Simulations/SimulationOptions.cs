using System.ComponentModel.DataAnnotations;

namespace Payments.Pipeline.Simulations;

/// <summary>Production issues on purpose; configuration section <c>Simulations</c>.</summary>
public sealed class SimulationOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Simulations";

    /// <summary>Whether issues can be simulated. The AppHost says so in development, on a server of its own. Default false.</summary>
    public bool Enabled { get; set; }

    /// <summary>How long the slow query takes unless it is cancelled. Default 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan SlowQueryFor { get; set; } = TimeSpan.FromMinutes(1);
}
