using Payments.LocalPostgres;

namespace Payments.AppHost;

/// <summary>Where this checkout's data live, outside of it: a clone can be deleted and made again at any time.</summary>
/// <param name="Database">The private server's folder (<c>Postgres:DataFolder</c>).</param>
/// <param name="Storage">The spool, drop and archive folders that API and worker share (<c>Storage:Path</c>).</param>
/// <param name="Published">What a published application asks for in the place of <paramref name="Storage"/>; null when this one runs here.</param>
internal sealed record CheckoutFolders(string Database, string Storage, IResourceBuilder<ParameterResource>? Published)
{
    /// <summary>Files laid here are imported.</summary>
    public string Drop => Path.Combine(Storage, "drop");

    public static CheckoutFolders Of(IDistributedApplicationBuilder builder)
    {
        var checkout = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(builder.AppHostDirectory))!;
        return new CheckoutFolders(
            Path.GetFullPath(builder.Configuration["Postgres:DataFolder"] ?? LocalPostgresFolders.For(checkout, "postgres")),
            Path.GetFullPath(builder.Configuration["Storage:Path"] ?? LocalPostgresFolders.For(checkout, "storage")),
            builder.ExecutionContext.IsPublishMode ? builder.AddParameter("storage-path") : null);
    }

    /// <summary>Deletes the private server with its data, and the storage folder. A container's volume is the container runtime's to remove.</summary>
    public async Task ResetAsync()
    {
        try
        {
            await LocalPostgresServer.ResetAsync(Database);
            if (Directory.Exists(Storage))
                Directory.Delete(Storage, recursive: true);
            Console.WriteLine($"Deleted {Database} and {Storage}.");
        }
        catch (LocalPostgresException e)
        {
            Console.Error.WriteLine(e.Message);
            Environment.ExitCode = 1;
        }
    }
}
