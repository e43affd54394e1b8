using System.Net.NetworkInformation;
using Microsoft.Extensions.Configuration;
using Npgsql;
using Payments.LocalPostgres;

namespace Payments.AppHost.Data;

/// <summary>
/// The database and how each service connects to it. In this order: a connection string of the user's, a container, a private server
/// from PostgreSQL's programs on this machine or from the npm registry. A published application always has the container.
/// </summary>
internal sealed class PaymentsDatabase : IAsyncDisposable
{
    /// <summary>The database's name, the same everywhere: BI tools connect to it.</summary>
    public const string Name = "financial_analytics";

    private const string Resourced = "payments";
    private const string ApiLogin = "payments_api";
    private const string WorkerLogin = "payments_worker";

    // Aspire's default moves with its versions, and a server does not open the volume of another major version.
    private const string ImageTag = "18.3";

    private LocalPostgresServer? _server;

    /// <summary>The database as the dashboard shows it.</summary>
    public required IResourceBuilder<IResourceWithConnectionString> Resource { get; init; }

    /// <summary>What its logins authenticate with.</summary>
    public required Secrets Secrets { get; init; }

    /// <summary>Connects as the owner of the schema; for the migrator.</summary>
    public required ReferenceExpression Owner { get; init; }

    /// <summary>Connects as the API.</summary>
    public required ReferenceExpression Api { get; init; }

    /// <summary>Connects as the worker.</summary>
    public required ReferenceExpression Worker { get; init; }

    /// <summary>The server is started by this app host, so it may be filled with samples.</summary>
    public bool IsOurs { get; private init; }

    /// <summary>Adds the database to the application; null, after a message, when there is no way to have one.</summary>
    public static async Task<PaymentsDatabase?> AddToAsync(IDistributedApplicationBuilder builder, CheckoutFolders folders)
    {
        try
        {
            return builder.ExecutionContext.IsRunMode && builder.Configuration.GetConnectionString(Resourced) is { Length: > 0 } given
                ? GivenIn(builder, given)
                : await StartedAsync(builder, folders, Secrets.OfOwnServer(builder));
        }
        catch (Exception e) when (e is StartRefusedException or LocalPostgresException)
        {
            Console.Error.WriteLine(e.Message);
            Environment.ExitCode = 1;
            return null;
        }
    }

    /// <summary>Stops the private server and gives its folder free.</summary>
    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static async Task<PaymentsDatabase> StartedAsync(IDistributedApplicationBuilder builder, CheckoutFolders folders, Secrets secrets)
    {
        var isContainerWanted = builder.Configuration.GetValue<bool?>("Postgres:Container");
        if (builder.ExecutionContext.IsPublishMode || (isContainerWanted is not false && await ContainerRuntime.AnswersAsync(builder.Configuration)))
            return InContainer(builder, secrets);
        return isContainerWanted is not true
            ? await OnThisMachineAsync(builder, folders, secrets)
            : throw new StartRefusedException("Postgres:Container is true, and neither docker nor podman answers. Start one of them, or leave the setting out.");
    }

    private static PaymentsDatabase InContainer(IDistributedApplicationBuilder builder, Secrets secrets)
    {
        var server = builder.AddPostgres("postgres", password: secrets.Postgres, port: FreePort(PreferredPort(builder)))
            .WithImageTag(ImageTag)
            .WithIconName("Server")
            .WithDataVolume()
            .WithPgWeb();
        var database = server.AddDatabase(Resourced, Name).WithIconName("Database");
        return WithLogins(
            database, secrets, database.Resource.ConnectionStringExpression,
            ReferenceExpression.Create($"Host={server.Resource.Host};Port={server.Resource.Port};Database={Name}"));
    }

    private static async Task<PaymentsDatabase> OnThisMachineAsync(IDistributedApplicationBuilder builder, CheckoutFolders folders, Secrets secrets)
    {
        var server = await LocalPostgresServer.PrepareAsync(new LocalPostgresOptions
        {
            DataFolder = folders.Database,
            PreferredPort = PreferredPort(builder),
            Password = (await secrets.Postgres!.Resource.GetValueAsync(CancellationToken.None))!,
            Ephemeral = builder.Configuration.GetValue("Postgres:Ephemeral", false),
        });
        var resource = builder.AddLocalPostgres("postgres", server).WithIconName("Server").AddDatabase(Resourced, Name).WithIconName("Database");
        var place = new NpgsqlConnectionStringBuilder { Host = "127.0.0.1", Port = server.Port, Database = Name }.ConnectionString;
        var database = WithLogins(resource, secrets, resource.Resource.ConnectionStringExpression, ReferenceExpression.Create($"{place}"));
        database._server = server;
        return database;
    }

    private static PaymentsDatabase WithLogins(
        IResourceBuilder<IResourceWithConnectionString> resource, Secrets secrets, ReferenceExpression owner, ReferenceExpression server) => new()
        {
            Resource = resource,
            Secrets = secrets,
            IsOurs = true,
            Owner = owner,
            Api = Login.ConnectionString(server, ApiLogin, secrets.Api!.Resource),
            Worker = Login.ConnectionString(server, WorkerLogin, secrets.Worker!.Resource),
        };

    /// <summary>A server of the user's. No secret that is published in this source reaches it, and the services do not run as its owner unless told to.</summary>
    private static PaymentsDatabase GivenIn(IDistributedApplicationBuilder builder, string owner)
    {
        var secrets = Secrets.Given(builder);
        var api = Find("payments-api", ApiLogin, secrets.Api);
        var worker = Find("payments-worker", WorkerLogin, secrets.Worker);
        if (api is null || worker is null)
        {
            throw new StartRefusedException(
                """
                ConnectionStrings:payments names a server of yours as the owner of the schema, and API and worker do not run as the owner. Give one of
                  --Parameters:api-password=… and --Parameters:worker-password=…
                      The migrator makes the logins payments_api and payments_worker with these passwords, and the services use them.
                  --ConnectionStrings:payments-api=… and --ConnectionStrings:payments-worker=…
                      Logins that you have made; the migrator grants payments_api and payments_worker what the services need.
                  --Database:RunAsOwner=true
                      Runs the services as the owner all the same. Anybody who finds a hole in them then owns the database.
                """);
        }

        return new PaymentsDatabase
        {
            Resource = builder.AddConnectionString(Resourced).WithIconName("Database"),
            Secrets = secrets,
            Owner = ReferenceExpression.Create($"{owner}"),
            Api = api,
            Worker = worker,
        };

        ReferenceExpression? Find(string name, string login, IResourceBuilder<ParameterResource>? password) =>
            builder.Configuration.GetConnectionString(name) is { Length: > 0 } own ? ReferenceExpression.Create($"{own}")
            : password is not null ? Login.ConnectionString(ReferenceExpression.Create($"{WithoutLogin(owner)}"), login, password.Resource)
            : builder.Configuration.GetValue("Database:RunAsOwner", false) ? ReferenceExpression.Create($"{owner}")
            : null;
    }

    // Everything else of it (TLS, timeouts) holds for every login.
    private static string WithoutLogin(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Username = null, Password = null, Passfile = null }.ConnectionString;

    private static int PreferredPort(IDistributedApplicationBuilder builder) => builder.Configuration.GetValue("Postgres:Port", 5432);

    // Null lets Aspire choose: it listens on exactly the port that it is given, and its clients would reach the process that has it already.
    private static int? FreePort(int preferred) =>
        preferred == 0 || IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Any(listener => listener.Port == preferred) ? null : preferred;
}
