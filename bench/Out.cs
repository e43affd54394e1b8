using System.Globalization;

namespace Payments.Bench;

/// <summary>Results go to standard output, what goes on meanwhile to standard error.</summary>
internal static class Out
{
    public static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    public static void Progress(FormattableString line) => Console.Error.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
