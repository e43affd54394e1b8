using Payments.Pipeline.Import;
using Payments.Pipeline.Runs;

namespace Payments.Pipeline.Generate;

/// <summary>Fills the store with sample data: files of what is missing, imported like any other file.</summary>
/// <remarks>
/// What is there already, down to single days of payments, is not made again. A day that a crash left half loaded is made
/// again as a whole, and its known payments are duplicates.
/// </remarks>
/// <param name="intake">Spools the files.</param>
/// <param name="importStage">Imports them.</param>
public sealed class GenerateStage(ImportIntake intake, ImportStage importStage)
{
    /// <summary>Makes and imports what the window of the last <see cref="GenerateOptions.Days"/> completed UTC days still lacks.</summary>
    /// <exception cref="InvalidOperationException">The window begins before 2020, or a sample record was refused.</exception>
    public async Task<GenerateResult> RunAsync(RunContext run, GenerateOptions options, CancellationToken cancellationToken)
    {
        var until = DateOnly.FromDateTime(run.Clock.GetUtcNow().UtcDateTime);
        var from = until.AddDays(-options.Days);
        if (from < SampleDays.Earliest)
        {
            throw new InvalidOperationException($"Sample data begins on {SampleDays.Earliest:O}; the window would begin on {from:O}.");
        }

        var files = await run.StepAsync("generate", step => WriteMissingAsync(run, step, options, from, until, cancellationToken), cancellationToken);
        foreach (var importId in files)
        {
            var account = await importStage.RunAsync(run, importId, cancellationToken);
            if (account.Rejected > 0 || account.FileRejected is not null)
            {
                throw new InvalidOperationException(
                    $"Import {importId} of sample data was refused: {account.FileRejected ?? $"{account.Rejected} records"}; see its quarantine.");
            }
        }

        return new(
            new(options.Customers, options.Merchants, options.Payments), await CountAddedAsync(run, cancellationToken), from, until);
    }

    private async Task<List<long>> WriteMissingAsync(
        RunContext run, RunStep step, GenerateOptions options, DateOnly from, DateOnly until, CancellationToken cancellationToken)
    {
        var sample = new SampleFiles(options);
        var missing = await sample.FindMissingAsync(run, from, until, cancellationToken);
        var files = new List<long>();
        if (missing.Customers)
        {
            files.Add(await AttachAsync("generated_customers", "sample customers", sample.WriteCustomers));
            step.RowsOut += options.Customers;
        }

        if (missing.Merchants)
        {
            files.Add(await AttachAsync("generated_merchants", "sample merchants", sample.WriteMerchants));
            step.RowsOut += options.Merchants;
        }

        if (missing.Days.Count > 0)
        {
            files.Add(await AttachAsync(
                "generated",
                $"sample payments {missing.Days[0]:yyyy-MM-dd} to {missing.Days[^1]:yyyy-MM-dd}",
                output => sample.WritePayments(missing.Days, output, cancellationToken)));
            step.RowsOut += missing.Days.Sum(sample.Payments.CountOn);
        }

        return files;

        Task<long> AttachAsync(string profile, string name, Action<Stream> write) => intake.AttachAsync(
            run,
            new(profile, ImportMode.Insert, $"{name}.csv", RunRequester.Command),
            (output, _) =>
            {
                write(output);
                return Task.CompletedTask;
            },
            cancellationToken);
    }

    private static async Task<SampleCounts> CountAddedAsync(RunContext run, CancellationToken cancellationToken)
    {
        await using var command = run.DataSource.CreateCommand("select customers, merchants, payments from pipeline.sample_account($1)");
        command.Parameters.Add(new() { Value = run.RunId });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
    }
}
