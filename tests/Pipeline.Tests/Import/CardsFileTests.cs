using System.Diagnostics;
using Payments.Testing;
using Xunit.Abstractions;

namespace Payments.Pipeline.Tests.Import;

/// <summary>The card transactions of <c>../shared/data/cards</c> through the whole pipeline.</summary>
public sealed class CardsFileTests(ITestOutputHelper output)
{
    private const int Records = 556_071;

    [SkippableFact]
    public async Task Every_transaction_is_accounted_for_and_the_same_file_again_changes_nothing()
    {
        var file = SharedData.Require("cards", "transactions-2018-05-14_2018-07-10.csv.gz");
        await using var lab = await ImportLab.OpenAsync();
        var content = await File.ReadAllBytesAsync(file);

        var from = Stopwatch.GetTimestamp();
        var first = await lab.ImportAsync("handbook", content, Path.GetFileName(file));
        var elapsed = Stopwatch.GetElapsedTime(from);
        output.WriteLine($"{Records / elapsed.TotalSeconds:N0} rows/s; peak working set {Process.GetCurrentProcess().PeakWorkingSet64 / 1024 / 1024} MiB");
        foreach (var step in await lab.QueryAsync<string>("select concat_ws(' ', stage, rows_in, rows_out, duration_ms, 'ms') from ops.run_steps order by step_number")) output.WriteLine(step);

        Assert.Equal((Records, Records, 0, 0), first.Counts);
        Assert.Equal([(4_865L, 4_865L)], await lab.QueryAsync<(long, long)>("""
            select count(*), count(*) filter (where label.known_at = payment.transaction_date + interval '7 days')
            from risk.labels as label inner join public.payments as payment using (payment_id)
            """));
        await lab.AssertRollupsAreExactAsync();

        var again = await lab.ImportAsync("handbook", content, Path.GetFileName(file));
        Assert.Equal((Records, 0, Records, 0), again.Counts);
        Assert.Equal([(long)Records], await lab.QueryAsync<long>("select count(*) from public.payments"));
        await lab.AssertRollupsAreExactAsync();
    }
}
