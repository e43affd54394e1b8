using Microsoft.AspNetCore.Mvc;
using Npgsql;
using Payments.Api.Docs;
using Payments.Api.Problems;

namespace Payments.Api.Status;

/// <summary>Whether the API can do its work.</summary>
/// <param name="Status">healthy or unhealthy.</param>
/// <param name="Database">connected, disconnected or "not migrated".</param>
internal sealed record Health(string Status, string Database) : IExample<Health>
{
    private static readonly Health Unhealthy = new("unhealthy", "disconnected");

    /// <inheritdoc/>
    public static Health Example { get; } = new("healthy", "connected");

    /// <summary>Health of API and database.</summary>
    /// <remarks>200 when both work, 503 otherwise; asks the database on a pooled connection and recovers by itself.</remarks>
    [ProducesResponseType<Health>(StatusCodes.Status200OK)]
    [ProducesResponseType<Health>(StatusCodes.Status503ServiceUnavailable)]
    public static async Task<IResult> GetAsync(NpgsqlDataSource database, HttpContext context)
    {
        var health = await AskAsync(database, context.RequestAborted);
        if (health == Example)
        {
            return TypedResults.Ok(health);
        }

        context.Response.Headers.RetryAfter = $"{Problem.RetryAfterSeconds}";
        return TypedResults.Json(health, statusCode: StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<Health> AskAsync(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        try
        {
            await using var command = database.CreateCommand(
                "select to_regprocedure('public.get_daily_transaction_summary(date)') is not null");
            return await command.ExecuteScalarAsync(cancellationToken) is true ? Example : Unhealthy with { Database = "not migrated" };
        }
        catch (Exception error) when (DatabaseFault.Unavailability(error) is not null)
        {
            return Unhealthy;
        }
    }
}
