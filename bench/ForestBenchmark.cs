using System.CommandLine;
using System.Diagnostics;
using Payments.Risk.Evaluation;
using Payments.Risk.Forest;

namespace Payments.Bench;

/// <summary>Issue 4's bar for the Isolation Forest: AUC and speed on a file of features and labels, beside scikit-learn's where it is installed.</summary>
internal static class ForestBenchmark
{
    private static readonly IsolationForestOptions Options = new() { Trees = 100, SubsampleSize = 256 };

    // What is first interpreted and then compiled in the background is at its speed by then.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    public static Command Command()
    {
        var file = new Option<FileInfo>("--file")
        {
            Description = "CSV with a header: features, and a column 'label' that is 1 for an anomaly and 0 for the rest. A missing value is empty or NaN.",
            Required = true,
        };
        file.AcceptExistingOnly();
        var seeds = new Option<int>("--seeds") { Description = "Forests to fit, with the seeds 0, 1, …", DefaultValueFactory = _ => 10 };
        seeds.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, out var given) && given < 1) result.AddError("--seeds is the number of forests to fit: 1 or more.");
        });
        var peer = new Option<bool?>("--peer") { Description = "Whether to measure scikit-learn as well: true fails without it, false leaves it out; otherwise it is measured where it is installed." };
        var command = new Command("forest", "The Isolation Forest (100 trees, 256 samples) fitted and scored on a whole file, beside scikit-learn's.") { file, seeds, peer };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(file)!, parsed.GetValue(seeds), parsed.GetValue(peer), cancellationToken));
        return command;
    }

    public static async Task<int> RunAsync(FileInfo file, int seeds, bool? withPeer, CancellationToken cancellationToken)
    {
        try
        {
            var rows = await LabelledRows.ReadAsync(file, cancellationToken);
            var ours = Measure(rows, seeds, cancellationToken);
            Out.Print($"{ours}");
            if (withPeer == false) return 0;
            var isCompared = await CompareAsync(rows, seeds, ours, cancellationToken);
            return isCompared || withPeer is null ? 0 : 1;
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            Out.Progress($"{exception.Message}");
            return 1;
        }
    }

    private static async Task<bool> CompareAsync(LabelledRows rows, int seeds, ForestFigures ours, CancellationToken cancellationToken)
    {
        if (await ForestPeer.FindAsync(cancellationToken) is not { } python)
        {
            Out.Progress($"scikit-learn is not here to compare with: apt-get install python3-sklearn (Debian, Ubuntu), or pip install scikit-learn; --peer false asks no more.");
            return false;
        }

        if (rows.HasMissing) Out.Progress($"Missing values: ours takes them as they are, scikit-learn gets their column's median instead.");
        var peer = await ForestPeer.MeasureAsync(python, rows, Options.Trees, Options.SubsampleSize, seeds, cancellationToken);
        Out.Print($"sklearn {peer}");
        Out.Print($"ratio sklearn/ours fit={peer.FitSeconds / ours.FitSeconds:0.0} score={peer.ScoreSeconds / ours.ScoreSeconds:0.0}");
        return true;
    }

    private static ForestFigures Measure(LabelledRows rows, int seeds, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        do
        {
            MeasureSeed(rows, 0);
        }
        while (Stopwatch.GetElapsedTime(start) < WarmUp);

        var figures = new SeedFigures[seeds];
        for (var seed = 0; seed < seeds; seed++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            figures[seed] = MeasureSeed(rows, seed);
        }

        return ForestFigures.Of(figures);
    }

    private static SeedFigures MeasureSeed(LabelledRows rows, int seed)
    {
        var start = Stopwatch.GetTimestamp();
        var forest = IsolationForest.Fit(rows.Features, Options with { Seed = (ulong)seed });
        var fitted = Stopwatch.GetTimestamp();
        var scores = forest.Score(rows.Features);
        var scored = Stopwatch.GetTimestamp();
        return new(
            Ranking.AucRoc(scores, rows.Labels)!.Value,
            Stopwatch.GetElapsedTime(start, fitted).TotalSeconds,
            Stopwatch.GetElapsedTime(fitted, scored).TotalSeconds);
    }
}
