using Npgsql;
using Parquet;
using Parquet.Schema;
using Payments.Pipeline.Load;

namespace Payments.Pipeline.Archive;

/// <summary>One column of a row group: filled from the database or from a file, and given out to either.</summary>
/// <param name="name">Its name, in the table and in the file.</param>
/// <param name="typeOid">PostgreSQL's number of its type: a row's hash is over it too.</param>
/// <param name="stored">What the file says about it.</param>
internal abstract class ArchiveColumn(string name, int typeOid, DataField stored)
{
    public string Name => name;

    public int TypeOid => typeOid;

    public DataField Field => stored;

    /// <summary>Takes the next value of a row that is read from the database.</summary>
    public abstract ValueTask TakeAsync(NpgsqlBinaryExporter rows, int row, CancellationToken cancellationToken);

    public abstract Task WriteAsync(ParquetRowGroupWriter group, int rows, CancellationToken cancellationToken);

    public abstract ValueTask ReadAsync(ParquetRowGroupReader group, DataField stored, int rows, CancellationToken cancellationToken);

    /// <summary>Appends a value as the database sends and takes it.</summary>
    public abstract void Put(CopyRows target, int row);
}

/// <summary>A column of texts.</summary>
internal sealed class TextColumn(string name, int typeOid) : ArchiveColumn(name, typeOid, new DataField(name, typeof(string), isNullable: true))
{
    private readonly string?[] _values = new string?[ArchiveColumns.GroupRows];

    public string? this[int row] => _values[row];

    public override async ValueTask TakeAsync(NpgsqlBinaryExporter rows, int row, CancellationToken cancellationToken) =>
        _values[row] = await IsNullAsync(rows, cancellationToken) ? null : await rows.ReadAsync<string>(cancellationToken);

    public override Task WriteAsync(ParquetRowGroupWriter group, int rows, CancellationToken cancellationToken) =>
        group.WriteAsync(Field, new ArraySegment<string?>(_values, 0, rows)!);

    public override ValueTask ReadAsync(ParquetRowGroupReader group, DataField stored, int rows, CancellationToken cancellationToken) =>
        group.ReadAsync(stored, _values.AsMemory(0, rows)!, null, cancellationToken);

    public override void Put(CopyRows target, int row)
    {
        if (_values[row] is { } value) target.Text(value);
        else target.Null();
    }

    internal static async ValueTask<bool> IsNullAsync(NpgsqlBinaryExporter rows, CancellationToken cancellationToken)
    {
        if (!rows.IsNull) return false;
        await rows.SkipAsync(cancellationToken);
        return true;
    }
}

/// <summary>A column of values of a fixed size.</summary>
/// <param name="name">Its name.</param>
/// <param name="typeOid">PostgreSQL's number of its type.</param>
/// <param name="field">What the file says about it.</param>
/// <param name="put">How the database takes a value.</param>
internal sealed class ValueColumn<T>(string name, int typeOid, DataField field, Action<CopyRows, T> put) : ArchiveColumn(name, typeOid, field)
    where T : struct
{
    private readonly T?[] _values = new T?[ArchiveColumns.GroupRows];

    public T? this[int row] => _values[row];

    public override async ValueTask TakeAsync(NpgsqlBinaryExporter rows, int row, CancellationToken cancellationToken) =>
        _values[row] = await TextColumn.IsNullAsync(rows, cancellationToken) ? null : await rows.ReadAsync<T>(cancellationToken);

    public override Task WriteAsync(ParquetRowGroupWriter group, int rows, CancellationToken cancellationToken) =>
        group.WriteAsync<T>(Field, _values.AsMemory(0, rows), cancellationToken: cancellationToken);

    public override ValueTask ReadAsync(ParquetRowGroupReader group, DataField stored, int rows, CancellationToken cancellationToken) =>
        group.ReadAsync<T>(stored, _values.AsMemory(0, rows), null, cancellationToken);

    public override void Put(CopyRows target, int row)
    {
        if (_values[row] is { } value) put(target, value);
        else target.Null();
    }
}
