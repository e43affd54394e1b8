using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using Payments.Pipeline.Load;

namespace Payments.Pipeline.Archive;

/// <summary>Payments and amount of a currency and status, as <c>survey_month</c> writes them too.</summary>
internal sealed record ArchiveTotal(string Currency, string Status, long Payments, decimal Amount)
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>The totals of a JSON array.</summary>
    public static List<ArchiveTotal> Read(string json) => JsonSerializer.Deserialize<List<ArchiveTotal>>(json, Json)!;
}

/// <summary>
/// Counts, totals and checksums over the payments of a file: what <c>survey_month</c> says of the same payments in the store. A row's
/// hash is over the bytes of PostgreSQL's <c>record_send</c>; sums of hashes do not depend on the order of rows.
/// </summary>
internal sealed class PaymentsProof
{
    private readonly SortedDictionary<(string Currency, string Status), (long Payments, decimal Amount)> _totals =
        new(Comparer<(string Currency, string Status)>.Create((one, other) =>
            (string.CompareOrdinal(one.Currency, other.Currency), string.CompareOrdinal(one.Status, other.Status)) switch
            {
                (0, var status) => status,
                (var currency, _) => currency,
            }));

    private readonly CopyRows _row = new();

    /// <summary>Payments.</summary>
    public long Count { get; private set; }

    /// <summary>Sum of the hashes of all their columns.</summary>
    public Int128 Checksum { get; private set; }

    /// <summary>Sum of the hashes of payment and settlement, of those that are settled.</summary>
    public Int128 SettlementChecksum { get; private set; }

    /// <summary>By currency and status.</summary>
    public IEnumerable<ArchiveTotal> Totals => _totals.Select(total => new ArchiveTotal(total.Key.Currency, total.Key.Status, total.Value.Payments, total.Value.Amount));

    /// <summary>Adds a row of the columns' current row group.</summary>
    public void Add(ArchiveColumns columns, int row)
    {
        Count++;
        Checksum += Hash(columns.Payment, row);
        if (columns.Settlement[row] is not null) SettlementChecksum += Hash([columns.Id, columns.Settlement], row);

        var key = (columns.Currency[row]!, columns.Status[row]!);
        var (payments, amount) = _totals.GetValueOrDefault(key);
        _totals[key] = (payments + 1, amount + columns.Amount[row]!.Value);
    }

    private long Hash(IReadOnlyList<ArchiveColumn> columns, int row)
    {
        _row.Clear();
        _row.Bare(columns.Count);
        foreach (var column in columns)
        {
            _row.Bare(column.TypeOid);
            column.Put(_row, row);
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(_row.Written.Span, hash);
        return BinaryPrimitives.ReadInt64BigEndian(hash);
    }
}
