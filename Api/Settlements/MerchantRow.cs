using Microsoft.AspNetCore.Http.HttpResults;
using Payments.Api.Problems;
using Payments.Api.Reading;

namespace Payments.Api.Settlements;

/// <summary>A merchant, as far as settling it goes.</summary>
/// <param name="MerchantId">The merchant.</param>
/// <param name="CommissionRate">Percent, where no fee holds.</param>
/// <param name="SettlesFrom">The first day that we settle; null: we do not.</param>
internal sealed record MerchantRow(string MerchantId, decimal CommissionRate, DateOnly? SettlesFrom)
{
    /// <summary>The merchant, or null when there is none of this id.</summary>
    public static Task<MerchantRow?> FindAsync(string id, Reader reader, CancellationToken cancellationToken) =>
        reader.FindAsync(new RowQuery<MerchantRow>("pipeline.find_merchant(@id)").With("id", id), cancellationToken);

    /// <summary>404 for an unknown merchant.</summary>
    public static ProblemHttpResult NotFound(string id) => Problem.NotFound($"merchant {id}");
}
