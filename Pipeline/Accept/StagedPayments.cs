using System.Buffers.Binary;
using System.Text;
using Npgsql;
using NpgsqlTypes;
using Payments.Pipeline.Load;
using Payments.Risk.Features;

namespace Payments.Pipeline.Accept;

/// <summary>Judged payments, column by column as <c>pipeline.receive_payments</c> takes them: taken from rows as files have them.</summary>
internal sealed class StagedPayments
{
    private readonly List<long> _records = [];
    private readonly List<long> _lines = [];
    private readonly List<string?> _paymentIds = [];
    private readonly List<string?> _customerIds = [];
    private readonly List<string?> _merchantIds = [];
    private readonly List<decimal?> _amounts = [];
    private readonly List<string?> _currencies = [];
    private readonly List<string?> _methods = [];
    private readonly List<string?> _statuses = [];
    private readonly List<DateTime?> _instants = [];
    private readonly List<int?> _seconds = [];
    private readonly List<string?> _failures = [];
    private readonly List<Guid?> _hashes = [];
    private readonly List<string?> _reasons = [];

    /// <summary>The well-formed payments among them, which may be accepted: whose history will be asked for.</summary>
    public List<PaymentFacts> WellFormed { get; } = [];

    /// <summary>Adds a row of the COPY format.</summary>
    /// <param name="row">The row.</param>
    /// <param name="columns">Names of its columns.</param>
    public void Add(ReadOnlySpan<byte> row, IReadOnlyList<string> columns)
    {
        var at = sizeof(short);
        foreach (var column in columns)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(row[at..]);
            at += sizeof(int);
            var isNull = length < 0;
            var value = isNull ? default : row.Slice(at, length);
            at += value.Length;
            switch (column)
            {
                case "lane" or "batch_id":
                    break;
                case "record_number":
                    _records.Add(BinaryPrimitives.ReadInt64BigEndian(value));
                    break;
                case "line_number":
                    _lines.Add(BinaryPrimitives.ReadInt64BigEndian(value));
                    break;
                case "payment_id":
                    _paymentIds.Add(Text(isNull, value));
                    break;
                case "customer_id":
                    _customerIds.Add(Text(isNull, value));
                    break;
                case "merchant_id":
                    _merchantIds.Add(Text(isNull, value));
                    break;
                case "amount":
                    _amounts.Add(isNull ? null : Numeric(value));
                    break;
                case "currency":
                    _currencies.Add(Text(isNull, value));
                    break;
                case "payment_method":
                    _methods.Add(Text(isNull, value));
                    break;
                case "payment_status":
                    _statuses.Add(Text(isNull, value));
                    break;
                case "transaction_date":
                    _instants.Add(isNull ? null : PostgresInstant.ToDateTime(BinaryPrimitives.ReadInt64BigEndian(value)));
                    break;
                case "processing_time_seconds":
                    _seconds.Add(isNull ? null : BinaryPrimitives.ReadInt32BigEndian(value));
                    break;
                case "failure_reason":
                    _failures.Add(Text(isNull, value));
                    break;
                case "content_hash":
                    _hashes.Add(isNull ? null : new Guid(value, bigEndian: true));
                    break;
                case "reasons":
                    _reasons.Add(isNull ? null : Texts(value));
                    break;
                default:
                    if (!isNull) throw new InvalidOperationException($"Payments of the API have no {column}.");
                    break;
            }
        }

        if (_reasons[^1] is null) AddWellFormed();
    }

    /// <summary>What takes them into the store.</summary>
    public NpgsqlBatchCommand Statement(string[] header)
    {
        var command = new NpgsqlBatchCommand("select * from pipeline.receive_payments($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)");
        Add(header, NpgsqlDbType.Array | NpgsqlDbType.Text);
        Add(_records, NpgsqlDbType.Array | NpgsqlDbType.Bigint);
        Add(_lines, NpgsqlDbType.Array | NpgsqlDbType.Bigint);
        Add(_paymentIds, NpgsqlDbType.Array | NpgsqlDbType.Text);
        Add(_customerIds, NpgsqlDbType.Array | NpgsqlDbType.Text);
        Add(_merchantIds, NpgsqlDbType.Array | NpgsqlDbType.Text);
        Add(_amounts, NpgsqlDbType.Array | NpgsqlDbType.Numeric);
        Add(_currencies, NpgsqlDbType.Array | NpgsqlDbType.Text);
        Add(_methods, NpgsqlDbType.Array | NpgsqlDbType.Text);
        Add(_statuses, NpgsqlDbType.Array | NpgsqlDbType.Text);
        Add(_instants, NpgsqlDbType.Array | NpgsqlDbType.TimestampTz);
        Add(_seconds, NpgsqlDbType.Array | NpgsqlDbType.Integer);
        Add(_failures, NpgsqlDbType.Array | NpgsqlDbType.Text);
        Add(_hashes, NpgsqlDbType.Array | NpgsqlDbType.Uuid);
        Add(_reasons, NpgsqlDbType.Array | NpgsqlDbType.Text);
        return command;

        void Add(object value, NpgsqlDbType type) => command.Parameters.Add(new() { Value = value, NpgsqlDbType = type });
    }

    private static string? Text(bool isNull, ReadOnlySpan<byte> value) => isNull ? null : Encoding.UTF8.GetString(value);

    // As CopyRows.TextArray writes them.
    private static string Texts(ReadOnlySpan<byte> value)
    {
        var texts = new List<string>();
        for (var at = 20; at < value.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(value[at..]);
            texts.Add(Encoding.UTF8.GetString(value.Slice(at + sizeof(int), length)));
            at += sizeof(int) + length;
        }

        return string.Join(' ', texts);
    }

    // Not negative, as CopyRows.Numeric writes them.
    private static decimal Numeric(ReadOnlySpan<byte> value)
    {
        var groups = BinaryPrimitives.ReadInt16BigEndian(value);
        var weight = BinaryPrimitives.ReadInt16BigEndian(value[2..]);
        var number = 0m;
        var unit = 1m;
        for (var i = 0; i < weight; i++) unit *= 10_000m;
        for (var i = weight; i < 0; i++) unit /= 10_000m;
        for (var i = 0; i < groups; i++, unit /= 10_000m) number += BinaryPrimitives.ReadInt16BigEndian(value[(8 + (2 * i))..]) * unit;
        return number;
    }

    private void AddWellFormed() => WellFormed.Add(new()
    {
        PaymentId = _paymentIds[^1]!,
        CustomerId = _customerIds[^1]!,
        MerchantId = _merchantIds[^1]!,
        Thousandths = (long)(_amounts[^1]!.Value * 1_000),
        Currency = _currencies[^1]!,
        PaymentStatus = _statuses[^1]!,
        Instant = Instants.From(_instants[^1]!.Value),
    });
}
