using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace Payments.Api.Doors;

/// <summary>The rate limit of state-changing calls, per caller.</summary>
internal static class ChangeLimit
{
    /// <summary>The policy's name.</summary>
    public const string Policy = "changes";

    /// <summary>The policy's name for requests that bring payments.</summary>
    public const string PaymentPolicy = "payments";

    /// <summary>Whom a limit is counted for: the key's name, or the address of a caller without one.</summary>
    public static string CallerOf(HttpContext context) => context.User.Identity?.Name ?? $"{context.Connection.RemoteIpAddress}";

    /// <summary>Adds the policy; the answer over the limit is a 429 with <c>Retry-After</c>.</summary>
    public static void Configure(RateLimiterOptions limiter)
    {
        limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        limiter.OnRejected = (rejected, _) =>
        {
            if (rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var wait))
            {
                rejected.HttpContext.Response.Headers.RetryAfter =
                    Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            }

            return ValueTask.CompletedTask;
        };
        limiter.AddPolicy(Policy, context => PerMinute(context, options => options.ChangesPerMinute));
        limiter.AddPolicy(PaymentPolicy, context => PerMinute(context, options => options.PaymentRequestsPerMinute));
    }

    private static RateLimitPartition<string> PerMinute(HttpContext context, Func<ApiOptions, int> limit) => RateLimitPartition.GetFixedWindowLimiter(
        CallerOf(context),
        _ => new FixedWindowRateLimiterOptions
        {
            PermitLimit = limit(context.RequestServices.GetRequiredService<IOptions<ApiOptions>>().Value),
            Window = TimeSpan.FromMinutes(1),
        });
}
