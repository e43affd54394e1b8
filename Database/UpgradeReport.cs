using System.Globalization;
using DbUp.Engine.Output;

namespace Payments.Database;

/// <summary>Passes DbUp's warnings on; what it did, and why it failed, is told by the migrator itself.</summary>
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

    public void LogError(string format, params object[] args)
    {
    }

    public void LogError(Exception ex, string format, params object[] args)
    {
    }
}
