using System.Globalization;
using Payments.Pipeline.Import;

namespace Payments.Worker.Drop;

/// <summary>A file in the intake. Its name there, <c>stamp~profile~name</c>, says all that is known about it and is its run's request key.</summary>
/// <param name="File">Where it is.</param>
/// <param name="Stamp">When it was taken, UTC.</param>
/// <param name="Profile">The profile it is to be read by; null: its content tells.</param>
/// <param name="Name">Its name as dropped, the last 75 characters of it.</param>
internal sealed record DroppedFile(FileInfo File, string Stamp, string? Profile, string Name)
{
    private const int LongestName = 75;

    /// <summary>The run's request key.</summary>
    public string RequestKey => $"drop:{File.Name}";

    /// <summary>Its name in <c>done</c> or <c>failed</c>.</summary>
    public string NameAway => $"{Stamp}-{Name}";

    /// <summary>The name in the intake of a file in the drop folder: its profile is named by the folder in which it lies (<c>drop/payments/x.csv</c>), else by the first word of its name (<c>payments-2026.csv</c>), else told by its content.</summary>
    public static string NameInIntake(string folder, string name, DateTimeOffset now)
    {
        var word = folder.Length > 0 ? folder : new string([.. name.TakeWhile(char.IsAsciiLetterOrDigit)]);
        var profile = ImportProfiles.Offered.FirstOrDefault(offered => offered.Equals(word, StringComparison.OrdinalIgnoreCase));
        return $"{StampOf(now)}~{profile}~{(name.Length <= LongestName ? name : name[^LongestName..])}";
    }

    /// <summary>Its name in the intake when it is read anew.</summary>
    public string NameAgain(DateTimeOffset now) => $"{StampOf(now)}~{Profile}~{Name}";

    /// <summary>Reads a name that <see cref="NameInIntake"/> made; what somebody put into the intake by hand is told by its content.</summary>
    public static DroppedFile InIntake(FileInfo file) => file.Name.Split('~', 3) switch
    {
        [var stamp, "", var name] => new(file, stamp, null, name),
        [var stamp, var profile, var name] => new(file, stamp, profile, name),
        _ => new(file, "unknown", null, file.Name),
    };

    private static string StampOf(DateTimeOffset now) => now.UtcDateTime.ToString("yyyyMMdd'T'HHmmssffffff", CultureInfo.InvariantCulture);
}
