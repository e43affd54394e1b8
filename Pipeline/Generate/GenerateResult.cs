namespace Payments.Pipeline.Generate;

/// <summary>What a run has done with the sample data.</summary>
/// <param name="Loaded">The run's sample records that are now in the store.</param>
/// <param name="Added">Those of them that this run has added, in all its attempts.</param>
/// <param name="From">First UTC day of the window.</param>
/// <param name="Until">First UTC day after it: the day of the run.</param>
public sealed record GenerateResult(SampleCounts Loaded, SampleCounts Added, DateOnly From, DateOnly Until);

/// <summary>Numbers of sample records.</summary>
public sealed record SampleCounts(long Customers, long Merchants, long Payments);
