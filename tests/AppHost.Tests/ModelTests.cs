namespace Payments.AppHost.Tests;

/// <summary>What the application is made of, in each of the ways to have a database.</summary>
public sealed class ModelTests
{
    [Fact]
    public async Task Without_a_database_of_the_users_a_private_server_is_part_of_the_application()
    {
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(PrivateServer.NewArguments());

        Assert.Equal(
            ["api", "api-password", "bi-password", "cards-hash-key", "migrator", "payments", "payments-api", "payments-worker", "postgres", "postgres-password", "storage-path", "worker", "worker-password"],
            Names(builder));
        Assert.IsAssignableFrom<ExecutableResource>(builder.Resources.Single(resource => resource.Name == "postgres"));
    }

    [Fact]
    public async Task A_connection_string_of_the_users_takes_the_place_of_the_server()
    {
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(
            ["--ConnectionStrings:payments=Host=db.example;Username=owner", "--ConnectionStrings:payments-api=Host=db.example;Username=api"]);

        Assert.Equal(
            ["api", "api-password", "bi-password", "cards-hash-key", "migrator", "payments", "payments-api", "postgres-password", "storage-path", "worker", "worker-password"],
            Names(builder));
    }

    [Fact]
    public async Task A_published_application_has_its_server_in_a_container_whatever_this_machine_has()
    {
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(
            ["--operation", "publish", "--publisher", "manifest", "--output-path", Path.GetTempPath(), "--ConnectionStrings:payments=Host=db.example"]);

        Assert.IsType<PostgresServerResource>(builder.Resources.Single(resource => resource.Name == "postgres"));
        Assert.Equal("financial_analytics", Assert.IsType<PostgresDatabaseResource>(builder.Resources.Single(resource => resource.Name == "payments")).DatabaseName);
    }

    // Without Aspire's own: its dashboard, and what rebuilds each project.
    private static IEnumerable<string> Names(IDistributedApplicationBuilder builder) =>
        builder.Resources.Select(resource => resource.Name)
            .Where(name => !name.StartsWith("aspire-", StringComparison.Ordinal) && !name.EndsWith("-rebuilder", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);
}
