using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Npgsql;
using Payments.Risk.Features;

namespace Payments.Pipeline.Rescore;

/// <summary>
/// Passes over stored payments in the order of time, then id, each with the features that it had at its instant: made by the classes that score
/// batches, of the payments before it, the labels known by then, and earlier payments in the status that they had by then. Customers and merchants are as they
/// are now. Payments of archived months are not in the store: they are left out, and count in nobody's features.
/// </summary>
/// <remarks>
/// Reading, computing and the caller's own work go on beside one another. What is kept is some 30 days of payments, however long the history.
/// </remarks>
/// <param name="dataSource">Connections that may read payments, labels and assessments.</param>
public sealed class HistoricalFeatures(NpgsqlDataSource dataSource)
{
    private const int PagesAhead = 8;
    // A look at every party that is kept costs as much as some thousand payments.
    private const int LeastBetweenEvictions = 50_000;

    /// <summary>How long before the first payment asked for the history begins: what its features look back at.</summary>
    public static readonly TimeSpan WarmUp = TimeSpan.FromDays(PaymentHistory.MerchantDays);

    /// <summary>Streams the payments of a half-open time, page by page, as the features of each are computed.</summary>
    /// <param name="from">The first instant, UTC.</param>
    /// <param name="until">The first instant that is no more asked for, UTC.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>Pages of some hundred payments; they are the caller's to keep.</returns>
    public async IAsyncEnumerable<IReadOnlyList<HistoricalPayment>> ReadAsync(
        DateTime from, DateTime until, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var stored = Channel.CreateBounded<StoredPage>(new BoundedChannelOptions(PagesAhead) { SingleReader = true, SingleWriter = true });
        var computed = Channel.CreateBounded<IReadOnlyList<HistoricalPayment>>(new BoundedChannelOptions(PagesAhead) { SingleReader = true, SingleWriter = true });
        var work = Task.WhenAll(
            Task.Run(() => CompleteAsync(stored.Writer, () => StoredPages.WriteAsync(dataSource, Begin(from), until, stored.Writer, stopping.Token)), stopping.Token),
            Task.Run(() => CompleteAsync(computed.Writer, () => ComputeAsync(from, stored.Reader, computed.Writer, stopping.Token)), stopping.Token));
        try
        {
            await foreach (var page in computed.Reader.ReadAllAsync(stopping.Token)) yield return page;
        }
        finally
        {
            // A caller that has seen enough stops the others; what they meet then is not its concern.
            await stopping.CancelAsync();
            await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static DateTime Begin(DateTime from) => from.Date - WarmUp;

    private static async Task CompleteAsync<T>(ChannelWriter<T> writer, Func<Task> work)
    {
        try
        {
            await work();
            writer.Complete();
        }
        catch (Exception error)
        {
            // Whoever reads the channel meets the error there.
            writer.Complete(error);
        }
    }

    private static async Task ComputeAsync(DateTime from, ChannelReader<StoredPage> pages, ChannelWriter<IReadOnlyList<HistoricalPayment>> computed, CancellationToken cancellationToken)
    {
        var first = Instants.From(from);
        var pass = new FeaturePass();
        await foreach (var page in pages.ReadAllAsync(cancellationToken))
        {
            pass.Expect(page.Frauds, page.Failures);
            var result = new List<HistoricalPayment>(page.Payments.Count);
            foreach (var payment in page.Payments)
            {
                pass.ComeTo(payment.Facts.Instant);
                if (payment.Facts.Instant >= first)
                {
                    result.Add(new(payment.Facts.ToSubject(pass.Compute(payment.Facts)), payment.Label, payment.Stored));
                }

                pass.Add(payment.Facts);
            }

            if (result.Count > 0) await computed.WriteAsync(result, cancellationToken);
        }
    }

    /// <summary>The history as the pass has come along: what is known by each instant, and nothing that is looked back at no more.</summary>
    private sealed class FeaturePass
    {
        private readonly PaymentHistory _history = new();
        private readonly Queue<KnownFraud> _frauds = [];
        private readonly Queue<Failure> _failures = [];
        private int _day;
        private int _added;

        public void Expect(IEnumerable<KnownFraud> frauds, IEnumerable<Failure> failures)
        {
            foreach (var fraud in frauds) _frauds.Enqueue(fraud);
            foreach (var failure in failures) _failures.Enqueue(failure);
        }

        public void ComeTo(long instant)
        {
            while (_frauds.TryPeek(out var fraud) && fraud.KnownAt <= instant)
            {
                _frauds.Dequeue();
                _history.AddFraud(fraud.CustomerId, fraud.MerchantId, fraud.PaymentId, fraud.PaidAt, fraud.KnownAt);
            }

            while (_failures.TryPeek(out var failure) && failure.FailedAt <= instant)
            {
                _failures.Dequeue();
                _history.Fail(failure.CustomerId, failure.MerchantId, failure.PaymentId, failure.PaidAt, failure.Currency);
            }

            var day = Instants.DayOf(instant);
            if (day == _day || _added < LeastBetweenEvictions) return;
            _history.Evict(instant);
            (_day, _added) = (day, 0);
        }

        public double[] Compute(PaymentFacts payment)
        {
            var features = new double[FeatureCatalogue.Count];
            _history.Compute(payment, features);
            return features;
        }

        public void Add(PaymentFacts payment)
        {
            _history.Add(payment);
            _added++;
        }
    }
}
