namespace Payments.LocalPostgres;

/// <summary>The private server cannot be found, prepared or started; the message says why and what to do about it.</summary>
public sealed class LocalPostgresException(string message, Exception? innerException = null)
    : Exception(message, innerException);
