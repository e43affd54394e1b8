namespace Payments.Api.Parameters;

/// <summary>What people write down with a request, to be kept: why, and for whoever looks at it later.</summary>
internal static class RequestTexts
{
    private const int Longest = 1000;
    private const int LongestName = 100;

    /// <summary>Whether the store would keep a text of one line: at most so many characters, no control characters.</summary>
    public static bool Fits(string text, int longest) => text.Length <= longest && !text.Any(char.IsControl);

    /// <summary>A text of one line that must be there, without the blanks around it.</summary>
    /// <exception cref="InvalidParameterException">It is missing, or the store would not keep it.</exception>
    public static string RequireLine(string name, string? text, int longest) =>
        !string.IsNullOrWhiteSpace(text) && Fits(text, longest)
            ? text.Trim()
            : throw new InvalidParameterException(name, $"is required: a text of at most {longest} characters without control characters");

    /// <summary>Refuses the name of somebody who is to take care; without one it is the caller.</summary>
    /// <exception cref="InvalidParameterException">It is empty, or the store would not keep it.</exception>
    public static void CheckAssignee(string? assignee)
    {
        if (assignee is not null && (string.IsNullOrWhiteSpace(assignee) || !Fits(assignee, LongestName)))
        {
            throw new InvalidParameterException("assignee", $"must be a name of at most {LongestName} characters without control characters");
        }
    }

    /// <summary>Refuses a note that the store would not keep; it may be left out.</summary>
    /// <exception cref="InvalidParameterException">It is too long or has control characters.</exception>
    public static void CheckNote(string name, string? note)
    {
        if (note is not null && !Fits(note, Longest))
        {
            throw new InvalidParameterException(name, $"must be a text of at most {Longest} characters without control characters");
        }
    }

    /// <summary>Refuses a text that is missing, or that the store would not keep; it may have several lines.</summary>
    /// <exception cref="InvalidParameterException">It is one.</exception>
    public static void RequireText(string name, string? text)
    {
        if (string.IsNullOrWhiteSpace(text) || text.Length > Longest || text.Any(letter => char.IsControl(letter) && letter is not ('\n' or '\t')))
        {
            throw new InvalidParameterException(name, $"is required: a text of at most {Longest} characters without control characters");
        }
    }
}
