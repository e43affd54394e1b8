namespace Aspire.Hosting.Running;

/// <summary>How the application runs.</summary>
/// <param name="AppHostDirectory">The app host's project folder.</param>
/// <param name="RandomizePorts">Any free port instead of the wanted one, for tests beside a running application.</param>
/// <param name="StopsOnFailure">Whether the application stops when a resource cannot start.</param>
/// <param name="DashboardUrl">Where the dashboard listens; null for none.</param>
/// <param name="ShowsTable">Whether the table of resources is printed.</param>
internal sealed record ApplicationSettings(
    string AppHostDirectory, bool RandomizePorts, bool StopsOnFailure, string? DashboardUrl, bool ShowsTable);
