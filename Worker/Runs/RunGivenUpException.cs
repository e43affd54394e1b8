namespace Payments.Worker.Runs;

/// <summary>A run that no attempt can save: it fails with this message and is not tried again.</summary>
/// <param name="message">What to do about it, for whoever reads the run.</param>
internal sealed class RunGivenUpException(string message) : Exception(message);
