using Microsoft.Extensions.Configuration;

namespace Payments.AppHost.Tests;

/// <summary>What the application is made of, in each of the ways to have a database, and what each service is given.</summary>
public sealed class ModelTests
{
    private const string OwnerString = "Host=db.example;Port=6543;Username=owner;Password=the-owners-own;SSL Mode=Require";

    private static readonly string[] Parameters = ["api-password", "bi-password", "cards-hash-key", "postgres-password", "worker-password"];

    [Fact]
    public async Task Without_a_database_of_the_users_a_private_server_is_part_of_the_application()
    {
        await using var builder = await BuilderAsync(PrivateServer.NewArguments());

        Assert.Equal(["api", .. Parameters[..3], "migrator", "payments", "postgres", "postgres-password", "worker", "worker-password"], Names(builder));
        Assert.IsAssignableFrom<ExecutableResource>(builder.Resources.Single(resource => resource.Name == "postgres"));
    }

    [Fact]
    public async Task Each_service_is_given_its_own_login_only()
    {
        await using var builder = await BuilderAsync(PrivateServer.NewArguments());
        const string Superusers = "payments-dev-postgres-password";

        var (api, worker, migrator) = (await GivenAsync(builder, "api"), await GivenAsync(builder, "worker"), await GivenAsync(builder, "migrator"));

        Assert.Matches("^Host=127.0.0.1;Port=\\d+;Database=financial_analytics;Username=payments_api;Password='payments-dev-api-password'$", api["ConnectionStrings__payments"]);
        Assert.Matches("Username=payments_worker;Password='payments-dev-worker-password'$", worker["ConnectionStrings__payments"]);
        Assert.Contains(Superusers, migrator["ConnectionStrings__payments"], StringComparison.Ordinal);
        Assert.DoesNotContain(api.Values, value => value.Contains(Superusers, StringComparison.Ordinal));
        // The worker migrates when it is asked to initialise, in development.
        Assert.Equal(["ConnectionStrings__payments-owner"], worker.Where(one => one.Value.Contains(Superusers, StringComparison.Ordinal)).Select(one => one.Key));
    }

    [Theory]
    [InlineData("se;cret")]
    [InlineData("it's")]
    [InlineData(" spaced = out ")]
    public async Task Any_password_survives_its_way_into_a_connection_string(string password)
    {
        await using var builder = await BuilderAsync([.. PrivateServer.NewArguments(), $"--Parameters:api-password={password}"]);

        var api = await GivenAsync(builder, "api");

        Assert.Equal(password, new Npgsql.NpgsqlConnectionStringBuilder(api["ConnectionStrings__payments"]).Password);
    }

    [Fact]
    public async Task A_connection_string_of_the_users_takes_the_place_of_the_server_and_no_published_secret_goes_there()
    {
        await using var builder = await BuilderAsync(
            [$"--ConnectionStrings:payments={OwnerString}", "--ConnectionStrings:payments-api=Host=db.example;Username=a", "--ConnectionStrings:payments-worker=Host=db.example;Username=w"]);

        Assert.Equal(["api", "migrator", "payments", "worker"], Names(builder));
        var (api, worker, migrator) = (await GivenAsync(builder, "api"), await GivenAsync(builder, "worker"), await GivenAsync(builder, "migrator"));
        Assert.Equal("Host=db.example;Username=a", api["ConnectionStrings__payments"]);
        Assert.Equal("Host=db.example;Username=w", worker["ConnectionStrings__payments"]);
        Assert.Equal(OwnerString, migrator["ConnectionStrings__payments"]);
        Assert.DoesNotContain(api.Concat(worker), one => one.Value.Contains("the-owners-own", StringComparison.Ordinal));
        Assert.DoesNotContain(api.Concat(worker).Concat(migrator), one => one.Value.Contains("payments-dev-", StringComparison.Ordinal));
        Assert.DoesNotContain(worker.Concat(api), one => one.Key is "Generate__Enabled" or "Simulations__Enabled" or "Cards__HashKey");
    }

    [Fact]
    public async Task Passwords_for_a_server_of_the_users_make_the_services_logins()
    {
        await using var builder = await BuilderAsync(
            [$"--ConnectionStrings:payments={OwnerString}", "--Parameters:api-password=for-api", "--Parameters:worker-password=for-worker"]);

        var (api, worker, migrator) = (await GivenAsync(builder, "api"), await GivenAsync(builder, "worker"), await GivenAsync(builder, "migrator"));

        Assert.Equal("Host=db.example;Port=6543;SSL Mode=Require;Username=payments_api;Password='for-api'", api["ConnectionStrings__payments"]);
        Assert.Equal("Host=db.example;Port=6543;SSL Mode=Require;Username=payments_worker;Password='for-worker'", worker["ConnectionStrings__payments"]);
        Assert.Equal(("for-api", "for-worker", false), (migrator["Database__ApiPassword"], migrator["Database__WorkerPassword"], migrator.ContainsKey("Database__BiPassword")));
    }

    [Fact]
    public async Task Services_run_as_the_owner_only_where_that_is_said_aloud()
    {
        await using var builder = await BuilderAsync([$"--ConnectionStrings:payments={OwnerString}", "--Database:RunAsOwner=true"]);

        var api = await GivenAsync(builder, "api");

        Assert.Equal((OwnerString, "true"), (api["ConnectionStrings__payments"], api["Database__RunAsOwner"]));
    }

    [Fact]
    public async Task A_published_application_has_its_server_in_a_container_whatever_this_machine_has_and_asks_for_its_secrets()
    {
        await using var builder = await BuilderAsync(
            ["--operation", "publish", "--publisher", "manifest", "--output-path", Path.GetTempPath(), "--ConnectionStrings:payments=Host=db.example"]);

        var server = Assert.IsType<PostgresServerResource>(builder.Resources.Single(resource => resource.Name == "postgres"));
        Assert.Equal("financial_analytics", Assert.IsType<PostgresDatabaseResource>(builder.Resources.Single(resource => resource.Name == "payments")).DatabaseName);
        Assert.Matches(@"^\d+\.\d+$", server.Annotations.OfType<ContainerImageAnnotation>().Last().Tag);
        Assert.All(Parameters, name => Assert.Null(builder.Configuration[$"Parameters:{name}"]));
        Assert.Contains("storage-path", Names(builder));
        var (api, worker) = (await GivenAsync(builder, "api", DistributedApplicationOperation.Publish), await GivenAsync(builder, "worker", DistributedApplicationOperation.Publish));
        Assert.EndsWith("Database=financial_analytics;Username=payments_api;Password='{api-password.value}'", api["ConnectionStrings__payments"], StringComparison.Ordinal);
        Assert.DoesNotContain(api.Concat(worker), one => one.Value.Contains("postgres-password", StringComparison.Ordinal) || one.Value.Contains("payments-dev-", StringComparison.Ordinal));
        Assert.DoesNotContain(worker.Keys, name => name is "ConnectionStrings__payments-owner" or "DOTNET_ENVIRONMENT" or "Generate__Enabled");
    }

    [Fact]
    public async Task Every_command_of_the_dashboard_is_there()
    {
        await using var builder = await BuilderAsync(PrivateServer.NewArguments());

        Assert.Equal(["check-data", "reset-samples", "retry-run", "run-etl", "simulate-issue"], Commands(builder, "worker"));
        Assert.Equal(["import-file", "send-payment"], Commands(builder, "api"));
    }

    [Fact]
    public async Task Samples_are_never_reset_on_a_server_of_the_users()
    {
        await using var builder = await BuilderAsync([$"--ConnectionStrings:payments={OwnerString}", "--Database:RunAsOwner=true"]);

        Assert.DoesNotContain("reset-samples", Commands(builder, "worker"));
    }

    private static Task<IDistributedApplicationTestingBuilder> BuilderAsync(string[] arguments) =>
        DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(arguments);

    private static async Task<Dictionary<string, string>> GivenAsync(
        IDistributedApplicationBuilder builder, string service, DistributedApplicationOperation operation = DistributedApplicationOperation.Run)
    {
        var resource = (ProjectResource)builder.Resources.Single(resource => resource.Name == service);
        var variables = new Dictionary<string, object>();
        var context = new EnvironmentCallbackContext(builder.ExecutionContext, resource, variables);
        foreach (var callback in resource.Annotations.OfType<EnvironmentCallbackAnnotation>()) await callback.Callback(context);
        var given = new Dictionary<string, string>();
        foreach (var (name, value) in variables)
            given[name] = value switch
            {
                string text => text,
                IManifestExpressionProvider expression when operation == DistributedApplicationOperation.Publish => expression.ValueExpression,
                IValueProvider provider when name.StartsWith("ConnectionStrings", StringComparison.Ordinal) || provider is ParameterResource => await provider.GetValueAsync() ?? "",
                _ => "",
            };
        return given;
    }

    private static IEnumerable<string> Commands(IDistributedApplicationBuilder builder, string service) =>
        builder.Resources.Single(resource => resource.Name == service).Annotations.OfType<ResourceCommandAnnotation>()
            .Select(command => command.Name)
            .Where(name => !name.StartsWith("resource-", StringComparison.Ordinal) && name is not ("start" or "stop" or "restart" or "rebuild"))
            .Order(StringComparer.Ordinal);

    // Without Aspire's own: its dashboard, and what rebuilds each project.
    private static IEnumerable<string> Names(IDistributedApplicationBuilder builder) =>
        builder.Resources.Select(resource => resource.Name)
            .Where(name => !name.StartsWith("aspire-", StringComparison.Ordinal) && !name.EndsWith("-rebuilder", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);
}
