namespace Payments.Faults;

/// <summary>One thing that goes wrong.</summary>
/// <param name="What">For the report, so that a seed's faults can be followed.</param>
/// <param name="Kills">Processes of ours, or servers, that it kills.</param>
/// <param name="StrikeAsync">Does it, and undoes what does not undo itself.</param>
internal sealed record Fault(string What, int Kills, Func<Task> StrikeAsync);
