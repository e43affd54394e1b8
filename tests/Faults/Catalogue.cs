namespace Payments.Faults;

/// <summary>What a migrated database is made of, so that one whose migration was cut off can be compared with one whose was not.</summary>
internal static class Catalogue
{
    /// <summary>Tables, columns, constraints, indexes, code, rights and the journal, one text each.</summary>
    public const string Sql =
        """
        with schema as (
            select oid, nspname, nspacl
            from pg_namespace
            where nspname in ('public', 'ops', 'staging', 'risk', 'rollup', 'quartz', 'pipeline', 'partitions', 'settlement', 'sla', 'reconciliation')
        )
        select concat_ws('|', 'schema', nspname, (select string_agg(entry::text, ' ' order by entry::text) from unnest(nspacl) as entry))
        from schema
        union all
        select concat_ws('|', 'class', nspname, relname, relkind, relpersistence, obj_description(class.oid, 'pg_class'), (select string_agg(entry::text, ' ' order by entry::text) from unnest(relacl) as entry))
        from pg_class as class inner join schema on schema.oid = relnamespace
        union all
        select concat_ws('|', 'column', nspname, relname, attname, format_type(atttypid, atttypmod), attnotnull, attidentity, pg_get_expr(adbin, adrelid), col_description(attrelid, attnum))
        from pg_attribute inner join pg_class as class on class.oid = attrelid inner join schema on schema.oid = relnamespace
        left join pg_attrdef on adrelid = attrelid and adnum = attnum
        where attnum > 0 and not attisdropped
        union all
        select concat_ws('|', 'constraint', nspname, conrelid::regclass, conname, pg_get_constraintdef(pg_constraint.oid))
        from pg_constraint inner join schema on schema.oid = connamespace
        union all
        select concat_ws('|', 'index', schemaname, indexname, indexdef)
        from pg_indexes where schemaname in (select nspname from schema)
        union all
        select concat_ws('|', 'function', nspname, pg_get_functiondef(code.oid), obj_description(code.oid, 'pg_proc'), (select string_agg(entry::text, ' ' order by entry::text) from unnest(proacl) as entry))
        from pg_proc as code inner join schema on schema.oid = pronamespace
        where prokind <> 'a'
        union all
        select concat_ws('|', 'migration', scriptname)
        from ops.schema_journal
        """;
}
