using Npgsql;
using Payments.Pipeline.Models;
using Payments.Pipeline.RuleBooks;
using Payments.Risk.Engine;
using Payments.Risk.Models;

namespace Payments.Pipeline.Score;

/// <summary>
/// Gives each batch the engine that the store asks for: a batch reads the versions of rules and models in its own transaction, and what has another
/// version than the engine at hand is loaded anew. So a change counts from one batch on, in every process, without anybody being told.
/// </summary>
public sealed class EngineSource : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private volatile Loaded? _loaded;

    /// <summary>The engine of the store's rules and models.</summary>
    /// <param name="connection">Open; its transaction decides what is seen.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async ValueTask<RiskEngine> ForAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        await ForAsync(connection, await VersionsAsync(connection, cancellationToken), cancellationToken);

    /// <summary>The engine of rules and models of these versions, which the store asked for in the connection's transaction.</summary>
    internal async ValueTask<RiskEngine> ForAsync(NpgsqlConnection connection, EngineVersions versions, CancellationToken cancellationToken)
    {
        if (_loaded is { } known && known.Engine.Versions == versions) return known.Engine;

        await _turn.WaitAsync(cancellationToken);
        try
        {
            var before = _loaded;
            if (before is not null && before.Engine.Versions == versions) return before.Engine;

            var rules = before is not null && before.Engine.Versions.Rules == versions.Rules ? before.Rules : await RuleStore.LoadAsync(connection, cancellationToken);
            var models = before is not null && before.Engine.Versions.Models == versions.Models ? before.Models : await ModelStore.LoadAsync(connection, cancellationToken);
            var loaded = new Loaded(rules, models, new(rules.Rules, rules.Lists, models, rules.Thresholds, versions));

            // What changes while it is read has a higher number, and is read again by the next batch. An older picture never replaces a newer one.
            if (before is null || versions.Rules >= before.Engine.Versions.Rules && versions.Models >= before.Engine.Versions.Models) _loaded = loaded;
            return loaded.Engine;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    /// <summary>What asks the store for the versions that scoring has to go by; <see cref="ReadVersionsAsync"/> reads its answer.</summary>
    internal const string AskVersions = "select rules, models from pipeline.risk_versions()";

    /// <summary>The versions.</summary>
    internal static async Task<EngineVersions> ReadVersionsAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        await reader.ReadAsync(cancellationToken);
        return new(reader.GetInt64(0), reader.GetInt64(1));
    }

    private static async Task<EngineVersions> VersionsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(AskVersions, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await ReadVersionsAsync(reader, cancellationToken);
    }

    private sealed record Loaded(RuleBook Rules, RiskModels Models, RiskEngine Engine);
}
