using Payments.AppHost;
using Payments.AppHost.Commands;
using Payments.AppHost.Data;

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

await using var database = await PaymentsDatabase.AddToAsync(builder, folders);
if (database is null)
    return;

var migrator = builder.AddProject<Projects.Database>("migrator")
    .WithCommonSettings("DatabaseArrowUp")
    .WithConnection("payments", database.Owner)
    .WithLoginPasswords(database.Secrets)
    .WithSettings("Reporting")
    .WithParentRelationship(database.Resource)
    .WaitForDatabase(database);

var worker = builder.AddProject<Projects.Worker>("worker")
    .WithCommonSettings("Timer")
    .WithConnection("payments", database.Worker)
    .WithOwnerInDevelopment(database)
    .WithReferenceRelationship(database.Resource)
    .WithStorage(folders)
    .WithCardHashKey(database.Secrets)
    .WithEnabledInDevelopment(database, "Generate", "Simulations")
    .WithSettings("Generate", "Etl", "Jobs", "Drop", "Import", "Retention", "Simulations", "SlowQueries", "Quality", "Rescore", "Training", "Database:RunAsOwner")
    .WithHttpHealthCheck("/health")
    .WithUrlForEndpoint("http", url => url.DisplayLocation = UrlDisplayLocation.DetailsOnly)
    .WaitForCompletion(migrator);

var api = builder.AddProject<Projects.Api>("api")
    .WithCommonSettings("GlobeDesktop")
    .WithConnection("payments", database.Api)
    .WithReferenceRelationship(database.Resource)
    .WithStorage(folders)
    .WithEnabledInDevelopment(database, "Simulations")
    .WithSettings("Api", "Accept", "Feed", "Import", "Simulations", "Database:RunAsOwner")
    .WithPort(builder.Configuration["Api:Port"])
    .WithExternalHttpEndpoints()
    .WithHttpHealthCheck("/health")
    .WithUrlForEndpoint("http", url => (url.Url, url.DisplayText) = ("/docs", "API documentation"))
    .WaitForCompletion(migrator);

worker.WithRunCommands(api, database);
api.WithPaymentCommands();
builder.AddReadyReport(api, worker, migrator, database, folders);
OrderlyStop.AddTo(builder, api, worker);

builder.Build().Run();
