using Payments.Pipeline.Runs;
using Payments.Worker.Simulations;

namespace Payments.Worker.Kinds;

/// <summary>Which class does which kind of run.</summary>
internal static class RunKinds
{
    /// <summary>Adds the table.</summary>
    public static IServiceCollection AddRunKinds(this IServiceCollection services) => services
        .AddKeyedScoped<IRunWork, EtlRun>(RunKind.Etl)
        .AddKeyedScoped<IRunWork, ImportRun>(RunKind.Import)
        .AddKeyedScoped<IRunWork, SlaCheckRun>(RunKind.SlaCheck)
        .AddKeyedScoped<IRunWork, PartitionMaintenanceRun>(RunKind.PartitionMaintenance)
        .AddKeyedScoped<IRunWork, InitializeRun>(RunKind.Initialize)
        .AddKeyedScoped<IRunWork, RemoveGeneratedRun>(RunKind.RemoveGenerated)
        .AddKeyedScoped<IRunWork, AssertionsRun>(RunKind.Assertions)
        .AddKeyedScoped<IRunWork, ArchiveRun>(RunKind.Archive)
        .AddKeyedScoped<IRunWork, RestoreRun>(RunKind.Restore)
        .AddKeyedScoped<IRunWork, RecomputeSettlementsRun>(RunKind.RecomputeSettlements)
        .AddKeyedScoped<IRunWork, AlertExpiryRun>(RunKind.AlertExpiry)
        .AddKeyedScoped<IRunWork, RescoreRun>(RunKind.Rescore)
        .AddKeyedScoped<IRunWork, RiskQualityRun>(RunKind.RiskQuality)
        .AddKeyedScoped<IRunWork, ReconciliationRun>(RunKind.Reconciliation)
        .AddKeyedScoped<IRunWork, BacktestRun>(RunKind.Backtest)
        .AddKeyedScoped<IRunWork, TrainModelRun>(RunKind.TrainModel)
        .AddKeyedScoped<IRunWork, SimulationRun>(RunKind.Simulation)
        .AddSimulations();
}
