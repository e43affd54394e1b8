using Microsoft.Extensions.Configuration;
using Payments.AppHost;

if (Usage.IsWanted(args))
{
    Console.WriteLine(Usage.Text);
    return;
}

var builder = DistributedApplication.CreateBuilder(args);
var folders = CheckoutFolders.Of(builder);
if (args.Contains("--reset"))
{
    await folders.ResetAsync();
    return;
}

var passwords = Passwords.AddTo(builder);
await using var database = await PaymentsDatabase.AddToAsync(builder, folders, passwords);
if (database is null)
    return;

var storage = builder.AddParameter("storage-path", folders.Storage);

var migrator = builder.AddProject<Projects.Database>("migrator")
    .WithReference(database.Owner, connectionName: "payments")
    .WithEnvironment("Database__ApiPassword", passwords.Api)
    .WithEnvironment("Database__WorkerPassword", passwords.Worker)
    .WithEnvironment("Database__BiPassword", passwords.Bi)
    .WithSettings("Reporting")
    .WaitForDatabase(database);

builder.AddProject<Projects.Worker>("worker")
    .WithReference(database.Worker, connectionName: "payments")
    .WithOwnerInDevelopment(database)
    .WithEnvironment("Storage__Path", storage)
    .WithEnvironment("Cards__HashKey", passwords.CardHashKey)
    .WithEnabledInDevelopment(database, "Generate", "Simulations")
    .WithSettings("Generate", "Etl", "Jobs", "Drop", "Import", "Retention", "Simulations", "SlowQueries", "Quality", "Rescore")
    .WithHttpHealthCheck("/health")
    .WaitForCompletion(migrator);

builder.AddProject<Projects.Api>("api")
    .WithReference(database.Api, connectionName: "payments")
    .WithEnvironment("Storage__Path", storage)
    .WithEnabledInDevelopment(database, "Simulations")
    .WithSettings("Api", "Import", "Simulations")
    .WithPort(builder.Configuration.GetValue<int?>("Api:Port"))
    .WithExternalHttpEndpoints()
    .WithHttpHealthCheck("/health")
    .WaitForCompletion(migrator);

builder.Build().Run();
