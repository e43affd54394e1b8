using Payments.Pipeline.Generate;

namespace Payments.Worker.Kinds;

/// <summary>The result of an ETL run, as <c>POST /api/etl/run</c> answers it.</summary>
/// <param name="RecordsLoaded">The run's records that are now in the store.</param>
/// <param name="RecordsAdded">Those that were new.</param>
internal sealed record EtlResult(EtlCounts RecordsLoaded, EtlCounts RecordsAdded);

/// <summary>Numbers of records.</summary>
internal sealed record EtlCounts(long Customers, long Merchants, long Payments, long Settlements)
{
    /// <summary>Sample data with the settlements that follow from it; a run without sample data has those of its imports' payments only.</summary>
    public static EtlCounts Of(SampleCounts? sample, long settlements) =>
        new(sample?.Customers ?? 0, sample?.Merchants ?? 0, sample?.Payments ?? 0, settlements);
}
