using Payments.Api;
using Payments.Api.Alerts;
using Payments.Api.Docs;
using Payments.Api.Doors;
using Payments.Api.Etl;
using Payments.Api.Feed;
using Payments.Api.Imports;
using Payments.Api.Parameters;
using Payments.Api.Problems;
using Payments.Api.Quarantine;
using Payments.Api.Reading;
using Payments.Api.Reconciliation;
using Payments.Pipeline;
using Payments.Pipeline.Accept;
using Payments.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddPaymentsDatabase();
builder.AddAddress();
builder.AddReading();
builder.AddProblems();
builder.AddDoors();
builder.AddCompression();
builder.AddApiDescription();
builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddPaymentsPipeline(builder.Configuration);
builder.Services.AddPaymentAcceptance(builder.Configuration);
builder.Services.AddSingleton<RunWait>();
builder.Services.AddSingleton<Replays>();
builder.Services.AddSingleton<AlertChanges>();
builder.Services.AddSingleton<ReconciliationChanges>();
builder.Services.AddSingleton<FeedSource>();
builder.Services.AddSingleton<Uploads>();

var app = builder.Build();

app.UseSecurityHeaders();
app.UseResponseCompression();
app.UseProblems();
app.UseHostAndOriginDoors();
app.UseRouting();
app.UseAuthentication();
app.UseAuthorization();
app.UseRateLimiter();
app.Use(ParameterRules.CheckAsync);

app.MapDefaultEndpoints();
app.MapApi();
app.MapApiDescription();

return await app.RunToItsEndAsync();
