namespace Payments.Pipeline.Runs;

/// <summary>Who may ask for a run; the same words are in the check constraint of <c>ops.runs</c>.</summary>
public static class RunRequester
{
    /// <summary>A call of the API.</summary>
    public const string Api = "api";

    /// <summary>A job of the schedule.</summary>
    public const string Schedule = "schedule";

    /// <summary>A file in the drop folder.</summary>
    public const string DropFolder = "drop_folder";

    /// <summary>The first start on an empty sample database.</summary>
    public const string FirstRun = "first_run";

    /// <summary>Somebody at a command line.</summary>
    public const string Command = "command";
}
