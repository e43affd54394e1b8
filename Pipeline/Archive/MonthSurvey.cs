using System.Globalization;
using Npgsql;
using NpgsqlTypes;

namespace Payments.Pipeline.Archive;

/// <summary>What <c>survey_month</c> says about a month of payments in the store.</summary>
internal sealed record MonthSurvey(
    string[] Columns, long Count, long GeneratedCount, string Totals, Int128 Checksum, Int128 SettlementChecksum, string Versions)
{
    /// <summary>Surveys the month in the caller's transaction.</summary>
    public static async Task<MonthSurvey> TakeAsync(NpgsqlConnection connection, DateOnly month, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            select payment_columns, payment_count, generated_count, totals, checksum::text, settlement_checksum::text, versions
            from pipeline.survey_month($1)
            """,
            connection)
        { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = month });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new(
            reader.GetFieldValue<string[]>(0),
            reader.GetInt64(1),
            reader.GetInt64(2),
            reader.GetString(3),
            Int128.Parse(reader.GetString(4), CultureInfo.InvariantCulture),
            Int128.Parse(reader.GetString(5), CultureInfo.InvariantCulture),
            reader.GetString(6));
    }

    /// <summary>Nothing, or in what a file differs from the store.</summary>
    public string? DifferenceFrom(PaymentsProof file) =>
        file.Count != Count ? $"{file.Count} payments instead of {Count}"
        : !file.Totals.SequenceEqual(ArchiveTotal.Read(Totals)) ? "other totals"
        : file.Checksum != Checksum ? "another checksum"
        : file.SettlementChecksum != SettlementChecksum ? "other settlements"
        : null;

    /// <summary>Takes the month out of the store, in the caller's transaction.</summary>
    public async Task CompleteAsync(
        NpgsqlConnection connection, long runId, int attempt, long archiveId, WrittenFile file, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select pipeline.complete_archive($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)", connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = runId });
        command.Parameters.Add(new() { Value = attempt });
        command.Parameters.Add(new() { Value = archiveId });
        command.Parameters.Add(new() { Value = file.Size });
        command.Parameters.Add(new() { Value = file.Sha256 });
        command.Parameters.Add(new() { Value = Columns });
        command.Parameters.Add(new() { Value = Count });
        command.Parameters.Add(new() { Value = GeneratedCount });
        command.Parameters.Add(new() { Value = Totals, NpgsqlDbType = NpgsqlDbType.Jsonb });
        command.Parameters.Add(new() { Value = (System.Numerics.BigInteger)Checksum, NpgsqlDbType = NpgsqlDbType.Numeric });
        command.Parameters.Add(new() { Value = Versions });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
