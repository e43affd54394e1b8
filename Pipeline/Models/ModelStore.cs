using Npgsql;
using Payments.Risk.Models;

namespace Payments.Pipeline.Models;

/// <summary>Reads the live model.</summary>
public static class ModelStore
{
    /// <summary>The model that is live in the connection's transaction; <see cref="RiskModels.Empty"/> without one.</summary>
    /// <param name="connection">Open.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="InvalidDataException">The stored model cannot be read by this program: it must not be passed over in silence, roll it back.</exception>
    public static async Task<RiskModels> LoadAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        await FindLiveAsync(connection, cancellationToken) is { } live ? live.Model : RiskModels.Empty;

    /// <summary>The live model with its version, or null.</summary>
    /// <param name="connection">Open.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<LiveModel?> FindLiveAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connection);
        await using var command = new NpgsqlCommand("select version, content from pipeline.live_model()", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new(reader.GetInt64(0), ScoringModel.Read(reader.GetFieldValue<byte[]>(1)))
            : null;
    }
}

/// <summary>The model that scores.</summary>
/// <param name="Version">Its version in the registry.</param>
/// <param name="Model">The model.</param>
public sealed record LiveModel(long Version, ScoringModel Model);
