using Npgsql;
using Parquet;
using Payments.Pipeline.Archive;
using Payments.Pipeline.Import;
using Payments.Pipeline.Runs;

namespace Payments.Pipeline.Tests.Archive;

/// <summary>Months that leave the store, what is true meanwhile, and the way back.</summary>
public sealed class ArchiveTests
{
    [Fact]
    public async Task A_month_goes_into_a_file_reports_stay_and_it_comes_back_column_by_column()
    {
        await using var lab = await ArchiveLab.OpenAsync();
        var (payments, reports) = (await lab.PaymentsAsync(), await lab.ReportsAsync());
        Assert.Equal(9, payments.Count);
        Assert.Empty(await lab.ObstaclesAsync());

        var archived = await lab.ArchiveAsync();

        Assert.Equal(("2025-01", "payments-2025-01.parquet", 8L, new FileInfo(lab.FilePath).Length), (archived.Month, archived.File, archived.Payments, archived.Bytes));
        Assert.Equal(["G"], await lab.Lab.QueryAsync<string>("select payment_id from public.payments"));
        Assert.Equal([0L], await lab.Lab.QueryAsync<long>("select count(*) from pg_class where relname like 'payments_2025_01%'"));
        Assert.Equal(reports, await lab.ReportsAsync());
        await lab.AssertExactAsync();
        Assert.Equal(
            ["archived 8 2 17"],
            await lab.Lab.QueryAsync<string>("select concat_ws(' ', status, payment_count, generated_count, cardinality(payment_columns)) from ops.archived_months"));

        var restored = await lab.RestoreAsync();

        Assert.Equal(new RestoredMonth("2025-01", 1, 8), restored);
        Assert.Equal(payments, await lab.PaymentsAsync());
        Assert.Equal(reports, await lab.ReportsAsync());
        await lab.AssertExactAsync();
        Assert.True(File.Exists(lab.FilePath));
        Assert.Equal([0L], await lab.Lab.QueryAsync<long>("select (select count(*) from rollup.archived_days) + (select count(*) from rollup.archived_customers) + (select count(*) from rollup.archived_settlements)"));
        Assert.Equal(
            await lab.Lab.QueryAsync<string>("select pg_get_indexdef(indexrelid) from pg_index where indrelid = 'partitions.payments_2025_02'::regclass order by 1"),
            (await lab.Lab.QueryAsync<string>("select pg_get_indexdef(indexrelid) from pg_index where indrelid = 'partitions.payments_2025_01'::regclass order by 1")).Select(index => index.Replace("2025_01", "2025_02", StringComparison.Ordinal)));

        // What could be done with its payments before can be done again.
        Assert.Equal((1, 1, 0, 0), (await lab.UpdateAsync("A,C1,M1,10.50,USD,WALLET,REFUNDED,2025-01-10T10:00:00.123456Z")).Counts);
        Assert.Equal(["-10.500"], await lab.Lab.QueryAsync<string>("select amount::text from public.settlement_adjustments where payment_id = 'A'"));
        await lab.AssertExactAsync();

        // And it can go once more, beside its first file.
        Assert.Equal("payments-2025-01-2.parquet", (await lab.ArchiveAsync()).File);
        await lab.AssertExactAsync();
    }

    [Fact]
    public async Task The_file_says_what_it_holds()
    {
        await using var lab = await ArchiveLab.OpenAsync();
        await lab.ArchiveAsync();

        await using var reader = await ParquetReader.CreateAsync(lab.FilePath);
        Assert.Equal(
            "payment_id BYTE_ARRAY, customer_id BYTE_ARRAY, merchant_id BYTE_ARRAY, amount INT64 DECIMAL(18,3), currency BYTE_ARRAY, payment_method BYTE_ARRAY, payment_status BYTE_ARRAY, "
            + "transaction_date INT64 UTC, processing_time_seconds INT32, failure_reason BYTE_ARRAY, risk_score INT32 DECIMAL(5,2), is_suspicious BOOLEAN, created_at INT64 UTC, updated_at INT64 UTC, "
            + "batch_id INT64, line_number INT64, is_generated BOOLEAN, settlement_id BYTE_ARRAY",
            string.Join(", ", reader.Metadata!.Schema.Skip(1).Select(column => $"{column.Name} {column.Type}"
                + (column.LogicalType?.DECIMAL is { } money ? $" DECIMAL({money.Precision},{money.Scale})" : "")
                + (column.LogicalType?.TIMESTAMP is { IsAdjustedToUTC: true, Unit.MICROS: not null } ? " UTC" : ""))));
        Assert.Equal(
            [("payments.month", "2025-01"), ("payments.count", "8"), ("payments.checksum", Assert.Single(await lab.Lab.QueryAsync<string>("select checksum::text from ops.archived_months")))],
            reader.CustomMetadata.Select(entry => (entry.Key, entry.Value)));

        using var group = reader.OpenRowGroupReader(0);
        var (ids, amounts, instants, settlements) = (new string?[8], new decimal?[8], new DateTime?[8], new string?[8]);
        await group.ReadAsync(reader.Schema.FindDataField("payment_id"), ids.AsMemory());
        await group.ReadAsync<decimal>(reader.Schema.FindDataField("amount"), amounts.AsMemory());
        await group.ReadAsync<DateTime>(reader.Schema.FindDataField("transaction_date"), instants.AsMemory());
        await group.ReadAsync(reader.Schema.FindDataField("settlement_id"), settlements.AsMemory());
        Assert.Equal(
            ["A 10.500 2025-01-10T10:00:00.1234560Z STL-20250110-USD-M1", "B 123456.000 2025-01-10T23:59:59.9999990Z STL-20250110-JPY-M1", "C 0.005 2025-01-01T00:00:00.0000000Z "],
            ids.Select((id, row) => FormattableString.Invariant($"{id} {amounts[row]} {instants[row]:O} {settlements[row]}")).Order(StringComparer.Ordinal).Take(3));
    }

    [Fact]
    public async Task An_attempt_that_dies_anywhere_leaves_the_payments_in_the_store_and_the_next_one_archives_them()
    {
        await using var lab = await ArchiveLab.OpenAsync();
        var (payments, reports) = (await lab.PaymentsAsync(), await lab.ReportsAsync());
        foreach (var (where, stage) in new[]
        {
            ("insert on ops.archived_months", null), ("insert on ops.run_steps", "archive_write"), ("update on ops.run_steps", "archive_write"),
            ("insert on ops.run_steps", "archive_verify"), ("update on ops.run_steps", "archive_verify"), ("insert on ops.run_steps", "archive_detach"),
            ("insert on rollup.archived_days", null), ("insert on rollup.archived_settlements", null), ("update on ops.archived_months", null),
        })
        {
            await DieAsync(lab, where, stage, run => lab.Lab.Get<ArchiveStage>().RunAsync(run, ArchiveLab.January, default), RunKind.Archive);
            Assert.Equal(payments, await lab.PaymentsAsync());
            await lab.AssertExactAsync();
        }

        Assert.Equal("payments-2025-01.parquet", (await lab.ArchiveAsync()).File);
        Assert.Equal(["1 archived"], await lab.Lab.QueryAsync<string>("select concat_ws(' ', part, status) from ops.archived_months"));
        Assert.Equal([lab.FilePath], Directory.GetFiles(Path.GetDirectoryName(lab.FilePath)!));
        Assert.Equal(reports, await lab.ReportsAsync());
        await lab.AssertExactAsync();

        foreach (var where in new[] { "insert on ops.run_steps", "delete on rollup.archived_days", "update on ops.archived_months" })
        {
            await DieAsync(lab, where, null, run => lab.Lab.Get<RestoreStage>().RunAsync(run, ArchiveLab.January, default), RunKind.Restore);
            Assert.Single(await lab.PaymentsAsync());
            Assert.Equal([0L], await lab.Lab.QueryAsync<long>("select count(*) from pg_class where relname like 'payments_2025_01%'"));
            Assert.Equal(reports, await lab.ReportsAsync());
            await lab.AssertExactAsync();
        }

        await lab.RestoreAsync();
        Assert.Equal(payments, await lab.PaymentsAsync());
        await lab.AssertExactAsync();
    }

    [Theory]
    [InlineData("update public.payments set updated_at = '2025-06-01' where payment_id = 'A'")]
    [InlineData("update public.customers set country = 'Malta' where customer_id = 'C2'; update rollup.payment_days set customer_country = 'Malta' where customer_country = ''")]
    public async Task What_changes_while_a_month_is_archived_has_it_written_again(string change)
    {
        await using var lab = await ArchiveLab.OpenAsync();
        await lab.Lab.ExecuteAsync(
            $"""
            create function public.change() returns trigger language plpgsql security definer as $$ begin {change}; return new; end $$;
            create trigger change before insert on ops.run_steps for each row when (new.stage = 'archive_detach' and new.step_number < 4) execute function public.change();
            """);

        await lab.ArchiveAsync();

        Assert.Equal(["archive_write 2", "archive_verify 2", "archive_detach 2"], await lab.Lab.QueryAsync<string>("select concat_ws(' ', stage, count(*)) from ops.run_steps where stage like 'archive%' group by stage order by min(step_number)"));
        await lab.AssertExactAsync();
        await lab.RestoreAsync();
        await lab.AssertExactAsync();
        Assert.Equal([1L], await lab.Lab.QueryAsync<long>("select (select count(*) from public.payments where payment_id = 'A' and updated_at = '2025-06-01') + (select count(*) from public.customers where country = 'Malta')"));
    }

    [Fact]
    public async Task Files_that_bring_payments_of_the_month_meanwhile_lose_nothing()
    {
        await using var lab = await ArchiveLab.OpenAsync();
        var late = Enumerable.Range(0, 60).Select(n => $"L{n},C1,M2,1.00,USD,WALLET,SUCCESS,2025-01-{1 + (n % 31):00}T12:00:00Z").ToArray();
        var loading = Task.Run(() => lab.ImportAsync(late));
        while (!loading.IsCompleted && (await lab.ObstaclesAsync()).Count == 0)
        {
            try
            {
                await lab.ArchiveAsync();
            }
            catch (ArchiveRefusedException error)
            {
                // A batch after each survey, five times: the month waits for the file.
                Assert.StartsWith("payments of 2025-01 have changed while they were archived, 5 times", error.Message, StringComparison.Ordinal);
            }
        }

        Assert.Equal((60, 60, 0, 0), (await loading).Counts);
        await lab.AssertExactAsync();
        if ((await lab.ObstaclesAsync()).Count == 0) await lab.ArchiveAsync();
        Assert.Equal((60, 0, 60, 0), (await lab.ImportAsync(late)).Counts);
        Assert.Equal(["G"], await lab.Lab.QueryAsync<string>("select payment_id from public.payments"));
        await lab.AssertExactAsync();

        await lab.RestoreAsync();
        Assert.Equal([69L], await lab.Lab.QueryAsync<long>("select count(*) from public.payments"));
        await lab.AssertExactAsync();
    }

    [Fact]
    public async Task Late_payments_of_an_archived_month_are_loaded_archived_as_another_part_and_restored_with_the_first()
    {
        await using var lab = await ArchiveLab.OpenAsync();
        var january = await lab.PaymentsAsync();
        await lab.ArchiveAsync();

        Assert.Equal((2, 1, 0, 1), (await lab.ImportAsync("L,C2,M2,3.00,USD,WALLET,FAILED,2025-01-10T12:00:00Z", "A,C2,M2,3.00,USD,WALLET,FAILED,2025-01-10T12:00:00Z")).Counts);
        await lab.AssertExactAsync();
        var reports = await lab.ReportsAsync();
        Assert.Equal("payments-2025-01-2.parquet", (await lab.ArchiveAsync()).File);
        Assert.Equal((1, 1, 0, 0), (await lab.ImportAsync("L2,C2,M2,3.00,USD,WALLET,FAILED,2025-01-10T12:00:00Z")).Counts);
        await lab.AssertExactAsync();

        Assert.Equal(new RestoredMonth("2025-01", 2, 9), await lab.RestoreAsync());

        Assert.Equal(january, (await lab.PaymentsAsync()).Where(row => !row.StartsWith("(L", StringComparison.Ordinal)));
        await lab.AssertExactAsync();
        Assert.Equal([11L], await lab.Lab.QueryAsync<long>("select count(*) from public.payments"));
        Assert.Equal([0L], await lab.Lab.QueryAsync<long>("select count(*) from pg_class where relnamespace = 'staging'::regnamespace and relname like 'payments_2025%'"));
        Assert.NotEqual(reports, await lab.ReportsAsync());
    }

    [Fact]
    public async Task A_customer_who_moves_meanwhile_is_counted_where_he_lives_once_the_month_is_back()
    {
        await using var lab = await ArchiveLab.OpenAsync();
        const string Countries = "select concat_ws(' ', coalesce(customer_country, '-'), sum(transaction_count)) from public.vw_payment_analytics group by customer_country order by 1";
        Assert.Equal(["- 3", "Austria 6"], await lab.Lab.QueryAsync<string>(Countries));
        await lab.ArchiveAsync();

        await lab.Lab.ImportAsync("customers", "customer_id,customer_name,country\nC1,One,Malta\n");
        Assert.Equal(["- 3", "Austria 5", "Malta 1"], await lab.Lab.QueryAsync<string>(Countries));
        await lab.AssertExactAsync();

        await lab.RestoreAsync();
        Assert.Equal(["- 3", "Malta 6"], await lab.Lab.QueryAsync<string>(Countries));
        await lab.AssertExactAsync();
    }

    [Fact]
    public async Task A_merchant_whom_we_settle_only_meanwhile_is_settled_once_the_month_is_back()
    {
        await using var lab = await ArchiveLab.OpenAsync();
        await lab.ArchiveAsync();
        await lab.Lab.ImportAsync("merchants", "merchant_id,settles_from\nM2,2025-01-01\n");
        await lab.Lab.ExecuteAsync("select pipeline.settle_payments('2025-02-03')");
        await lab.AssertExactAsync();

        await lab.RestoreAsync();
        await lab.AssertExactAsync();
        await lab.Lab.ExecuteAsync("select pipeline.settle_payments('2025-02-03')");

        await lab.AssertExactAsync();
        Assert.Equal(["D", "S2"], await lab.Lab.QueryAsync<string>("select payment_id from public.settlement_payments where settlement_id like '%-M2' order by 1"));
    }

    [Fact]
    public async Task An_archived_payment_is_a_duplicate_or_a_conflict_and_an_update_names_the_way_back()
    {
        await using var lab = await ArchiveLab.OpenAsync();
        await lab.ArchiveAsync();

        var inserted = await lab.ImportAsync("A,C1,M1,10.50,USD,WALLET,SUCCESS,2025-01-10T10:00:00.123456Z", "B,C1,M1,1,JPY,CREDIT_CARD,SUCCESS,2025-01-10T23:59:59.999999Z");
        Assert.Equal((2, 0, 1, 1), inserted.Counts);
        Assert.Equal("payment_id.conflict", inserted.ReasonsOf(2));

        var updated = await lab.UpdateAsync(
            "A,C1,M1,10.50,USD,WALLET,SUCCESS,2025-01-10T10:00:00.123456Z", "A,C1,M1,10.50,USD,WALLET,REFUNDED,2025-01-10T10:00:00.123456Z",
            "B,C1,M1,1,JPY,CREDIT_CARD,SUCCESS,2025-02-10T23:59:59.999999Z", "G,C1,M1,5.00,USD,WALLET,REFUNDED,2025-02-01T00:00:00Z",
            "N,C1,M1,5.00,USD,WALLET,PENDING,2025-01-01T00:00:00Z", "N,C1,M1,5.00,USD,WALLET,FAILED,2025-01-01T00:00:00Z");
        Assert.Equal((6, 3, 1, 2), updated.Counts);
        Assert.Equal(["payment_id.archived", "payment_id.archived"], new[] { updated.ReasonsOf(2), updated.ReasonsOf(3) });
        await lab.AssertExactAsync();

        Assert.Equal(
            ["A  STL-20250110-USD-M1 payments-2025-01.parquet 64", "G 3   "],
            await lab.Lab.QueryAsync<string>(
                "select format('%s %s %s %s %s', payment_id, line_number - 5, settlement_id, archive_file, length(archive_sha256)) from unnest(array['A', 'G']) as id cross join pipeline.get_payment_lineage(id) order by 1"));
        Assert.Equal(
            ["A payments-2025-01.parquet"],
            await lab.Lab.QueryAsync<string>("select format('%s %s', payment_id, archive_file) from pipeline.list_settlement_lineage('STL-20250110-USD-M1')"));
    }

    [Fact]
    public async Task Of_an_archived_payment_a_refund_is_a_duplicate_or_waits_for_its_month_to_be_restored()
    {
        const string Header = "refund_id,payment_id,amount,currency,status,refund_date\n";
        const string Known = "R1,A,3.00,USD,succeeded,2025-02-01T00:00:00Z\n";
        const string Open = "R2,B,3,JPY,pending,2025-02-01T00:00:00Z\n";
        await using var lab = await ArchiveLab.OpenAsync();
        Assert.Equal((2, 2, 0, 0), (await lab.Lab.ImportAsync("refunds", Header + Known + Open)).Counts);
        Assert.Equal(["open refunds: 1, for example R2 (force=true archives their payments all the same)"], await lab.ObstaclesAsync());
        Assert.Empty(await lab.ObstaclesAsync(force: true));
        await lab.ArchiveAsync();
        await lab.AssertExactAsync();

        var refused = await lab.Lab.ImportAsync("refunds", Header + Known + "R2,B,3,JPY,succeeded,2025-02-01T00:00:00Z\nR3,A,1.00,USD,succeeded,2025-02-01T00:00:00Z\nR4,X,1.00,USD,succeeded,2025-02-01T00:00:00Z\n", ImportMode.Update);
        Assert.Equal((4, 0, 1, 3), refused.Counts);
        Assert.Equal(["payment_id.archived", "payment_id.archived", "payment_id.unknown"], new[] { refused.ReasonsOf(2), refused.ReasonsOf(3), refused.ReasonsOf(4) });
        await lab.Lab.ExecuteAsync("select pipeline.settle_payments('2025-02-03')");
        await lab.AssertExactAsync();

        await lab.RestoreAsync();
        Assert.Equal((1, 1, 0, 0), (await lab.Lab.ImportAsync("refunds", Header + "R2,B,3,JPY,succeeded,2025-02-01T00:00:00Z\n", ImportMode.Update)).Counts);
        Assert.Equal(["A -3.000", "B -3.000", "E -20000.000"], await lab.Lab.QueryAsync<string>("select concat_ws(' ', payment_id, amount) from public.settlement_adjustments order by 1"));
        await lab.AssertExactAsync();
    }

    [Fact]
    public async Task What_holds_a_month_is_named()
    {
        await using var lab = await ArchiveLab.OpenAsync(withSamples: false, isPaidOut: false);
        Assert.Equal(["the month is not over"], await lab.ObstaclesAsync(today: new(2025, 1, 31)));
        Assert.Equal(["the store holds no payments of it"], await lab.ObstaclesAsync(new(2025, 3, 1), new(2025, 4, 1)));
        Assert.Equal(["PENDING settlements: 3, for example STL-20250110-JPY-M1"], await lab.ObstaclesAsync(today: new(2025, 2, 1)));

        await lab.ImportAsync("P,C1,M1,1.00,USD,WALLET,PENDING,2025-01-12T10:00:00Z", "U,C1,M1,1.00,USD,WALLET,SUCCESS,2025-01-12T10:00:00Z");
        await lab.Lab.ExecuteAsync("update public.settlements set status = 'COMPLETED', settlement_date = '2025-02-03'");
        await lab.UpdateAsync("A,C1,M1,10.50,USD,WALLET,REFUNDED,2025-01-10T10:00:00.123456Z");
        string[] held = ["adjustments that no settlement carries yet: 1, for example of payment A", "SUCCESS payments that are not settled yet: 1, for example U"];
        Assert.Equal(["PENDING payments: 1, for example P (force=true archives them all the same)", .. held], await lab.ObstaclesAsync());
        Assert.Equal(held, await lab.ObstaclesAsync(force: true));

        Assert.Equal([new DateOnly(2025, 1, 1)], await ArchiveStage.ListMonthsAsync(lab.Lab.Worker, new(2025, 2, 1), default));
        Assert.Equal([new DateOnly(2025, 1, 1), new DateOnly(2025, 2, 1)], await ArchiveStage.ListMonthsAsync(lab.Lab.Worker, new(2025, 6, 1), default));
    }

    [Fact]
    public async Task A_pending_payment_that_was_forced_out_goes_on_when_it_is_back()
    {
        await using var lab = await ArchiveLab.OpenAsync();
        await lab.ImportAsync("P,C1,M1,1.00,USD,WALLET,PENDING,2025-01-12T10:00:00Z");
        await lab.ArchiveAsync();
        await lab.AssertExactAsync();
        Assert.Equal((1, 0, 0, 1), (await lab.UpdateAsync("P,C1,M1,1.00,USD,WALLET,SUCCESS,2025-01-12T10:00:00Z")).Counts);

        await lab.RestoreAsync();
        Assert.Equal((1, 1, 0, 0), (await lab.UpdateAsync("P,C1,M1,1.00,USD,WALLET,SUCCESS,2025-01-12T10:00:00Z")).Counts);
        await lab.Lab.ExecuteAsync("select pipeline.settle_payments('2025-02-03')");
        Assert.Equal(["STL-20250112-USD-M1"], await lab.Lab.QueryAsync<string>("select settlement_id from public.settlement_payments where payment_id = 'P'"));
        await lab.AssertExactAsync();
    }

    [Fact]
    public async Task Samples_are_not_removed_while_some_are_archived()
    {
        await using var lab = await ArchiveLab.OpenAsync();
        await lab.ArchiveAsync();
        var refused = await Assert.ThrowsAsync<PostgresException>(() => lab.Lab.ExecuteAsync("select pipeline.remove_generated()"));
        Assert.Equal("generated payments are archived: 2025-01", refused.MessageText);

        await lab.RestoreAsync();
        Assert.Equal([2L], await lab.Lab.QueryAsync<long>("select payments from pipeline.remove_generated()"));
        await lab.AssertExactAsync();
    }

    [Fact]
    public async Task A_file_that_is_lost_or_damaged_is_not_restored()
    {
        await using var lab = await ArchiveLab.OpenAsync();
        await lab.ArchiveAsync();
        var bytes = await File.ReadAllBytesAsync(lab.FilePath);

        bytes[100] ^= 1;
        await File.WriteAllBytesAsync(lab.FilePath, bytes);
        Assert.Contains("is not the file that was archived", (await Assert.ThrowsAsync<ArchiveRefusedException>(() => lab.RestoreAsync())).Message, StringComparison.Ordinal);
        File.Delete(lab.FilePath);
        Assert.Contains("is not there", (await Assert.ThrowsAsync<ArchiveRefusedException>(() => lab.RestoreAsync())).Message, StringComparison.Ordinal);
        await lab.AssertExactAsync();

        bytes[100] ^= 1;
        await File.WriteAllBytesAsync(lab.FilePath, bytes);
        Assert.Equal(8, (await lab.RestoreAsync()).Payments);
        await lab.AssertExactAsync();
    }

    [Fact]
    public async Task A_file_that_reads_back_differently_keeps_the_payments_in_the_store()
    {
        await using var lab = await ArchiveLab.OpenAsync();
        await lab.Lab.ExecuteAsync("create or replace function pipeline.row_hash(p_row bytea) returns bigint language sql immutable as 'select 1::bigint'");
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => lab.ArchiveAsync());
        Assert.Equal("The file payments-2025-01.parquet, read back, has another checksum; the payments stay in the store.", error.Message);
        Assert.Equal(9, (await lab.PaymentsAsync()).Count);
    }

    private static async Task DieAsync(ArchiveLab lab, string where, string? stage, Func<RunContext, Task> work, string kind)
    {
        var run = await lab.ClaimAsync(kind);
        await lab.Lab.ExecuteAsync(
            $"""
            create function public.crash() returns trigger language plpgsql as $$ begin raise exception 'crash'; end $$;
            create trigger crash before {where} for each row when ({(stage is null ? "true" : $"new.stage = '{stage}'")}) execute function public.crash();
            """);
        await Assert.ThrowsAnyAsync<Exception>(() => work(run));
        await lab.Lab.ExecuteAsync("drop function public.crash() cascade");
    }
}
