using Npgsql;

namespace Payments.Pipeline.Settle;

/// <summary>What a settle run has to look at, as of one moment (<c>plan_settling</c>).</summary>
/// <param name="DueBatches">Batches that may have payments to settle.</param>
/// <param name="LookedAtBatches">Those of them of which payments may be settled already.</param>
/// <param name="Records">Records of the due batches: at least as many as payments to settle.</param>
/// <param name="MerchantIds">Merchants that we settle.</param>
/// <param name="SettlesFrom">Their first days.</param>
/// <param name="SeenFrom">From when on their older payments have been looked at; null: never.</param>
internal sealed record SettlePlan(
    long[] DueBatches, long[] LookedAtBatches, long Records, string[] MerchantIds, DateOnly[] SettlesFrom, DateOnly?[] SeenFrom)
{
    public static async Task<SettlePlan> ReadAsync(NpgsqlConnection connection, DateOnly asOf, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "select due_batches, looked_at_batches, record_count, merchant_ids, settles_from, seen_from from pipeline.plan_settling($1)", connection);
        command.Parameters.Add(new() { Value = asOf });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new(
            reader.GetFieldValue<long[]>(0),
            reader.GetFieldValue<long[]>(1),
            reader.GetInt64(2),
            reader.GetFieldValue<string[]>(3),
            reader.GetFieldValue<DateOnly[]>(4),
            reader.GetFieldValue<DateOnly?[]>(5));
    }

    /// <summary>The same for every second merchant, and for the others.</summary>
    public (SettlePlan One, SettlePlan Other) Halve() => (Half(0), Half(1));

    private SettlePlan Half(int remainder) => this with
    {
        MerchantIds = Every(MerchantIds, remainder),
        SettlesFrom = Every(SettlesFrom, remainder),
        SeenFrom = Every(SeenFrom, remainder),
    };

    private static T[] Every<T>(T[] values, int remainder) => [.. values.Where((_, index) => index % 2 == remainder)];
}
