using Npgsql;
using NpgsqlTypes;

namespace Payments.Database.Tests;

/// <summary>One record of a file of refunds or disputes, as staged.</summary>
internal sealed record StagedClaim(string Kind, string Id, string Payment, decimal Amount, string Status)
{
    public string Currency { get; init; } = "USD";

    public DateTime At { get; init; } = new(2025, 2, 1, 12, 0, 0, DateTimeKind.Utc);
}

/// <summary>Puts refunds and disputes through the two calls of a batch, as the worker does.</summary>
internal static class ClaimRows
{
    public static async Task<BatchOutcome> LoadClaimsAsync(this NpgsqlDataSource database, string mode, params StagedClaim[] claims)
    {
        await using var connection = await database.OpenConnectionAsync();
        var batch = await connection.NewBatchAsync(claims.Length, mode: mode);
        await StageAsync(connection, batch, claims);

        await using var transaction = await connection.BeginTransactionAsync();
        var refused = new List<Refusal>();
        await using (var validate = new NpgsqlCommand("select record_number, reasons from pipeline.validate_claims($1, $2)", connection))
        {
            validate.Parameters.Add(new() { Value = batch });
            validate.Parameters.Add(new() { Value = new[] { "payment_id", "amount", "currency", "status" } });
            await using var reader = await validate.ExecuteReaderAsync();
            while (await reader.ReadAsync()) refused.Add(new Refusal(reader.GetInt64(0), reader.GetFieldValue<string[]>(1)));
        }

        var counts = (await connection.RowsAsync($"select accepted, duplicates from pipeline.upsert_claims({batch})"))[0].Split('|');
        await transaction.CommitAsync();
        return new(long.Parse(counts[0]), long.Parse(counts[1]), refused);
    }

    private static async Task StageAsync(NpgsqlConnection connection, long batch, StagedClaim[] claims)
    {
        await using var writer = await connection.BeginBinaryImportAsync(
            """
            copy staging.claims (batch_id, record_number, line_number, kind, claim_id, payment_id, amount, currency, claim_status, reason, claimed_at, given)
            from stdin (format binary)
            """);
        foreach (var (index, claim) in claims.Index())
        {
            await writer.StartRowAsync();
            await writer.WriteAsync(batch);
            await writer.WriteAsync(index + 1L);
            await writer.WriteAsync(index + 2L);
            await writer.WriteAsync(claim.Kind);
            await writer.WriteAsync(claim.Id);
            await writer.WriteAsync(claim.Payment);
            await writer.WriteAsync(claim.Amount);
            await writer.WriteAsync(claim.Currency, NpgsqlDbType.Char);
            await writer.WriteAsync(claim.Status);
            await writer.WriteAsync("fraudulent");
            await writer.WriteAsync(claim.At, NpgsqlDbType.TimestampTz);
            await writer.WriteAsync(Array.Empty<string>());
        }

        await writer.CompleteAsync();
    }
}
