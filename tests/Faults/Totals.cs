using Npgsql;

namespace Payments.Faults;

/// <summary>
/// Everything in a store that must not depend on what happened on the way: each table of <c>public</c> and <c>rollup</c>, and the labels, row by
/// row, without numbers that are drawn and the columns that name a moment, a batch or a run; and of <c>ops</c> the accounts, the quarantine, the history and the incidents.
/// Scores are no such thing: a payment is scored by what the store knew when it came, and files race. What follows from them must agree with them.
/// </summary>
internal sealed class Totals
{
    private const string Tables =
        """
        select
            format('%s.%s', namespace.nspname, class.relname),
            format(
                'select concat_ws(''|'', %s) from %I.%I as t',
                string_agg(format('coalesce(t.%I::text, ''-'')', attribute.attname), ', ' order by attribute.attnum),
                namespace.nspname,
                class.relname
            )
        from pg_class as class
        inner join pg_namespace as namespace on namespace.oid = class.relnamespace
        inner join pg_attribute as attribute on attribute.attrelid = class.oid and attribute.attnum > 0 and not attribute.attisdropped
        where (namespace.nspname in ('public', 'rollup') or class.oid = 'risk.labels'::regclass)
            and class.relkind in ('r', 'p')
            and not class.relispartition
            and attribute.attidentity = ''
            and attribute.attname not in (
                'created_at', 'updated_at', 'carried_at', 'risk_score', 'moved_at', 'recorded_at', 'received_at', 'batch_id', 'import_id', 'run_id'
            )
        group by namespace.nspname, class.relname
        """;

    // Of files with the same content it depends on their race which of them brings a record: their accounts are added up.
    private static readonly (string Name, string Sql)[] Operations =
    [
        ("accounts of files", """
            select concat_ws('|', profile, mode, content_sha256, compression, status, count(distinct file_name), count(*), sum(records_read), sum(records_accepted),
                sum(records_duplicate), sum(records_rejected), min(by_reason::text), max(by_reason::text), file_rejected, file_rejected_detail, min(warnings::text))
            from ops.imports
            group by profile, mode, content_sha256, compression, status, file_rejected, file_rejected_detail
            """),
        ("quarantine", """
            select concat_ws('|', import.file_name, refused.record_number, refused.line_number, refused.reasons::text, refused.raw_record, refused.raw_is_cut)
            from ops.quarantine as refused
            inner join ops.imports as import on import.import_id = refused.import_id
            """),
        ("origins of payments", """
            select concat_ws('|', payment.payment_id, import.content_sha256, payment.line_number)
            from public.payments as payment
            inner join ops.batches as batch on batch.batch_id = payment.batch_id
            inner join ops.imports as import on import.import_id = batch.import_id
            """),
        ("history of payments", """
            select concat_ws('|', moved.payment_id, moved.previous_status, moved.new_status, import.content_sha256, moved.line_number)
            from ops.payment_history as moved
            inner join ops.batches as batch on batch.batch_id = moved.batch_id
            inner join ops.imports as import on import.import_id = batch.import_id
            """),
        ("catalogue", Catalogue.Sql),
        ("incidents", "select concat_ws('|', settlement_id, state, outcome, opened_on, escalated_on, closed_on, penalty_amount) from sla.incidents"),
    ];

    // What must be empty in any store that is at rest.
    private static readonly (string Name, string Sql)[] Complaints =
    [
        ("rollup difference", "select to_jsonb(difference)::text from pipeline.find_rollup_differences() as difference"),
        ("settlement fault", "select to_jsonb(fault)::text from pipeline.check_settlements() as fault"),
        ("assessment of no payment", "select payment_id from risk.assessments as assessed where not exists (select from public.payments as payment where payment.payment_id = assessed.payment_id)"),
        ("score that is not its assessment's", """
            select concat_ws(' ', payment.payment_id, payment.risk_score, assessed.score)
            from public.payments as payment
            left join risk.assessments as assessed on assessed.payment_id = payment.payment_id
            where (assessed.payment_id is null and (payment.risk_score >= 70 or payment.is_suspicious)) or abs(payment.risk_score - assessed.score) > 0.006
            """),
        ("assessment without alert", """
            select payment_id
            from risk.assessments as assessed
            where assessed.decision <> 'APPROVE' and not exists (select from risk.alert_payments as joined where joined.payment_id = assessed.payment_id)
            """),
        ("alert of other payments", """
            select concat_ws(' ', alert.alert_id, alert.payment_count, count(joined.payment_id))
            from risk.alerts as alert
            left join risk.alert_payments as joined on joined.alert_id = alert.alert_id
            group by alert.alert_id
            having alert.payment_count <> count(joined.payment_id)
            """),
        ("unfinished run", "select concat_ws(' ', run_id, kind, status, attempt, error) from ops.runs where finished_at is null"),
        ("failed run", "select concat_ws(' ', run_id, kind, attempt, failed_attempts, error) from ops.runs where status = 'failed'"),
        ("unfinished import", "select concat_ws(' ', import_id, file_name, status) from ops.imports where finished_at is null"),
        ("unfinished step", "select concat_ws(' ', run_id, attempt, stage) from ops.run_steps where status = 'running'"),
        ("unsettled batch", "select concat_ws(' ', batch_id, unsettled_from) from ops.batches where loaded_at is not null and unsettled_from < current_date"),
        ("unmarked breach", """
            select settlement.settlement_id
            from public.settlements as settlement
            left join sla.incidents as incident on incident.settlement_id = settlement.settlement_id
            where (coalesce(settlement.settlement_date, current_date) > settlement.expected_settlement_date) <> (settlement.sla_breach and incident.settlement_id is not null)
            """),
        // Made by a scheduled run: a store is not at rest, and its catalogue not to be compared, before one has come by.
        ("month without partition", """
            select to_char(month, 'YYYY-MM')
            from generate_series(date_trunc('month', now() at time zone 'UTC'), now() at time zone 'UTC' + interval '3 months', interval '1 month') as month
            where to_regclass(format('partitions.payments_%s', to_char(month, 'YYYY_MM'))) is null
            """),
        ("lock left", "select concat_ws(' ', classid, objid, mode) from pg_locks where locktype = 'advisory' and classid in (pipeline.lock_key('run'), pipeline.lock_key('lane')) and database = (select oid from pg_database where datname = current_database())"),
        ("transaction left", "select concat_ws(' ', pid, state, query) from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'"),
    ];

    private readonly Dictionary<string, List<string>> _rows;

    private Totals(Dictionary<string, List<string>> rows) => _rows = rows;

    /// <summary>Rows that are compared.</summary>
    public int Rows => _rows.Values.Sum(rows => rows.Count);

    /// <summary>Reads everything in one snapshot.</summary>
    public static async Task<Totals> ReadAsync(string connectionString, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellationToken);
        var tables = new List<(string Name, string Sql)>(Operations);
        await using (var command = new NpgsqlCommand(Tables, connection))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken)) tables.Add((reader.GetString(0), reader.GetString(1)));
        }

        var rows = new Dictionary<string, List<string>>();
        foreach (var (name, sql) in tables) rows[name] = await ListAsync(connection, sql, cancellationToken);
        return new(rows);
    }

    /// <summary>What is wrong in a store at rest, whatever it holds.</summary>
    public static async Task<List<string>> ComplaintsAsync(string connectionString, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        var complaints = new List<string>();
        foreach (var (name, sql) in Complaints)
        {
            complaints.AddRange((await ListAsync(connection, sql, cancellationToken)).Select(row => $"{name}: {row}"));
        }

        return complaints;
    }

    /// <summary>What is here and not there, and the other way round.</summary>
    public IEnumerable<string> DifferencesFrom(Totals expected)
    {
        foreach (var name in _rows.Keys.Union(expected._rows.Keys).Order(StringComparer.Ordinal))
        {
            var here = Counted(_rows.GetValueOrDefault(name) ?? []);
            var there = Counted(expected._rows.GetValueOrDefault(name) ?? []);
            foreach (var row in there.Keys.Union(here.Keys).Order(StringComparer.Ordinal))
            {
                var difference = here.GetValueOrDefault(row) - there.GetValueOrDefault(row);
                if (difference != 0) yield return $"{name}: {(difference > 0 ? "too many" : "missing")} ({Math.Abs(difference)}): {row}";
            }
        }
    }

    private static Dictionary<string, int> Counted(List<string> rows) =>
        rows.GroupBy(row => row, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal);

    private static async Task<List<string>> ListAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<string>();
        while (await reader.ReadAsync(cancellationToken)) rows.Add(reader.GetString(0));
        return rows;
    }
}
