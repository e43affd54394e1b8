using System.Diagnostics.Metrics;
using System.Text;
using Payments.Pipeline.Tests.Import;

namespace Payments.Pipeline.Tests.Score;

/// <summary>Facts about counters of the whole process, which nobody else may count in meanwhile.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneInTheProcess
{
    public const string Name = "alone in the process";
}

[Collection(AloneInTheProcess.Name)]
public sealed class AlertCountTests : IDisposable
{
    private readonly MeterListener _listener = new();
    private long _raised;

    public AlertCountTests()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "payments.alerts") listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
        {
            if (tags.ToArray().Contains(new("step", "raised"))) Interlocked.Add(ref _raised, value);
        });
        _listener.Start();
    }

    [Fact]
    public async Task Alerts_are_counted_when_their_batch_is_committed_and_not_when_it_fails_at_that()
    {
        await using var lab = await ImportLab.OpenAsync();
        await lab.AddReferencesAsync();
        await lab.ExecuteAsync(
            """
            create function public.refuse() returns trigger language plpgsql as $$ begin raise exception 'not now'; end $$;
            create constraint trigger refuse after insert on risk.alerts deferrable initially deferred for each row execute function public.refuse()
            """);
        var ticket = await lab.AcceptAsync("payments", Encoding.UTF8.GetBytes(ImportLab.PaymentsHeader + "A1,CUST00001,MERCH0001,20000.00,USD,WALLET,SUCCESS,2025-03-14T09:26:53Z\n"));

        await Assert.ThrowsAnyAsync<Exception>(() => lab.RunAsync(ticket, default));
        Assert.Equal(0, _raised);

        await lab.ExecuteAsync("drop trigger refuse on risk.alerts");
        await lab.RunAsync(ticket, default);
        Assert.Equal(1, _raised);
        Assert.Equal([1], await lab.QueryAsync<long>("select count(*) from risk.alerts"));
    }

    public void Dispose() => _listener.Dispose();
}
