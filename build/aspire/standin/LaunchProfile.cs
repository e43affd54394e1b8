using System.Text.Json;

namespace Aspire.Hosting;

/// <summary>A profile of a project's launchSettings.json.</summary>
internal sealed record LaunchProfile(string Name, string? ApplicationUrl, IReadOnlyDictionary<string, string> EnvironmentVariables)
{
    /// <summary>Names the profile in use, for the app host and for what it starts.</summary>
    public const string Variable = "DOTNET_LAUNCH_PROFILE";

    private static readonly JsonDocumentOptions Lenient = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    /// <summary>The project's profile of the preferred name, else its first one; null without launchSettings.json.</summary>
    public static LaunchProfile? Of(string projectDirectory, string? preferredName)
    {
        var file = Path.Combine(projectDirectory, "Properties", "launchSettings.json");
        if (!File.Exists(file))
            return null;
        using var json = JsonDocument.Parse(File.ReadAllText(file), Lenient);
        var profiles = json.RootElement.GetProperty("profiles").EnumerateObject()
            .Where(profile => profile.Value.TryGetProperty("commandName", out var command) && command.ValueEquals("Project"))
            .Select(profile => new LaunchProfile(
                profile.Name,
                profile.Value.TryGetProperty("applicationUrl", out var url) ? url.GetString() : null,
                profile.Value.TryGetProperty("environmentVariables", out var variables)
                    ? variables.EnumerateObject().ToDictionary(variable => variable.Name, variable => variable.Value.ToString())
                    : []))
            .ToList();
        return profiles.Find(profile => profile.Name == preferredName) ?? profiles.FirstOrDefault();
    }
}
