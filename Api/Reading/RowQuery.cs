using System.Reflection;
using System.Text.Json;
using Dapper;

namespace Payments.Api.Reading;

/// <summary>A column of a total order.</summary>
/// <param name="Column">The column's name.</param>
/// <param name="Descending">Largest first.</param>
internal sealed record OrderColumn(string Column, bool Descending = false);

/// <summary>Rows of one function or view, in a total order: the record's properties are the columns that are read.</summary>
/// <typeparam name="TRow">Positional record in column order.</typeparam>
/// <param name="from">The function with its parameters, or the view.</param>
/// <param name="order">Ends in a key, so that the order is total and a page has an exact end.</param>
internal sealed class RowQuery<TRow>(string from, params OrderColumn[] order)
{
    private static readonly Dictionary<string, PropertyInfo> Columns = typeof(TRow)
        .GetConstructors().MaxBy(constructor => constructor.GetParameters().Length)!
        .GetParameters()
        .Select(parameter => typeof(TRow).GetProperty(parameter.Name!)!)
        .ToDictionary(property => JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name));

    private readonly List<string> _conditions = [];
    private int? _limit;

    /// <summary>Values of the parameters named in <c>from</c>.</summary>
    public DynamicParameters Parameters { get; } = new();

    /// <summary>Sets a parameter named in <c>from</c>.</summary>
    public RowQuery<TRow> With(string name, object? value)
    {
        Parameters.Add(name, value);
        return this;
    }

    /// <summary>Keeps the rows that meet a condition; all conditions must hold.</summary>
    public RowQuery<TRow> Where(string condition)
    {
        _conditions.Add(condition);
        return this;
    }

    /// <summary>Begins behind the row that the cursor marks; null begins at the first.</summary>
    /// <exception cref="Parameters.InvalidParameterException">The cursor is not one of this list.</exception>
    public RowQuery<TRow> After(string? cursor)
    {
        if (cursor is null)
        {
            return this;
        }

        var key = Cursor.Read(cursor, [.. order.Select(part => Columns[part.Column].PropertyType)]);
        for (var i = 0; i < key.Length; i++)
        {
            Parameters.Add($"after{i}", key[i]);
        }

        // The first, redundant comparison is the one that an index can start from.
        var first = order[0];
        return Where($"{first.Column} {(first.Descending ? "<=" : ">=")} @after0").Where(Behind(0));
    }

    /// <summary>Ends after so many rows.</summary>
    public RowQuery<TRow> Take(int? limit)
    {
        _limit = limit;
        return this;
    }

    /// <summary>Marks a row's place in the order, for <see cref="After"/>.</summary>
    public string CursorAt(TRow row) => Cursor.Write([.. order.Select(part => Columns[part.Column].GetValue(row))]);

    /// <summary>The statement.</summary>
    public string Sql() => string.Join(
        '\n',
        new[]
        {
            $"select {string.Join(", ", Columns.Keys)}",
            $"from {from}",
            _conditions.Count == 0 ? null : $"where {string.Join(" and ", _conditions)}",
            order.Length == 0 ? null : $"order by {string.Join(", ", order.Select(part => part.Column + (part.Descending ? " desc" : "")))}",
            _limit is null ? null : $"limit {_limit}",
        }.OfType<string>());

    private string Behind(int i)
    {
        var further = $"{order[i].Column} {(order[i].Descending ? '<' : '>')} @after{i}";
        return i == order.Length - 1 ? further : $"({further} or ({order[i].Column} = @after{i} and {Behind(i + 1)}))";
    }
}
