using Payments.Pipeline.Import;
using Payments.Pipeline.Load;

namespace Payments.Pipeline.Validate;

/// <summary>Asks the store what only the store can tell about a staged batch: references, duplicates, conflicts (<c>10_validate</c>).</summary>
internal static class ValidateStage
{
    /// <summary>The batch's refused records, also those that were refused while streaming; the verdict on the others stays with the batch.</summary>
    public static async Task<List<RefusedRecord>> RunAsync(Lane lane, ImportProfile profile, ImportHeader header, CancellationToken cancellationToken)
    {
        await using var command = profile.Layout == StagingLayout.Payments
            ? lane.Command("select * from pipeline.validate_payments($1, $2, $3, $4)", lane.Batch.Id, lane.Number, header.Names, profile.CreatesReferences)
            : lane.Command($"select * from pipeline.validate_{profile.Layout.Subject}($1, $2)", lane.Batch.Id, header.Names);
        var refused = new List<RefusedRecord>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            refused.Add(new(reader.GetInt64(0), reader.GetInt64(1), reader.GetFieldValue<string[]>(2)));
        }

        return refused;
    }
}
