using Payments.Pipeline.Runs;

namespace Payments.Worker.Kinds;

/// <summary>What one kind of run does.</summary>
internal interface IRunWork
{
    /// <summary>Does the run's work; safe to repeat from the beginning, since an attempt may die anywhere.</summary>
    /// <param name="run">The run, its steps and its connections.</param>
    /// <param name="parameters">What the request said, JSON.</param>
    /// <param name="cancellationToken">The worker stops or has lost the run.</param>
    /// <returns>The counts that become the run's result, or null.</returns>
    Task<object?> DoAsync(RunContext run, string parameters, CancellationToken cancellationToken);
}
