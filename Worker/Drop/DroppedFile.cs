using System.Globalization;
using System.Text;
using Payments.Pipeline.Import;

namespace Payments.Worker.Drop;

/// <summary>A file in the intake. Its name there, <c>stamp~profile~name</c>, says all that is known about it and is its run's request key.</summary>
/// <param name="Entry">What it is, in the intake.</param>
/// <param name="Stamp">When it was taken, UTC.</param>
/// <param name="TimesReadAgain">How often it was imported again since it had changed; behind the stamp, as <c>+2</c>.</param>
/// <param name="Profile">The profile it is to be read by; null: its content tells.</param>
/// <param name="Name">Its name as dropped, the last 75 characters of it.</param>
internal sealed record DroppedFile(FolderEntry Entry, string Stamp, int TimesReadAgain, string? Profile, string Name)
{
    /// <summary>How often a file that changes while it is imported is imported again.</summary>
    public const int MostReadAgain = 3;

    private const int LongestName = 75;

    // With stamp, profile and endings a name stays below the 255 bytes that file systems have for it.
    private const int LongestNameBytes = 150;

    /// <summary>The run's request key.</summary>
    public string RequestKey => $"drop:{Entry.Name}";

    /// <summary>Its name in <c>done</c> or <c>failed</c>.</summary>
    public string NameAway => $"{Stamp}-{Name}";

    /// <summary>The name in the intake of a file in the drop folder: its profile is named by the folder in which it lies (<c>drop/payments/x.csv</c>), else by the first word of its name (<c>payments-2026.csv</c>), else told by its content.</summary>
    public static string NameInIntake(string folder, string name, DateTimeOffset now)
    {
        var word = folder.Length > 0 ? folder : new string([.. name.TakeWhile(char.IsAsciiLetterOrDigit)]);
        var profile = ImportProfiles.Offered.FirstOrDefault(offered => offered.Equals(word, StringComparison.OrdinalIgnoreCase));
        return $"{StampOf(now)}~{profile}~{End(name)}";
    }

    /// <summary>Its name in the intake when it is imported again.</summary>
    public string NameAgain(DateTimeOffset now) => $"{StampOf(now)}+{TimesReadAgain + 1}~{Profile}~{Name}";

    /// <summary>Reads a name that <see cref="NameInIntake"/> made; what somebody put into the intake by hand is told by its content.</summary>
    public static DroppedFile InIntake(FolderEntry entry)
    {
        if (entry.Name.Split('~', 3) is not [var stamp, var profile, var name]) return new(entry, "unknown", 0, null, End(entry.Name));
        var count = stamp.Split('+', 2) is [_, var text] && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
        return new(entry, stamp, count, profile.Length == 0 ? null : profile, name);
    }

    private static string StampOf(DateTimeOffset now) => now.UtcDateTime.ToString("yyyyMMdd'T'HHmmssffffff", CultureInfo.InvariantCulture);

    // The ending tells how a file is compressed, so it is the beginning that is cut.
    private static string End(string name)
    {
        var from = Math.Max(0, name.Length - LongestName);
        while ((from > 0 && char.IsLowSurrogate(name[from])) || Encoding.UTF8.GetByteCount(name.AsSpan(from)) > LongestNameBytes) from++;
        return name[from..];
    }
}
