namespace Payments.Pipeline.Archive;

/// <summary>A month that cannot be archived or restored as it is; trying again does not help.</summary>
/// <param name="message">What is in the way, and what helps.</param>
public sealed class ArchiveRefusedException(string message) : Exception(message);
