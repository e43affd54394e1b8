using Payments.Api.Docs;
using Payments.Pipeline.Simulations;

namespace Payments.Api.Simulations;

/// <summary>A production issue that can be simulated.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Command">The call that simulates it.</param>
/// <param name="Does">What that harms.</param>
/// <param name="Seen">Calls that show it.</param>
/// <param name="Recovery">Calls that mend it.</param>
internal sealed record Issue(string Name, string Command, string Does, IReadOnlyList<string> Seen, IReadOnlyList<string> Recovery) : IExample<Issue>
{
    /// <inheritdoc/>
    public static Issue Example => All[0];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Issue> All { get; } =
        [.. SimulatedIssue.All.Select(issue => new Issue(issue.Name, $"POST /api/simulations/{issue.Name}", issue.Does, issue.Seen, issue.Recovery))];
}
