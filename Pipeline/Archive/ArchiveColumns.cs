using Npgsql;
using Parquet.Schema;

namespace Payments.Pipeline.Archive;

/// <summary>
/// What an archive's file holds of a payment: every column of the table, whichever they are by now, and the settlement that paid it.
/// Money is DECIMAL of the table's precision, instants are UTC microseconds.
/// </summary>
internal sealed class ArchiveColumns
{
    /// <summary>Rows that are in memory at a time, and make a row group of the file.</summary>
    public const int GroupRows = 50_000;

    private const int Boolean = 16;
    private const int Int64 = 20;
    private const int Int32 = 23;
    private const int Text = 25;
    private const int Char = 1042;
    private const int Varchar = 1043;
    private const int TimestampTz = 1184;
    private const int Numeric = 1700;

    private ArchiveColumns(IReadOnlyList<ArchiveColumn> payment)
    {
        Payment = payment;
        All = [.. payment, Settlement];
        Id = (TextColumn)Column("payment_id");
        Currency = (TextColumn)Column("currency");
        Status = (TextColumn)Column("payment_status");
        Amount = (ValueColumn<decimal>)Column("amount");
    }

    /// <summary>The columns of <c>public.payments</c>, in its order.</summary>
    public IReadOnlyList<ArchiveColumn> Payment { get; }

    /// <summary>The same and the settlement.</summary>
    public IReadOnlyList<ArchiveColumn> All { get; }

    /// <summary>Null where no settlement holds the payment.</summary>
    public TextColumn Settlement { get; } = new("settlement_id", Varchar);

    public TextColumn Id { get; }

    public TextColumn Currency { get; }

    public TextColumn Status { get; }

    public ValueColumn<decimal> Amount { get; }

    /// <summary>Those that the table had when a month was archived; what it has got since keeps its default.</summary>
    /// <exception cref="ArchiveRefusedException">The table has lost one of them.</exception>
    public ArchiveColumns Only(string[] names) => names.Except(Payment.Select(column => column.Name)).FirstOrDefault() is { } lost
        ? throw new ArchiveRefusedException($"payments has no column {lost} any more, which the archive holds.")
        : new([.. names.Select(Column)]);

    /// <summary>Reads which columns the table has.</summary>
    /// <exception cref="NotSupportedException">One of them has a type that an archive does not know yet.</exception>
    public static async Task<ArchiveColumns> LoadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "select column_name, type_oid, numeric_precision, numeric_scale from pipeline.list_payment_columns()", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var columns = new List<ArchiveColumn>();
        while (await reader.ReadAsync(cancellationToken))
        {
            columns.Add(Of(reader.GetString(0), reader.GetInt32(1), reader.IsDBNull(2) ? 0 : reader.GetInt32(2), reader.IsDBNull(3) ? 0 : reader.GetInt32(3)));
        }

        return new(columns);
    }

    private static ArchiveColumn Of(string name, int typeOid, int precision, int scale) => typeOid switch
    {
        Text or Char or Varchar => new TextColumn(name, typeOid),
        Boolean => new ValueColumn<bool>(name, typeOid, new DataField<bool?>(name), (rows, value) => rows.Boolean(value)),
        Int32 => new ValueColumn<int>(name, typeOid, new DataField<int?>(name), (rows, value) => rows.Int32(value)),
        Int64 => new ValueColumn<long>(name, typeOid, new DataField<long?>(name), (rows, value) => rows.Int64(value)),
        Numeric when precision > 0 => new ValueColumn<decimal>(
            name, typeOid, new DecimalDataField(name, precision, scale, isNullable: true), (rows, value) => rows.Numeric(value, scale)),
        TimestampTz => new ValueColumn<DateTime>(
            name, typeOid, new DateTimeDataField(name, DateTimeFormat.Timestamp, isAdjustedToUTC: true, DateTimeTimeUnit.Micros, isNullable: true), (rows, value) => rows.Instant(value)),
        _ => throw new NotSupportedException($"payments.{name} has the type {typeOid}, which an archive does not know how to write."),
    };

    private ArchiveColumn Column(string name) => Payment.Single(column => column.Name == name);

}
