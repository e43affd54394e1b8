using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;

namespace Payments.Api.Doors;

/// <summary>Who gets in: keys and roles, the request's own host and origin, and how often.</summary>
internal static class DoorServices
{
    /// <summary>Adds keys, policies and limits.</summary>
    public static WebApplicationBuilder AddDoors(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<ApiOptions>().BindConfiguration(ApiOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<ApiOptions>, ApiOptionsValidator>();
        builder.Services.AddSingleton<Listening>();
        builder.Services.AddHostedService<StartGuard>();
        builder.Services.AddAuthentication(KeyAuthentication.Scheme)
            .AddScheme<KeyAuthenticationOptions, KeyAuthentication>(KeyAuthentication.Scheme, null);
        builder.Services.AddAuthorizationBuilder()
            .AddPolicy(Role.Reader, policy => policy.RequireRole(Role.Reader, Role.Operator, Role.Admin))
            .AddPolicy(Role.Operator, policy => policy.RequireRole(Role.Operator, Role.Admin))
            .AddPolicy(Role.Admin, policy => policy.RequireRole(Role.Admin))
            // A route that somebody forgets to put into a group is closed, not open.
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireRole(Role.Admin).Build());
        builder.Services.AddRateLimiter(ChangeLimit.Configure);
        return builder;
    }

    /// <summary>Turns away what comes to a wrong host or from a foreign page, before anything is read.</summary>
    public static WebApplication UseHostAndOriginDoors(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<IOptions<ApiOptions>>().Value;
        app.Use(new HostDoor(options).CheckAsync);
        app.Use(new OriginDoor(options).CheckAsync);
        return app;
    }
}
