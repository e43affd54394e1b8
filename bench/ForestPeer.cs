using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Payments.Bench;

/// <summary>scikit-learn's Isolation Forest, in a Python process of its own on the same rows.</summary>
internal static class ForestPeer
{
    // The Debian package belongs to Debian's own Python, which need not be the first one on the path.
    private static readonly string[] Pythons = ["python3", "/usr/bin/python3"];

    /// <summary>A Python that has scikit-learn, or null.</summary>
    public static async Task<string?> FindAsync(CancellationToken cancellationToken)
    {
        foreach (var python in Pythons)
        {
            try
            {
                if ((await RunAsync(python, ["-c", "import sklearn.ensemble"], cancellationToken)).ExitCode == 0) return python;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                // No such program: the next one.
            }
        }

        return null;
    }

    /// <summary>Fits and scores as <see cref="ForestBenchmark"/> does, with scikit-learn's defaults but for the sizes.</summary>
    /// <exception cref="InvalidOperationException">Python failed; the message is its own.</exception>
    public static async Task<ForestFigures> MeasureAsync(string python, LabelledRows rows, int trees, int samples, int seeds, CancellationToken cancellationToken)
    {
        var table = Path.GetTempFileName();
        try
        {
            await using (var stream = File.Create(table))
            {
                for (var row = 0; row < rows.Labels.Length; row++)
                {
                    stream.Write(MemoryMarshal.AsBytes(rows.Features[row]));
                    stream.Write(BitConverter.GetBytes(rows.Labels[row] ? 1.0 : 0.0));
                }
            }

            int[] sizes = [rows.Features.Features + 1, trees, samples, seeds];
            var run = await RunAsync(
                python, ["-c", await ScriptAsync(cancellationToken), table, .. sizes.Select(size => size.ToString(CultureInfo.InvariantCulture))], cancellationToken);
            if (run.ExitCode != 0) throw new InvalidOperationException($"scikit-learn failed: {run.Errors.Trim()}");
            return ForestFigures.Of([.. run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Parse)]);
        }
        finally
        {
            File.Delete(table);
        }
    }

    private static SeedFigures Parse(string line)
    {
        var figures = line.Split(' ').Select(figure => double.Parse(figure, CultureInfo.InvariantCulture)).ToArray();
        return new(figures[0], figures[1], figures[2]);
    }

    private static async Task<string> ScriptAsync(CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(typeof(ForestPeer).Assembly.GetManifestResourceStream("ForestPeer.py")!);
        return await reader.ReadToEndAsync(cancellationToken);
    }

    private static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return (process.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
