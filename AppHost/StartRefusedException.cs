namespace Payments.AppHost;

/// <summary>The application cannot be started as it is set up.</summary>
/// <param name="message">What is wrong, and what to set.</param>
internal sealed class StartRefusedException(string message) : Exception(message);
