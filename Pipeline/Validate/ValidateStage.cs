using Payments.Pipeline.Import;
using Payments.Pipeline.Load;

namespace Payments.Pipeline.Validate;

/// <summary>Asks the store what only the store can tell about a staged batch: references, duplicates, conflicts (<c>10_validate</c>).</summary>
internal static class ValidateStage
{
    /// <summary>The batch's records that are refused, also those that were refused while streaming, and those that are known.</summary>
    public static async Task<ValidatedRecords> RunAsync(
        Lane lane, ImportProfile profile, ImportHeader header, CancellationToken cancellationToken)
    {
        const string Columns = "record_number, line_number, array_to_string(reasons, ' ')";
        await using var command = profile.Layout == StagingLayout.Payments
            ? lane.Command($"select {Columns} from pipeline.validate_payments($1, $2, $3, $4)", lane.Batch.Id, lane.Number, header.Names, profile.CreatesReferences)
            : lane.Command($"select {Columns} from pipeline.validate_{profile.Layout.Subject}($1, $2)", lane.Batch.Id, header.Names);
        var refused = new List<RefusedRecord>();
        var known = new HashSet<long>();
        // A file of nothing but faults has the same few everywhere: kept once, however many records there are.
        var reasons = new Dictionary<string, string[]>(StringComparer.Ordinal);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (reader.IsDBNull(2))
            {
                known.Add(reader.GetInt64(0));
                continue;
            }

            var codes = reader.GetString(2);
            if (!reasons.TryGetValue(codes, out var found)) reasons.Add(codes, found = codes.Split(' '));
            refused.Add(new(reader.GetInt64(0), reader.GetInt64(1), found));
        }

        return new(refused, known);
    }
}
