using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Payments.Api.Doors;

namespace Payments.Api.Docs;

/// <summary>States in the document how an operation is secured on this very server: by a key of a role, by a key if one is given, or not at all.</summary>
internal static class Security
{
    private const string KeyScheme = KeyAuthentication.Scheme;
    private const string BearerScheme = "Bearer";

    /// <summary>Declares both ways to send a key, and what holds for operations in general.</summary>
    public static Task DescribeAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        var isOptional = IsOptional(context.ApplicationServices);
        var meaning = "A key of the configuration section Api:Keys; its role (reader, operator, admin) decides what it may do."
            + (isOptional ? " On this server none is needed: it runs in development and serves this machine only." : "");
        document.Components ??= new();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [KeyScheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey,
                In = ParameterLocation.Header,
                Name = KeyAuthentication.Header,
                Description = meaning,
            },
            [BearerScheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = $"The same key, as Authorization: Bearer. {KeyAuthentication.Header} comes first where both are sent.",
            },
        };
        document.Security = Requirements(document, isOptional, []);
        return Task.CompletedTask;
    }

    /// <summary>States the role that an operation needs, and leaves out refusals that cannot happen.</summary>
    public static Task DescribeAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        if (metadata.OfType<IAllowAnonymous>().Any())
        {
            operation.Security = [];
            return Task.CompletedTask;
        }

        var role = metadata.OfType<IAuthorizeData>().Select(data => data.Policy).LastOrDefault(policy => policy is not null) ?? Role.Admin;
        operation.Security = Requirements(context.Document, IsOptional(context.ApplicationServices), [role]);
        if (role != Role.Reader)
        {
            operation.Description = $"{operation.Description?.TrimEnd()}\n\nNeeds a key of the role `{role}`{(role == Role.Operator ? $" or `{Role.Admin}`" : "")}.";
        }
        else if (HttpMethods.IsGet(context.Description.HttpMethod ?? ""))
        {
            // Every known key may read, and reading is open to pages of any origin.
            operation.Responses?.Remove($"{StatusCodes.Status403Forbidden}");
        }

        return Task.CompletedTask;
    }

    private static bool IsOptional(IServiceProvider services) => services.GetRequiredService<Listening>().IsLocalDevelopment;

    // OpenAPI 3.1 lets the list behind a scheme name roles; the empty requirement, first because clients take the first one, makes a key optional.
    private static List<OpenApiSecurityRequirement> Requirements(OpenApiDocument? document, bool isOptional, List<string> roles) =>
    [
        .. isOptional ? (OpenApiSecurityRequirement[])[new()] : [],
        new() { [new OpenApiSecuritySchemeReference(KeyScheme, document)] = roles },
        new() { [new OpenApiSecuritySchemeReference(BearerScheme, document)] = roles },
    ];
}
