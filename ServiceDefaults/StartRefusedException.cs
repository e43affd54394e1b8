namespace Payments.ServiceDefaults;

/// <summary>The service does not start with these settings; its message names them. Ends the process with exit code 1 and that message alone.</summary>
/// <param name="message">What is wrong and what to set; never a secret.</param>
public sealed class StartRefusedException(string message) : Exception(message)
{
    // A stack trace says nothing about a setting. Other failures are reported as ever.
    internal static void ReportBriefly() => AppDomain.CurrentDomain.UnhandledException += (_, failure) =>
    {
        if (failure.ExceptionObject is StartRefusedException refused)
        {
            Console.Error.WriteLine(refused.Message);
            Environment.Exit(1);
        }
    };
}
