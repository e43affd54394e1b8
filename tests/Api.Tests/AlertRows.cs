using Dapper;
using Npgsql;

namespace Payments.Api.Tests;

/// <summary>Makes assessed payments and their alerts.</summary>
internal sealed class AlertRows(NpgsqlDataSource owner)
{
    public async Task ExecuteAsync(string sql, object? parameters = null)
    {
        await using var connection = await owner.OpenConnectionAsync();
        await connection.ExecuteAsync(sql, parameters);
    }

    /// <summary>One payment per amount and score, each of a customer of its own (<c>{name}-0</c>, …), and their alerts; returns the batch.</summary>
    public async Task<long> RaiseAsync(string name, (decimal Amount, double Score)[] payments)
    {
        await using var connection = await owner.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var batch = await connection.ExecuteScalarAsync<long>("select nextval(pg_get_serial_sequence('ops.batches', 'batch_id'))");
        foreach (var (index, (amount, score)) in payments.Index())
        {
            await connection.ExecuteAsync(
                """
                insert into public.customers (customer_id, customer_name) values (@customer, @customer) on conflict do nothing;
                insert into public.merchants (merchant_id, merchant_name) values ('ALM', 'Shop') on conflict do nothing;
                select pipeline.ensure_payment_partitions('2025-03-01', '2025-03-01');
                insert into public.payments (payment_id, customer_id, merchant_id, amount, currency, payment_status, transaction_date, risk_score, batch_id, line_number)
                values (@payment, @customer, 'ALM', @amount, 'USD', 'SUCCESS', '2025-03-01 12:00:00+00', round(@score::numeric, 2), @batch, 1);
                insert into rollup.payment_days as cell
                select payment_date, merchant_id, payment_status, '', currency, '', 1, amount, 0, 0, 0
                from (select (transaction_date at time zone 'UTC')::date as payment_date, * from public.payments where payment_id = @payment) as payment
                on conflict on constraint payment_days_pkey do update set transaction_count = cell.transaction_count + 1, total_amount = cell.total_amount + excluded.total_amount;
                insert into rollup.day_totals as cell (payment_date, currency, payment_status, transaction_count, total_amount)
                values ('2025-03-01', 'USD', 'SUCCESS', 1, @amount)
                on conflict on constraint day_totals_pkey do update set transaction_count = cell.transaction_count + 1, total_amount = cell.total_amount + excluded.total_amount;
                insert into risk.assessments (payment_id, transaction_date, customer_id, merchant_id, amount, currency, score, decision, is_flagged, rule_score, reasons, rules_version, models_version, batch_id)
                values (@payment, '2025-03-01 12:00:00+00', @customer, 'ALM', @amount, 'USD', @score, 'REVIEW', false, 0, '[{"code": "score_rule", "kind": "model", "text": "…", "contribution": 1}]', 1, 1, @batch)
                """,
                new { customer = $"{name}-{index}", payment = $"{name}-{index}-P", amount, score, batch });
        }

        await connection.ExecuteAsync("select pipeline.raise_alerts(@batch)", new { batch });
        await transaction.CommitAsync();
        return batch;
    }

    /// <summary>The alerts of the customers of a name, in their order.</summary>
    public async Task<long[]> IdsAsync(string name)
    {
        await using var connection = await owner.OpenConnectionAsync();
        return [.. await connection.QueryAsync<long>("select alert_id from risk.alerts where customer_id like @name || '-%' order by customer_id", new { name })];
    }

    /// <summary>The label of a payment, as JSON.</summary>
    public async Task<string> LabelAsync(string payment)
    {
        await using var connection = await owner.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<string>("select jsonb_build_array(is_fraud, source)::text from risk.current_labels where payment_id = @payment", new { payment }) is { } label
            ? label.Replace(" ", "", StringComparison.Ordinal)
            : "null";
    }
}
