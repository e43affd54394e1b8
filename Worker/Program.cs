using Payments.Pipeline;
using Payments.ServiceDefaults;
using Payments.Worker;
using Payments.Worker.Drop;
using Payments.Worker.Runs;
using Payments.Worker.Schedules;
using Payments.Worker.SlowQueries;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddPaymentsDatabase();
builder.Services.AddPaymentsPipeline(builder.Configuration);
builder.AddRunPickUp();
builder.AddSchedule();
builder.AddDropFolder();
builder.AddSlowQueryWatch();
builder.Services.AddHostedService<GaugesAtStart>();

var app = builder.Build();

app.MapDefaultEndpoints();

return await app.RunToItsEndAsync();
