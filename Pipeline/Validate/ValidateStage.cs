using Npgsql;
using Payments.Pipeline.Import;
using Payments.Pipeline.Load;

namespace Payments.Pipeline.Validate;

/// <summary>Asks the store what only the store can tell about a staged batch: references, duplicates, conflicts (<c>10_validate</c>).</summary>
internal static class ValidateStage
{
    /// <summary>The batch's refused records, also those that were refused while streaming; the verdict on the others stays with the batch.</summary>
    public static async Task<List<RefusedRecord>> RunAsync(Lane lane, ImportProfile profile, ImportHeader header, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand { Connection = lane.Connection };
        command.Parameters.Add(new() { Value = lane.Batch.Id });
        if (profile.Layout == StagingLayout.Payments)
        {
            command.CommandText = "select * from pipeline.validate_payments($1, $2, $3, $4)";
            command.Parameters.Add(new() { Value = lane.Number });
            command.Parameters.Add(new() { Value = header.Names });
            command.Parameters.Add(new() { Value = profile.CreatesReferences });
        }
        else
        {
            command.CommandText = $"select * from pipeline.validate_{profile.Layout.Subject}($1, $2)";
            command.Parameters.Add(new() { Value = header.Names });
        }

        var refused = new List<RefusedRecord>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            refused.Add(new(reader.GetInt64(0), reader.GetInt64(1), reader.GetFieldValue<string[]>(2)));
        }

        return refused;
    }
}
