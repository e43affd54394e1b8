namespace Payments.Api.Problems;

/// <summary>Wires problem details in.</summary>
internal static class ProblemServices
{
    /// <summary>Adds the handler of exceptions; every problem carries its trace_id.</summary>
    public static WebApplicationBuilder AddProblems(this WebApplicationBuilder builder)
    {
        builder.Services.AddExceptionHandler<ProblemHandler>();
        builder.Services.AddProblemDetails();
        // Handlers are reached with valid parameters only; what still fails to bind (a body) is a 400 of ours, not only in development.
        builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        return builder;
    }

    /// <summary>Answers faults and bare statuses of everything behind it as problems.</summary>
    public static WebApplication UseProblems(this WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages(status => Problem.ForStatus(status.HttpContext).ExecuteAsync(status.HttpContext));
        return app;
    }
}
