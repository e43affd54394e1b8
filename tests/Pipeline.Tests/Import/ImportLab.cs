using System.Text;
using Dapper;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Payments.Pipeline.Import;
using Payments.Pipeline.Runs;
using Payments.Testing;

namespace Payments.Pipeline.Tests.Import;

/// <summary>A fresh store and spool of one test, with the worker's rights, and imports through the very stages.</summary>
public sealed class ImportLab : IAsyncDisposable
{
    public const string PaymentsHeader = "payment_id,customer_id,merchant_id,amount,currency,payment_method,status,payment_date\n";

    private readonly TestDatabase _database = new();
    private readonly DirectoryInfo _storage = Directory.CreateTempSubdirectory("payments-spool-");
    private ServiceProvider _services = null!;

    /// <summary>The worker's connections.</summary>
    public NpgsqlDataSource Worker => _services.GetRequiredService<NpgsqlDataSource>();

    public ImportIntake Intake => _services.GetRequiredService<ImportIntake>();

    /// <summary>A stage or what else the pipeline registers.</summary>
    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    /// <summary>The storage folder.</summary>
    public string StoragePath => _storage.FullName;

    public string SpoolPath => Path.Combine(_storage.FullName, "spool");

    public static async Task<ImportLab> OpenAsync(params (string Key, string Value)[] settings)
    {
        var lab = new ImportLab();
        await lab._database.InitializeAsync();
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("Storage:Path", lab._storage.FullName), .. settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))])
            .Build();
        lab._services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(TimeProvider.System)
            .AddSingleton(_ => NpgsqlDataSource.Create(lab._database.ConnectionStringFor("payments_worker")))
            .AddPaymentsPipeline(configuration)
            .BuildServiceProvider();
        return lab;
    }

    /// <summary>The customers CUST00001 to CUST00020 and merchants MERCH0001 to MERCH0005 that the hostile files refer to.</summary>
    public async Task AddReferencesAsync() => await ExecuteAsync("""
        insert into public.customers (customer_id, customer_name)
        select 'CUST' || lpad(n::text, 5, '0'), 'Customer ' || n from generate_series(1, 20) as n;
        insert into public.merchants (merchant_id, merchant_name)
        select 'MERCH' || lpad(n::text, 4, '0'), 'Merchant ' || n from generate_series(1, 5) as n;
        """);

    public Task<ImportReport> ImportAsync(string? profile, string content, string mode = ImportMode.Insert) =>
        ImportAsync(profile, Encoding.UTF8.GetBytes(content), mode: mode);

    public async Task<ImportReport> ImportAsync(string? profile, byte[] content, string fileName = "test.csv", string mode = ImportMode.Insert)
    {
        var ticket = await AcceptAsync(profile, content, fileName, mode);
        await RunAsync(ticket, default);
        return await ReportAsync(ticket.ImportId);
    }

    public Task<ImportTicket> AcceptAsync(string? profile, byte[] content, string fileName = "test.csv", string mode = ImportMode.Insert) =>
        Intake.AcceptAsync(new MemoryStream(content), new(profile, mode, fileName, RunRequester.Command), default);

    /// <summary>Claims the run, as a worker does, and does it; again after a failure is the next attempt.</summary>
    public async Task<ImportAccount> RunAsync(ImportTicket ticket, CancellationToken cancellationToken)
    {
        var attempt = Assert.Single(await QueryAsync<int>(
            "update ops.runs set status = 'running', attempt = attempt + 1, started_at = now() where run_id = @RunId returning attempt", ticket));
        var run = new RunContext(ticket.RunId, attempt, Worker, TimeProvider.System);
        return await _services.GetRequiredService<ImportStage>().RunAsync(run, ticket.ImportId, cancellationToken);
    }

    public async Task<ImportReport> ReportAsync(long importId)
    {
        var report = Assert.Single(await QueryAsync<ImportReport>("""
            select status as "Status", records_read as "Read", records_accepted as "Accepted", records_duplicate as "Duplicates",
                records_rejected as "Rejected", by_reason::text as "ByReasonJson", file_rejected as "FileRejected",
                file_rejected_detail as "Detail", warnings as "Warnings", next_record as "NextRecord", profile as "Profile"
            from ops.imports where import_id = @importId
            """, new { importId }));
        report.Refused = await QueryAsync<RefusedRow>("""
            select record_number as "Record", line_number as "Line", reasons as "Reasons", raw_record as "Raw", raw_is_cut as "IsCut"
            from ops.quarantine where import_id = @importId order by record_number
            """, new { importId });
        return report;
    }

    /// <summary>Looks into the store, with the owner's rights.</summary>
    public async Task<List<T>> QueryAsync<T>(string sql, object? parameters = null)
    {
        await using var connection = await _database.DataSource.OpenConnectionAsync();
        return (await connection.QueryAsync<T>(sql, parameters)).ToList();
    }

    /// <summary>Arranges the store, with the owner's rights.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using var connection = await _database.DataSource.OpenConnectionAsync();
        await connection.ExecuteAsync(sql);
    }

    /// <summary>Whether rollups say the same as payments do.</summary>
    public async Task AssertRollupsAreExactAsync()
    {
        var payments = await QueryAsync<string>("""
            select concat_ws(' ', (transaction_date at time zone 'UTC')::date, currency, payment_status, count(*), sum(amount)) as cell
            from public.payments
            group by (transaction_date at time zone 'UTC')::date, currency, payment_status
            order by cell
            """);
        var rollup = await QueryAsync<string>("""
            select concat_ws(' ', payment_date, currency, payment_status, transaction_count, total_amount) as cell
            from rollup.day_totals
            where transaction_count > 0
            order by cell
            """);
        Assert.Equal(payments, rollup);
    }

    /// <summary>Whether everything that is kept besides the base tables says the same as they do.</summary>
    public async Task AssertExactAsync() => Assert.Empty(await QueryAsync<string>("select concat_ws(' ', subject, row_key, expected, actual) from pipeline.find_rollup_differences()"));

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await ((IAsyncLifetime)_database).DisposeAsync();
        _storage.Delete(recursive: true);
    }
}

public sealed class ImportReport
{
    public string Status { get; set; } = "";

    public long Read { get; set; }

    public long Accepted { get; set; }

    public long Duplicates { get; set; }

    public long Rejected { get; set; }

    public string ByReasonJson { get; set; } = "";

    public string? FileRejected { get; set; }

    public string? Profile { get; set; }

    public string? Detail { get; set; }

    public string[] Warnings { get; set; } = [];

    public long NextRecord { get; set; }

    public List<RefusedRow> Refused { get; set; } = [];

    public Dictionary<string, long> ByReason => System.Text.Json.JsonSerializer.Deserialize<Dictionary<string, long>>(ByReasonJson)!;

    public (long Read, long Accepted, long Duplicates, long Rejected) Counts => (Read, Accepted, Duplicates, Rejected);

    /// <summary>The reasons of a record, as one text.</summary>
    public string ReasonsOf(long record) => string.Join(' ', Refused.Single(row => row.Record == record).Reasons);
}

public sealed class RefusedRow
{
    public long Record { get; set; }

    public long Line { get; set; }

    public string[] Reasons { get; set; } = [];

    public string Raw { get; set; } = "";

    public bool IsCut { get; set; }
}
