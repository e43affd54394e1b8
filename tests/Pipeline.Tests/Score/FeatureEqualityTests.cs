using System.Globalization;
using Npgsql;
using Payments.Pipeline.Score;
using Payments.Pipeline.Tests.Import;
using Payments.Risk.Features;

namespace Payments.Pipeline.Tests.Score;

/// <summary>A payment's features are the same numbers whoever asks: for a batch, one by one, by a pass over history, by plain SQL.</summary>
public sealed class FeatureEqualityTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Batches_single_payments_a_pass_and_the_oracle_agree(int seed)
    {
        var world = new FeatureWorld(seed);
        await using var lab = await ImportLab.OpenAsync();
        await FeatureWorld.PrepareAsync(lab);
        var shuffled = world.Payments.ToList();
        new Random(seed).Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(shuffled));
        await ImportAsync(lab, shuffled);
        await world.LabelAsync(lab);
        await lab.AssertExactAsync();

        await using var connection = await lab.Worker.OpenConnectionAsync();
        var whole = await new HistoryReader(connection).ReadAsync(world.Payments, default);
        var oracle = await OracleAsync(connection);
        var pass = new PaymentHistory();
        foreach (var (payment, knownAt) in world.Frauds) pass.AddFraud(payment.CustomerId, payment.MerchantId, payment.PaymentId, payment.Instant, knownAt);
        foreach (var payment in world.Payments)
        {
            pass.Evict(payment.Instant);
            pass.Add(payment);
            var inBatch = Row(whole, payment);
            var alone = Row(await new HistoryReader(connection).ReadAsync([payment], default), payment);
            Assert.Equal(inBatch, alone);
            Assert.Equal(inBatch, Row(pass, payment));
            AssertSame(oracle[payment.PaymentId], inBatch, payment.PaymentId);
        }

        // Windows end at different payments for the first and the last of a few.
        foreach (var few in world.Payments.Chunk(7))
        {
            var together = await new HistoryReader(connection).ReadAsync(few, default);
            foreach (var payment in few) Assert.Equal(Row(whole, payment), Row(together, payment));
        }
    }

    [Theory]
    [InlineData(11, false)]
    [InlineData(12, true)]
    public async Task What_batches_remember_is_what_the_store_says(int seed, bool comesLate)
    {
        var world = new FeatureWorld(seed, 120);
        await using var lab = await ImportLab.OpenAsync();
        await FeatureWorld.PrepareAsync(lab);
        if (comesLate) (world.Payments[5], world.Payments[100]) = (world.Payments[100], world.Payments[5]);
        // Something is stored already: not everything that is unknown is nothing.
        await ImportAsync(lab, world.Payments[..15]);

        var memory = new ScoringMemory();
        for (var from = 15; from < world.Payments.Count; from += 15)
        {
            var slice = world.Payments.GetRange(from, 15);
            await using (var connection = await lab.Worker.OpenConnectionAsync())
            {
                var remembered = await new HistoryReader(connection).ReadAsync(memory, 0, slice, default);
                var read = await new HistoryReader(connection).ReadAsync(slice, default);
                foreach (var payment in slice) Assert.Equal(Row(read, payment), Row(remembered, payment));
            }

            Assert.False(memory.IsEmpty);
            await ImportAsync(lab, slice);
            // As batches of one import, whose own payments are no surprise.
            await lab.ExecuteAsync("update ops.imports set records_read = 0, records_accepted = 0, records_rejected = 0");
        }
    }

    [Fact]
    public async Task What_others_store_in_between_is_seen()
    {
        var world = new FeatureWorld(21, 60);
        await using var lab = await ImportLab.OpenAsync();
        await FeatureWorld.PrepareAsync(lab);
        var memory = new ScoringMemory();
        await using var connection = await lab.Worker.OpenConnectionAsync();
        await new HistoryReader(connection).ReadAsync(memory, 0, world.Payments[..20], default);
        await ImportAsync(lab, world.Payments[..40]);

        var last = world.Payments[^1];
        var remembered = await new HistoryReader(connection).ReadAsync(memory, 0, [last], default);
        var read = await new HistoryReader(connection).ReadAsync([last], default);

        Assert.Equal(Row(read, last), Row(remembered, last));
    }

    [Fact]
    public async Task Nothing_that_happens_later_changes_features()
    {
        var world = new FeatureWorld(31, 80);
        await using var lab = await ImportLab.OpenAsync();
        await FeatureWorld.PrepareAsync(lab);
        await ImportAsync(lab, world.Payments[..40]);
        await using var connection = await lab.Worker.OpenConnectionAsync();
        var before = await new HistoryReader(connection).ReadAsync(world.Payments[..40], default);
        var rows = world.Payments[..40].ConvertAll(payment => Row(before, payment));

        // Merchants' whole days before a payment's day are whole: what comes later on an earlier day is late, not later.
        await ImportAsync(lab, world.Payments[40..]);
        await lab.ExecuteAsync(
            """
            insert into risk.labels (payment_id, source, is_fraud, known_at, customer_id, merchant_id, transaction_date)
            select payment_id, 'late', true, transaction_date + interval '400 days', customer_id, merchant_id, transaction_date from public.payments
            """);
        var after = await new HistoryReader(connection).ReadAsync(world.Payments[..40], default);

        Assert.Equal(rows, world.Payments[..40].ConvertAll(payment => Row(after, payment)));
    }

    private static async Task ImportAsync(ImportLab lab, List<PaymentFacts> payments)
    {
        var report = await lab.ImportAsync("payments", FeatureWorld.Csv(payments));
        Assert.True(report.Accepted == payments.Count, report.ByReasonJson);
    }

    private static double[] Row(PaymentHistory history, PaymentFacts payment)
    {
        var row = new double[FeatureCatalogue.Count];
        history.Compute(payment, row);
        return row;
    }

    private static async Task<Dictionary<string, Dictionary<string, double>>> OracleAsync(NpgsqlConnection connection)
    {
        var rows = new Dictionary<string, Dictionary<string, double>>(StringComparer.Ordinal);
        await using var command = new NpgsqlCommand(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Score", "features_oracle.sql")), connection);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            var row = new Dictionary<string, double>(StringComparer.Ordinal);
            for (var column = 1; column < reader.FieldCount; column++)
            {
                row[reader.GetName(column)] = reader.IsDBNull(column) ? double.NaN : Convert.ToDouble(reader.GetValue(column), CultureInfo.InvariantCulture);
            }

            rows[reader.GetString(0)] = row;
        }

        return rows;
    }

    private static void AssertSame(Dictionary<string, double> expected, double[] actual, string payment)
    {
        foreach (var (name, value) in expected)
        {
            Assert.True(FeatureCatalogue.TryFind(name, out var place), name);
            var isSame = double.IsNaN(value) ? double.IsNaN(actual[place]) : Math.Abs(value - actual[place]) <= 1e-9 * Math.Max(1, Math.Abs(value));
            Assert.True(isSame, string.Create(CultureInfo.InvariantCulture, $"{payment}: {name} is {actual[place]}, and the oracle says {value}."));
        }
    }
}
