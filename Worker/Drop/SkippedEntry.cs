using System.Globalization;
using System.Text;
using System.Text.Json;
using Payments.Pipeline.Validate;

namespace Payments.Worker.Drop;

/// <summary>An entry of the drop folder that is left alone.</summary>
/// <param name="Name">Its path within the folder as it may be shown, see <see cref="Shown"/>.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Reason">Why it is left alone, and what to do.</param>
/// <param name="FirstSeen">When a sweep first found it like this.</param>
internal sealed record SkippedEntry(string Name, EntryKind Kind, string Reason, DateTimeOffset FirstSeen)
{
    private const int LongestName = 500;
    private const int LongestReason = 1000;

    /// <summary>The kind as the API shows it.</summary>
    public string KindCode => JsonNamingPolicy.SnakeCaseLower.ConvertName(Kind.ToString());

    /// <summary>An entry by its path; the detail is what the operating system said.</summary>
    public static SkippedEntry Of(string path, EntryKind kind, string? detail, DateTimeOffset now) =>
        new(Shown(path), kind, Cut(Escape(detail is null ? Advice(kind) : $"{Advice(kind)} ({detail})"), LongestReason), now);

    /// <summary>A path for a log or a screen: control and format characters escaped, card numbers masked, cut at 500 characters.</summary>
    public static string Shown(string path) => Cut(Escape(CardNumberText.Mask(path)), LongestName);

    /// <summary>Why entries of a kind are left alone, and what to do.</summary>
    public static string Advice(EntryKind kind) => kind switch
    {
        EntryKind.Folder => "A folder is here where a file should be. Remove it.",
        EntryKind.SymbolicLink => "It is a link, and links are not followed. Put the file or the folder itself here, or remove the link.",
        EntryKind.HardLink =>
            "The file has another name too (a hard link), maybe outside the folder. It is taken once that name is removed; or put a copy here.",
        EntryKind.Pipe => "It is a named pipe, not a file. Remove it; write a file under a name that ends in .part, then rename it.",
        EntryKind.Socket => "It is a socket, not a file. Remove it.",
        EntryKind.Device => "It is a device, not a file. Remove it.",
        EntryKind.InvalidName => "Its name is not valid UTF-8, so it cannot be opened. Rename it.",
        EntryKind.InUse => "A program has it open. It is taken when that program closes it.",
        EntryKind.Unusable => "It cannot be read or moved yet; every sweep tries again. Check the grants of the worker's account, and the disk.",
        _ => "It is a file.",
    };

    private static string Escape(string text)
    {
        if (!text.Any(IsUnsafe)) return text;
        var escaped = new StringBuilder(text.Length + 16);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.IsBmp && IsUnsafe((char)rune.Value)) escaped.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:X4}");
            else escaped.Append(rune);
        }

        return escaped.ToString();
    }

    // Format characters turn the direction of a line or hide in it. Lone surrogates become U+FFFD as runes.
    private static bool IsUnsafe(char unit) => char.GetUnicodeCategory(unit) is UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate;

    private static string Cut(string text, int longest)
    {
        if (text.Length <= longest) return text;
        var end = longest - 1;
        return (char.IsHighSurrogate(text[end - 1]) ? text[..(end - 1)] : text[..end]) + "…";
    }
}
