namespace Payments.Api.Doors;

/// <summary>What a browser is told about every answer.</summary>
internal static class SecurityHeaders
{
    // The documentation page brings its own scripts and styles, all from here; nothing may be loaded from elsewhere.
    private const string Page = "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; frame-ancestors 'none'";
    private const string Data = "default-src 'none'; frame-ancestors 'none'";

    /// <summary>No guessing of types, no frames, no copies of payment data in caches.</summary>
    public static WebApplication UseSecurityHeaders(this WebApplication app)
    {
        app.Use((context, next) =>
        {
            var isPage = context.Request.Path.StartsWithSegments("/docs");
            var headers = context.Response.Headers;
            headers.XContentTypeOptions = "nosniff";
            headers.ContentSecurityPolicy = isPage ? Page : Data;
            if (!isPage)
            {
                headers.CacheControl = "no-store";
            }

            return next(context);
        });
        return app;
    }
}
