using Microsoft.Extensions.Logging;
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
/// <remarks>What cannot be read does not stop scoring: rules are left out, a model's place is taken by its forest or by the rules alone, and it is said aloud.</remarks>
/// <param name="logger">Is told once of what cannot be read.</param>
public sealed class EngineSource(ILogger<EngineSource>? logger = null) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private volatile LoadedEngine? _loaded;

    /// <summary>The engine of the store's rules and models.</summary>
    /// <param name="connection">Open; its transaction decides what is seen.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async ValueTask<RiskEngine> ForAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        (await LoadAsync(connection, cancellationToken)).Engine;

    /// <summary>The same with what it was made of.</summary>
    /// <param name="connection">Open; its transaction decides what is seen.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async ValueTask<LoadedEngine> LoadAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        await LoadAsync(connection, await VersionsAsync(connection, cancellationToken), cancellationToken);

    /// <summary>The engine of rules and models of these versions, which the store asked for in the connection's transaction.</summary>
    internal async ValueTask<RiskEngine> ForAsync(NpgsqlConnection connection, EngineVersions versions, CancellationToken cancellationToken) =>
        (await LoadAsync(connection, versions, cancellationToken)).Engine;

    private async ValueTask<LoadedEngine> LoadAsync(NpgsqlConnection connection, EngineVersions versions, CancellationToken cancellationToken)
    {
        if (_loaded is { } known && known.Engine.Versions == versions) return known;

        await _turn.WaitAsync(cancellationToken);
        try
        {
            var before = _loaded;
            if (before is not null && before.Engine.Versions == versions) return before;

            var rules = before is not null && before.Engine.Versions.Rules == versions.Rules ? before.Rules : await RuleStore.LoadAsync(connection, cancellationToken);
            var model = before is not null && before.Engine.Versions.Models == versions.Models ? before.Model : await ModelStore.FindLiveAsync(connection, cancellationToken);
            var loaded = new LoadedEngine(rules, model, new(rules.Rules, rules.Lists, model?.Scores ?? RiskModels.Empty, rules.Thresholds, versions));
            Tell(loaded, before);

            // What changes while it is read has a higher number, and is read again by the next batch. An older picture never replaces a newer one.
            if (before is null || versions.Rules >= before.Engine.Versions.Rules && versions.Models >= before.Engine.Versions.Models) _loaded = loaded;
            return loaded;
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

    private void Tell(LoadedEngine loaded, LoadedEngine? before)
    {
        EngineMeters.Loaded(loaded);
        if (!ReferenceEquals(loaded.Model, before?.Model) && loaded.Model is { Fault: { } fault } model)
        {
            logger?.LogError("Model {Version} is live and cannot be read: {Fault} Until that is mended, {StandIn} carry the score. {Remedy}", model.Version, fault, model.StandIn, LiveModel.Remedy);
        }

        if (ReferenceEquals(loaded.Rules, before?.Rules)) return;
        foreach (var rule in loaded.Rules.Unreadable.Except(before?.Rules.Unreadable ?? []))
        {
            logger?.LogError("Rule {Code} version {Version} cannot be read and is left out: {Fault}", rule.Code, rule.Version, rule.Fault);
        }
    }
}

/// <summary>An engine and what it was made of.</summary>
/// <param name="Rules">What people have laid down.</param>
/// <param name="Model">The live model, or null.</param>
/// <param name="Engine">The engine.</param>
public sealed record LoadedEngine(RuleBook Rules, LiveModel? Model, RiskEngine Engine);
