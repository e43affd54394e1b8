using System.Runtime.CompilerServices;
using Dapper;
using Npgsql;

namespace Payments.Api.Reading;

/// <summary>Reads rows of stored functions and views on pooled connections, one row in memory at a time.</summary>
internal sealed class Reader(NpgsqlDataSource database, MoneyDigits money)
{
    /// <summary>The rows as they arrive; the connection goes back to the pool when the caller stops.</summary>
    public async IAsyncEnumerable<TRow> StreamAsync<TRow>(
        string sql, object? parameters, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await money.LoadAsync(cancellationToken);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await foreach (var row in connection.QueryUnbufferedAsync<TRow>(sql, parameters).WithCancellation(cancellationToken))
        {
            yield return row;
        }
    }

    /// <summary>The rows of a query in its order.</summary>
    public IAsyncEnumerable<TRow> StreamAsync<TRow>(RowQuery<TRow> query, CancellationToken cancellationToken) =>
        StreamAsync<TRow>(query.Sql(), query.Parameters, cancellationToken);

    /// <summary>The only row, or null.</summary>
    public async Task<TRow?> FindAsync<TRow>(RowQuery<TRow> query, CancellationToken cancellationToken)
        where TRow : class =>
        await StreamAsync(query, cancellationToken).SingleOrDefaultAsync(cancellationToken);
}
