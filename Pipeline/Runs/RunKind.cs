namespace Payments.Pipeline.Runs;

/// <summary>The kinds of work that can be asked for; the same words are in the check constraint of <c>ops.runs</c>.</summary>
public static class RunKind
{
    /// <summary>Sample data where it is wanted, waiting files, settlement, SLA check.</summary>
    public const string Etl = "etl";

    /// <summary>One file, from the spool to the store; each import is a run of its own.</summary>
    public const string Import = "import";

    /// <summary>Marks settlements that are late and follows their incidents.</summary>
    public const string SlaCheck = "sla_check";

    /// <summary>Makes the partitions of the months ahead.</summary>
    public const string PartitionMaintenance = "partition_maintenance";

    /// <summary>Runs the migrator with the owner's connection string.</summary>
    public const string Initialize = "initialize";

    /// <summary>Removes every generated row.</summary>
    public const string RemoveGenerated = "remove_generated";

    /// <summary>Evaluates every assertion about the data, over the whole store.</summary>
    public const string Assertions = "assertions";

    /// <summary>Takes months of payments out of the database, each into a Parquet file.</summary>
    public const string Archive = "archive";

    /// <summary>Puts an archived month back.</summary>
    public const string Restore = "restore";

    /// <summary>Mends open settlements that are not the sums of their payments.</summary>
    public const string RecomputeSettlements = "recompute_settlements";

    /// <summary>Expires alerts that nobody touches and forgets old events.</summary>
    public const string AlertExpiry = "alert_expiry";

    /// <summary>Scores stored payments anew by the rules and models of now.</summary>
    public const string Rescore = "rescore";

    /// <summary>Measures how far features and scores have drifted, and how good decisions were.</summary>
    public const string RiskQuality = "risk_quality";

    /// <summary>Reconciles processors and banks with payments and settlements.</summary>
    public const string Reconciliation = "reconciliation";

    /// <summary>Trains a model on labels as they have become known, and promotes it if it is better.</summary>
    public const string TrainModel = "train_model";

    /// <summary>Simulates a production issue; where <c>Simulations:Enabled</c> allows it.</summary>
    public const string Simulation = "simulation";

    /// <summary>Tries a rule on history; each is a run of its own.</summary>
    public const string Backtest = "backtest";
}
