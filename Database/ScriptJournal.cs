using DbUp.Engine.Output;
using DbUp.Engine.Transactions;
using DbUp.Postgresql;

namespace Payments.Database;

/// <summary>DbUp's record of migrations that ran, as the table <c>ops.schema_journal</c>, with instants instead of its local times.</summary>
internal sealed class ScriptJournal(Func<IConnectionManager> connectionManager, Func<IUpgradeLog> log)
    : PostgresqlTableJournal(connectionManager, log, "ops", "schema_journal")
{
    protected override string GetInsertJournalEntrySql(string scriptName, string applied) =>
        $"insert into ops.schema_journal (scriptname) values ({scriptName})";

    protected override string CreateSchemaTableSql(string quotedPrimaryKeyName) =>
        """
        create table ops.schema_journal (
            scriptname varchar(255) not null,
            applied timestamptz not null default now(),
            constraint schema_journal_pkey primary key (scriptname)
        );
        comment on table ops.schema_journal is 'Migrations that ran, by their name; each runs once.';
        """;
}
