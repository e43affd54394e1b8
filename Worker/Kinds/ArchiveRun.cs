using Microsoft.Extensions.Options;
using Payments.Pipeline.Archive;
using Payments.Pipeline.Retention;
using Payments.Pipeline.Runs;

namespace Payments.Worker.Kinds;

/// <summary>Archives the month that was asked for; without one every month that is older than <c>Retention:PaymentMonths</c>, the held ones left for another night.</summary>
internal sealed class ArchiveRun(ArchiveStage archive, IOptions<RetentionOptions> retention, ILogger<ArchiveRun> logger) : IRunWork
{
    /// <inheritdoc/>
    public async Task<object?> DoAsync(RunContext run, string parameters, CancellationToken cancellationToken)
    {
        var asked = RunJson.Read<Parameters>(parameters);
        var today = DateOnly.FromDateTime(run.Clock.GetUtcNow().UtcDateTime);
        var result = new Result([], []);
        foreach (var month in await MonthsAsync(run, asked, today, cancellationToken))
        {
            var obstacles = await ArchiveStage.FindObstaclesAsync(run.DataSource, month, today, asked.Force, cancellationToken);
            if (obstacles.Count == 0)
            {
                result.Archived.Add(await archive.RunAsync(run, month, cancellationToken));
                continue;
            }

            var held = new HeldMonth(PaymentMonth.Write(month), obstacles);
            if (asked.Month is not null) throw new ArchiveRefusedException(held.Text);
            logger.LogWarning("Run {RunId}: {Held}", run.RunId, held.Text);
            result.Held.Add(held);
        }

        return result;
    }

    private async Task<IReadOnlyList<DateOnly>> MonthsAsync(RunContext run, Parameters asked, DateOnly today, CancellationToken cancellationToken)
    {
        if (asked.Month is { } text)
        {
            return [PaymentMonth.Parse(text) ?? throw new ArchiveRefusedException($"'{text}' is no month (YYYY-MM).")];
        }

        return retention.Value.PaymentMonths is { } months
            ? await ArchiveStage.ListMonthsAsync(run.DataSource, new DateOnly(today.Year, today.Month, 1).AddMonths(-months), cancellationToken)
            : [];
    }

    private sealed record Parameters(string? Month = null, bool Force = false);

    private sealed record Result(List<ArchivedMonth> Archived, List<HeldMonth> Held);

    private sealed record HeldMonth(string Month, IReadOnlyList<string> Obstacles)
    {
        public string Text => $"{Month} cannot be archived: {string.Join("; ", Obstacles)}.";
    }
}
