using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using Payments.Pipeline.Quality;
using Payments.Pipeline.Tests.Import;
using Payments.Pipeline.Tests.Score;

namespace Payments.Pipeline.Tests.Quality;

/// <summary>What a worker tells that has just begun.</summary>
[Collection(AloneInTheProcess.Name)]
public sealed class StoredGaugesTests
{
    [Fact]
    public async Task A_worker_that_begins_tells_what_was_measured_last_and_how_far_rescores_are()
    {
        await using var lab = await ImportLab.OpenAsync();
        await lab.ExecuteAsync(
            """
            insert into ops.runs (kind, request_key, requested_by, status, attempt, started_at, finished_at)
            values ('rescore', 'a', 'command', 'running', 1, now(), null), ('rescore', 'b', 'command', 'failed', 1, now(), now());
            insert into risk.rescores (run_id, from_day, to_day, is_dry_run, raises_alerts, scored_at, rules_version, models_version, payments_expected, payments_read)
            select run_id, '2026-01-01', '2026-01-31', true, false, now(), 1, 1, 8000, 6000 from ops.runs;
            insert into ops.risk_references (models_version, source, from_day, to_day, payments, sampled) values (1, 'first_days', '2025-01-01', '2025-01-28', 10, 10);
            insert into ops.risk_drift (to_day, subject, from_day, reference_id, payments, stability_index, stability, shares, missing_share, run_id, checked_at)
            select to_day::date, 'amount', to_day::date - 6, 1, 7, index, 'shifted', '{1}', 0, 1, now() from (values ('2026-01-07', 0.5), ('2026-01-14', 0.75)) as drift (to_day, index);
            insert into ops.risk_quality (week_start, payments, labelled, frauds, is_mature, review_precision, block_precision, block_recall, average_precision, run_id, checked_at)
            values ('2025-12-29', 10, 5, 2, true, 0.1, 0.2, 0.3, 0.4, 1, now()), ('2026-01-05', 10, 5, 2, true, 0.5, null, 0.25, 0.75, 1, now()), ('2026-01-12', 10, 5, null, false, null, null, null, null, 1, now())
            """);
        var told = new ConcurrentQueue<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name.StartsWith("payments.risk.", StringComparison.Ordinal) || instrument.Name == "payments.rescore.progress") listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) =>
            told.Enqueue(string.Create(CultureInfo.InvariantCulture, $"{instrument.Name} {string.Join(' ', tags.ToArray().Select(tag => tag.Value))} {value}")));
        listener.Start();

        await StoredGauges.TellAsync(lab.Worker, default);

        Assert.Equal(
            ["payments.rescore.progress 1 0.75", "payments.risk.average_precision  0.75", "payments.risk.precision review 0.5", "payments.risk.recall block 0.25", "payments.risk.stability_index amount 0.75"],
            told.Order(StringComparer.Ordinal));
    }
}
