using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Payments.Risk.Models;

namespace Payments.Pipeline.Models;

/// <summary>Keeps models by version, and says which one scores.</summary>
public static class ModelRegistry
{
    /// <summary>Keeps a model as a candidate.</summary>
    /// <param name="connection">Open.</param>
    /// <param name="model">The model.</param>
    /// <param name="training">What it has learned from and how it did.</param>
    /// <param name="now">The instant, UTC.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Its version.</returns>
    public static async Task<long> RecordAsync(NpgsqlConnection connection, ScoringModel model, ModelTraining training, DateTime now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(training);
        await using var command = new NpgsqlCommand("select pipeline.record_model($1, $2, $3, $4, $5, $6, $7, $8, $9)", connection);
        command.Parameters.Add(new() { Value = model.IsSupervised ? "fraud" : "forest" });
        command.Parameters.Add(new() { Value = model.ToBytes() });
        command.Parameters.Add(new() { Value = training.From });
        command.Parameters.Add(new() { Value = training.Until });
        command.Parameters.Add(new() { Value = training.Payments });
        command.Parameters.Add(new() { Value = training.Frauds });
        command.Parameters.Add(new() { Value = JsonSerializer.Serialize(training.Metrics, ModelMetrics.Json), NpgsqlDbType = NpgsqlDbType.Jsonb });
        command.Parameters.Add(new() { Value = (object?)training.RunId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
        command.Parameters.Add(new() { Value = now });
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Makes a model the one that scores, from the next batch on.</summary>
    /// <returns>live, unchanged (it was live) or unknown.</returns>
    public static async Task<string> PromoteAsync(NpgsqlConnection connection, long version, string actor, string? note, DateTime now, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select pipeline.promote_model($1, $2, $3, $4)", connection);
        command.Parameters.Add(new() { Value = version });
        AddWords(command, actor, note, now);
        return (string)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Says that a candidate is not to score.</summary>
    public static async Task RejectAsync(NpgsqlConnection connection, long version, string actor, string? note, DateTime now, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select pipeline.reject_model($1, $2, $3, $4)", connection);
        command.Parameters.Add(new() { Value = version });
        AddWords(command, actor, note, now);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Makes the model live that was live before the live one.</summary>
    /// <returns>Its version, or null where there was none before.</returns>
    public static async Task<long?> RollBackAsync(NpgsqlConnection connection, string actor, string? note, DateTime now, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select pipeline.roll_back_model($1, $2, $3)", connection);
        AddWords(command, actor, note, now);
        return await command.ExecuteScalarAsync(cancellationToken) as long?;
    }

    private static void AddWords(NpgsqlCommand command, string actor, string? note, DateTime now)
    {
        command.Parameters.Add(new() { Value = actor });
        command.Parameters.Add(new() { Value = (object?)note ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = now });
    }
}

/// <summary>What a model has learned from and how it did.</summary>
/// <param name="From">The first instant of the payments, UTC.</param>
/// <param name="Until">The first instant behind them, UTC.</param>
/// <param name="Payments">How many.</param>
/// <param name="Frauds">Of these, known frauds.</param>
/// <param name="Metrics">How it did.</param>
/// <param name="RunId">The run that trained it, or null.</param>
public sealed record ModelTraining(DateTime From, DateTime Until, long Payments, long Frauds, ModelMetrics Metrics, long? RunId = null);
