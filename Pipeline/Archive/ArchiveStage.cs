using System.Data;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Npgsql;
using Payments.Pipeline.Runs;

namespace Payments.Pipeline.Archive;

/// <summary>A month that has gone into a file.</summary>
/// <param name="Month">YYYY-MM.</param>
/// <param name="File">In the folder archive of the storage.</param>
/// <param name="Payments">Payments in it.</param>
/// <param name="Bytes">Size of the file.</param>
public sealed record ArchivedMonth(string Month, string File, long Payments, long Bytes);

/// <summary>
/// Takes a month of payments out of the database: surveyed and written to a Parquet file in one snapshot, read back and proved equal, and
/// only then dropped, in one short transaction that proves the month unchanged since. Whatever dies on the way, the payments are in the
/// store or in a proven file, and the next attempt begins anew.
/// </summary>
public sealed class ArchiveStage
{
    private const string ChangedMeanwhile = "PR002";
    private const int MostRounds = 5;
    private readonly ArchiveFolder _folder;
    private readonly ILogger<ArchiveStage> _logger;

    internal ArchiveStage(ArchiveFolder folder, ILogger<ArchiveStage> logger) => (_folder, _logger) = (folder, logger);

    /// <summary>What keeps the month from being archived as of today; empty when it may go.</summary>
    public static async Task<IReadOnlyList<string>> FindObstaclesAsync(
        NpgsqlDataSource dataSource, DateOnly month, DateOnly today, bool force, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("select obstacle from pipeline.find_archive_obstacles($1, $2, $3)");
        command.CommandTimeout = 0;
        command.Parameters.Add(new() { Value = month });
        command.Parameters.Add(new() { Value = today });
        command.Parameters.Add(new() { Value = force });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var obstacles = new List<string>();
        while (await reader.ReadAsync(cancellationToken)) obstacles.Add(reader.GetString(0));
        return obstacles;
    }

    /// <summary>Months before a day of which the store holds payments, oldest first.</summary>
    public static async Task<IReadOnlyList<DateOnly>> ListMonthsAsync(NpgsqlDataSource dataSource, DateOnly before, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("select payment_month from pipeline.list_archivable_months($1)");
        command.Parameters.Add(new() { Value = before });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var months = new List<DateOnly>();
        while (await reader.ReadAsync(cancellationToken)) months.Add(reader.GetFieldValue<DateOnly>(0));
        return months;
    }

    /// <summary>Archives a month that nothing holds.</summary>
    /// <exception cref="ArchiveRefusedException">Payments of it change faster than it is written.</exception>
    public async Task<ArchivedMonth> RunAsync(RunContext run, DateOnly month, CancellationToken cancellationToken)
    {
        await using var turn = await ArchiveConnection.OpenAsync(run.DataSource, cancellationToken);
        var columns = await ArchiveColumns.LoadAsync(turn.Connection, cancellationToken);
        for (var round = 1; ; round++)
        {
            try
            {
                return await RunOnceAsync(run, turn, columns, month, cancellationToken);
            }
            catch (PostgresException error) when (error.SqlState == ChangedMeanwhile && round < MostRounds)
            {
                _logger.LogInformation("Run {RunId}: {Reason}; once more", run.RunId, error.MessageText);
            }
            catch (PostgresException error) when (error.SqlState == ChangedMeanwhile)
            {
                throw new ArchiveRefusedException($"{error.MessageText}, {MostRounds} times; ask again when no file brings payments of that month.");
            }
        }
    }

    private async Task<ArchivedMonth> RunOnceAsync(
        RunContext run, ArchiveConnection turn, ArchiveColumns columns, DateOnly month, CancellationToken cancellationToken)
    {
        var connection = turn.Connection;
        var (archiveId, fileName) = await BeginAsync(run, connection, month, cancellationToken);
        var survey = await run.StepAsync("archive_write", step => WriteAsync(connection, step, columns, month, fileName, cancellationToken), cancellationToken);
        var file = await run.StepAsync("archive_verify", step => VerifyAsync(step, columns, survey, fileName, cancellationToken), cancellationToken);
        await run.StepAsync(
            "archive_detach",
            async step =>
            {
                await turn.ShutOutAsync(
                    run, () => survey.CompleteAsync(connection, run.RunId, run.Attempt, archiveId, file, cancellationToken), cancellationToken);
                step.RowsOut = survey.Count;
                return file;
            },
            cancellationToken);

        var archived = new ArchivedMonth(PaymentMonth.Write(month), fileName, survey.Count, file.Size);
        _logger.LogInformation(
            "Run {RunId}: {Payments} payments of {Month} are archived in {File}, {Bytes} bytes", run.RunId, archived.Payments, archived.Month, archived.File, archived.Bytes);
        return archived;
    }

    private static async Task<(long ArchiveId, string FileName)> BeginAsync(RunContext run, NpgsqlConnection connection, DateOnly month, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select archive_id, file_name from pipeline.begin_archive($1, $2, $3)", connection);
        command.Parameters.Add(new() { Value = run.RunId });
        command.Parameters.Add(new() { Value = run.Attempt });
        command.Parameters.Add(new() { Value = month });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt64(0), reader.GetString(1));
    }

    // One snapshot for survey and rows: loads go on meanwhile, and what they change is found out at the end.
    private async Task<MonthSurvey> WriteAsync(
        NpgsqlConnection connection, RunStep step, ArchiveColumns columns, DateOnly month, string fileName, CancellationToken cancellationToken)
    {
        await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        var survey = await MonthSurvey.TakeAsync(connection, month, cancellationToken);
        step.RowsIn = survey.Count;
        var about = new Dictionary<string, string>
        {
            ["payments.month"] = PaymentMonth.Write(month),
            ["payments.count"] = survey.Count.ToString(CultureInfo.InvariantCulture),
            ["payments.checksum"] = survey.Checksum.ToString(CultureInfo.InvariantCulture),
        };
        await using (var rows = await connection.BeginBinaryExportAsync(Copy(columns, month), cancellationToken))
        {
            rows.Timeout = Timeout.InfiniteTimeSpan;
            await _folder.WriteAsync(fileName, columns, rows, about, count => step.RowsOut += count, cancellationToken);
        }

        await snapshot.CommitAsync(cancellationToken);
        return survey;
    }

    // In the order in which the rows lie: so they come back, and the block indexes on batch and date stay narrow.
    private static string Copy(ArchiveColumns columns, DateOnly month) =>
        $"""
        copy (
            select {string.Join(", ", columns.Payment.Select(column => $"payment.{column.Name}"))}, link.settlement_id
            from public.payments as payment
            left join public.settlement_payments as link on link.payment_id = payment.payment_id
            where payment.transaction_date >= '{month:yyyy-MM-dd} 00:00:00+00'
                and payment.transaction_date < '{month.AddMonths(1):yyyy-MM-dd} 00:00:00+00'
        ) to stdout (format binary)
        """;

    private async Task<WrittenFile> VerifyAsync(RunStep step, ArchiveColumns columns, MonthSurvey survey, string fileName, CancellationToken cancellationToken)
    {
        var proof = new PaymentsProof();
        await _folder.ReadAsync(
            fileName,
            columns,
            rows =>
            {
                for (var row = 0; row < rows; row++) proof.Add(columns, row);
                return ValueTask.CompletedTask;
            },
            cancellationToken);
        step.RowsIn = survey.Count;
        step.RowsOut = proof.Count;
        return survey.DifferenceFrom(proof) is { } difference
            ? throw new InvalidDataException($"The file {fileName}, read back, has {difference}; the payments stay in the store.")
            : await _folder.MeasureAsync(fileName, cancellationToken);
    }
}
