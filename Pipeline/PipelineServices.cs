using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Payments.Pipeline.Alerts;
using Payments.Pipeline.Archive;
using Payments.Pipeline.Assertions;
using Payments.Pipeline.Generate;
using Payments.Pipeline.Import;
using Payments.Pipeline.Models;
using Payments.Pipeline.Quality;
using Payments.Pipeline.Reconcile;
using Payments.Pipeline.Rescore;
using Payments.Pipeline.Retention;
using Payments.Pipeline.RuleBooks;
using Payments.Pipeline.Runs;
using Payments.Pipeline.Score;
using Payments.Pipeline.Simulations;

namespace Payments.Pipeline;

/// <summary>Registers the stages.</summary>
public static class PipelineServices
{
    /// <summary>Adds the stages and their options (sections Storage, Import, …); the host brings an <see cref="NpgsqlDataSource"/> and a <see cref="TimeProvider"/>.</summary>
    public static IServiceCollection AddPaymentsPipeline(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<StorageOptions>().Bind(configuration.GetSection(StorageOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<ImportOptions>().Bind(configuration.GetSection(ImportOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<CardOptions>().Bind(configuration.GetSection(CardOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<EngineSource>();
        services.AddSingleton(provider => new BatchScorer(provider.GetRequiredService<EngineSource>(), provider.GetRequiredService<RuleCounts>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<RunQueue>();
        services.AddSingleton<RuleCounts>();
        services.AddSingleton<Spool>();
        services.AddHostedService<SpoolTidy>();
        services.AddSingleton(provider => new ImportIntake(provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<Spool>()));
        services.AddSingleton(provider => new ImportStage(
            provider.GetRequiredService<Spool>(), provider.GetRequiredService<IOptions<ImportOptions>>(), provider.GetRequiredService<IOptions<CardOptions>>(),
            provider.GetRequiredService<BatchScorer>(), provider.GetRequiredService<ILogger<ImportStage>>()));
        services.AddOptions<GenerateOptions>().Bind(configuration.GetSection(GenerateOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<SimulationOptions>().Bind(configuration.GetSection(SimulationOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<GenerateStage>();
        services.AddSingleton(provider => new AssertStage(provider.GetRequiredService<ILogger<AssertStage>>()));
        services.AddOptions<RetentionOptions>().Bind(configuration.GetSection(RetentionOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<FeedOptions>().Bind(configuration.GetSection(FeedOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<ExpireStage>();
        services.AddOptions<TrainingSettings>().Bind(configuration.GetSection(TrainingSettings.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<TrainStage>();
        services.AddSingleton<ArchiveFolder>();
        services.AddSingleton(provider => new ArchiveStage(provider.GetRequiredService<ArchiveFolder>(), provider.GetRequiredService<ILogger<ArchiveStage>>()));
        services.AddSingleton(provider => new RestoreStage(provider.GetRequiredService<ArchiveFolder>(), provider.GetRequiredService<ILogger<RestoreStage>>()));
        services.AddSingleton(provider => new SweepStage(
            provider.GetRequiredService<IOptions<StorageOptions>>(), provider.GetRequiredService<IOptions<RetentionOptions>>(), provider.GetRequiredService<ILogger<SweepStage>>()));
        services.AddOptions<RescoreOptions>().Bind(configuration.GetSection(RescoreOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(provider => new RescoreStage(
            provider.GetRequiredService<EngineSource>(), provider.GetRequiredService<IOptions<RescoreOptions>>(), provider.GetRequiredService<ILogger<RescoreStage>>()));
        services.AddOptions<QualityOptions>().Bind(configuration.GetSection(QualityOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(provider => new DriftStage(provider.GetRequiredService<IOptions<QualityOptions>>()));
        services.AddSingleton(provider => new QualityStage(provider.GetRequiredService<IOptions<QualityOptions>>()));
        services.AddSingleton(provider => new ReconcileStage(provider.GetRequiredService<ILogger<ReconcileStage>>()));
        return services;
    }
}
