using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Payments.Api.Problems;
using Payments.Api.Reading;

namespace Payments.Api.Lineage;

/// <summary><c>GET /api/lineage/settlements/{id}</c>.</summary>
internal static class SettlementLineage
{
    /// <summary>Where the payments of a settlement came from.</summary>
    /// <remarks>By payment id, each with its batch, line, file, import and run. Complete and streamed; <c>limit</c> pages it, and the Link header leads on.</remarks>
    [ProducesResponseType<IEnumerable<PaymentLineage>>(StatusCodes.Status200OK, "application/json")]
    public static async Task<IResult> ListAsync(
        [Description("The settlement.")] string id,
        Reader reader,
        [FromQuery(Name = "limit"), Description("Rows of a page; all rows without it."), Range(1, 1000)] int? limit,
        [FromQuery(Name = "after"), Description("Where the page before ended, from its Link header.")] string? after,
        CancellationToken cancellationToken)
    {
        if (await reader.FindAsync(new RowQuery<Known>("pipeline.find_settlement(@id)").With("id", id), cancellationToken) is null)
        {
            return Problem.NotFound($"settlement {id}");
        }

        var query = new RowQuery<PaymentLineage>("pipeline.list_settlement_lineage(@id)", new OrderColumn("payment_id")).With("id", id);
        return new RowStream<PaymentLineage>(query, limit, after);
    }

    private sealed record Known(string SettlementId);
}
