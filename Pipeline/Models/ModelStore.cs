using Npgsql;
using Payments.Risk.Models;

namespace Payments.Pipeline.Models;

/// <summary>Reads the live model.</summary>
public static class ModelStore
{
    /// <summary>The model that is live in the connection's transaction, or null. One that cannot be read comes with its fault, and what is left of it.</summary>
    /// <param name="connection">Open.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<LiveModel?> FindLiveAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connection);
        await using var command = new NpgsqlCommand("select version, content from pipeline.live_model()", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? Read(reader.GetInt64(0), reader.GetFieldValue<byte[]>(1)) : null;
    }

    private static LiveModel Read(long version, byte[] content)
    {
        try
        {
            return new(version, ScoringModel.Read(content));
        }
        catch (InvalidDataException fault)
        {
            return new(version, Forest(content), fault.Message);
        }
    }

    private static ScoringModel? Forest(byte[] content)
    {
        try
        {
            return ScoringModel.ReadForest(content);
        }
        catch (InvalidDataException)
        {
            // What is wrong has been said of the whole model.
            return null;
        }
    }
}

/// <summary>The model that scores.</summary>
/// <param name="Version">Its version in the registry.</param>
/// <param name="Model">The model; where it cannot be read as a whole its forest, or null where not even that can be.</param>
/// <param name="Fault">Why this program cannot read it; null: it can.</param>
public sealed record LiveModel(long Version, ScoringModel? Model, string? Fault = null)
{
    /// <summary>What is to be done about a fault, as a sentence.</summary>
    public const string Remedy =
        "Go back to the model before it (POST /api/models/rollback), promote another one (POST /api/models/{version}/promote), or train a new one (POST /api/models/train).";

    /// <summary>What scores with the rules.</summary>
    internal RiskModels Scores => Model ?? RiskModels.Empty;

    /// <summary>What carries the score in spite of a fault.</summary>
    internal string StandIn => Model is null ? "rules alone" : "rules and its forest";
}
