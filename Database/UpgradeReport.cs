using System.Globalization;
using DbUp.Engine.Output;

namespace Payments.Database;

/// <summary>Passes DbUp's warnings and errors on; what it did is told by the migrator itself.</summary>
internal sealed class UpgradeReport(Action<string> report) : IUpgradeLog
{
    public void LogTrace(string format, params object[] args)
    {
    }

    public void LogDebug(string format, params object[] args)
    {
    }

    public void LogInformation(string format, params object[] args)
    {
    }

    public void LogWarning(string format, params object[] args) => report(string.Format(CultureInfo.InvariantCulture, format, args));

    public void LogError(string format, params object[] args) => report(string.Format(CultureInfo.InvariantCulture, format, args));

    public void LogError(Exception ex, string format, params object[] args) => LogError(format, args);
}
