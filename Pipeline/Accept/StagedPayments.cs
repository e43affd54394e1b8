using Npgsql;
using NpgsqlTypes;
using Payments.Pipeline.Load;
using Payments.Pipeline.Score;
using Payments.Pipeline.Validate;
using Payments.Risk.Features;

namespace Payments.Pipeline.Accept;

/// <summary>Judged payments, and what takes them into the store.</summary>
internal sealed class StagedPayments(IReadOnlyList<StagedPayment> payments)
{
    /// <summary>The well-formed payments among them, which may be accepted: whose history will be asked for.</summary>
    public List<PaymentFacts> WellFormed { get; } = [.. payments.Where(payment => payment.IsWellFormed).Select(PartyReader.FactsOf)];

    /// <summary>What takes them into the store.</summary>
    public NpgsqlBatchCommand Statement(string[] header)
    {
        var command = new NpgsqlBatchCommand("select * from pipeline.receive_payments($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)");
        Add(header, NpgsqlDbType.Text);
        AddColumn(payment => payment.RecordNumber, NpgsqlDbType.Bigint);
        AddColumn(payment => payment.LineNumber, NpgsqlDbType.Bigint);
        AddColumn(payment => payment.PaymentId, NpgsqlDbType.Text);
        AddColumn(payment => payment.CustomerId, NpgsqlDbType.Text);
        AddColumn(payment => payment.MerchantId, NpgsqlDbType.Text);
        AddColumn(AmountOf, NpgsqlDbType.Numeric);
        AddColumn(payment => payment.Currency, NpgsqlDbType.Text);
        AddColumn(payment => payment.PaymentMethod, NpgsqlDbType.Text);
        AddColumn(payment => payment.PaymentStatus, NpgsqlDbType.Text);
        AddColumn(InstantOf, NpgsqlDbType.TimestampTz);
        AddColumn(payment => payment.ProcessingSeconds, NpgsqlDbType.Integer);
        AddColumn(payment => payment.FailureReason, NpgsqlDbType.Text);
        AddColumn(payment => payment.ContentHash, NpgsqlDbType.Uuid);
        AddColumn(payment => payment.Reasons, NpgsqlDbType.Text);
        return command;

        void AddColumn<T>(Func<StagedPayment, T> value, NpgsqlDbType type)
        {
            var column = new T[payments.Count];
            for (var i = 0; i < column.Length; i++) column[i] = value(payments[i]);
            Add(column, type);
        }

        void Add(object column, NpgsqlDbType type) =>
            command.Parameters.Add(new() { Value = column, NpgsqlDbType = NpgsqlDbType.Array | type });
    }

    private static DateTime? InstantOf(StagedPayment payment) =>
        payment.Instant is { } instant ? PostgresInstant.ToDateTime(instant) : null;

    private static decimal? AmountOf(StagedPayment payment) => payment.Thousandths / 1_000m;
}
