namespace Payments.Bench;

/// <summary>What an import costs inside PostgreSQL: statements by time, rows and bytes by table, WAL. Watching costs time itself, so it is asked for.</summary>
internal sealed class ImportCost
{
    private const int MostStatements = 30;

    /// <summary>Server settings without which statements are not counted.</summary>
    public static IReadOnlyDictionary<string, string> ServerSettings { get; } = new Dictionary<string, string>
    {
        ["shared_preload_libraries"] = "pg_stat_statements",
        ["pg_stat_statements.track"] = "all",
        ["pg_stat_statements.max"] = "10000",
        ["track_io_timing"] = "on",
    };

    private readonly BenchDatabase _database;
    private readonly string _walFrom;

    private ImportCost(BenchDatabase database, string walFrom) => (_database, _walFrom) = (database, walFrom);

    /// <summary>Counts from here on.</summary>
    public static async Task<ImportCost> BeginAsync(BenchDatabase database, CancellationToken cancellationToken)
    {
        await database.ExecuteAsync("create extension if not exists pg_stat_statements; select pg_stat_statements_reset(), pg_stat_reset()", cancellationToken);
        return new(database, await database.ScalarAsync<string>("select pg_current_wal_insert_lsn()::text", cancellationToken));
    }

    /// <summary>Prints what was counted, by payment.</summary>
    public async Task PrintAsync(long payments, CancellationToken cancellationToken)
    {
        var wal = await _database.ScalarAsync<long>($"select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '{_walFrom}')::bigint", cancellationToken);
        // Sessions report what they did some time after they did it.
        await Task.Delay(TimeSpan.FromSeconds(2), cancellationToken);
        Out.Print($"  cost       wal_bytes_per_payment={wal / (double)payments:0}");
        await PrintAsync(
            $"""
            select format(
                '  statement  %s s=%s calls=%s rows_per_payment=%s wal_bytes_per_payment=%s %s',
                case when toplevel then 'client' else 'nested' end,
                round((total_exec_time / 1000)::numeric, 2), calls, round(rows / {payments}.0, 3), round(wal_bytes / {payments}.0),
                regexp_replace(left(query, 160), '\s+', ' ', 'g'))
            from pg_stat_statements
            where dbid = (select oid from pg_database where datname = current_database())
            order by total_exec_time desc
            limit {MostStatements}
            """,
            cancellationToken);
        await PrintAsync(
            $"""
            select format(
                '  table      %s.%s inserted=%s updated=%s hot=%s deleted=%s heap=%s toast=%s indexes=%s bytes_per_payment',
                stat.schemaname, stat.relname, round(sum(stat.n_tup_ins) / {payments}.0, 3), round(sum(stat.n_tup_upd) / {payments}.0, 3),
                round(sum(stat.n_tup_hot_upd) / {payments}.0, 3), round(sum(stat.n_tup_del) / {payments}.0, 3),
                round(sum(pg_relation_size(stat.relid)) / {payments}.0, 1),
                round(sum(coalesce(pg_relation_size(nullif(class.reltoastrelid, 0)), 0)) / {payments}.0, 1), round(sum(pg_indexes_size(stat.relid)) / {payments}.0, 1))
            from (
                select relid, schemaname, regexp_replace(relname, '_\d{"{4}"}_?\d{"{2}"}$', '_<month>') as relname, n_tup_ins, n_tup_upd, n_tup_hot_upd, n_tup_del
                from pg_stat_user_tables
            ) as stat
            inner join pg_class as class on class.oid = stat.relid
            group by stat.schemaname, stat.relname
            having sum(stat.n_tup_ins + stat.n_tup_upd) > 0 or sum(pg_total_relation_size(stat.relid)) > 1000000
            order by sum(pg_total_relation_size(stat.relid)) desc
            limit 40
            """,
            cancellationToken);
    }

    private async Task PrintAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = _database.DataSource.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) Out.Print($"{reader.GetString(0)}");
    }
}
