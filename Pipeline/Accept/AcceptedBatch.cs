using Npgsql;
using NpgsqlTypes;
using Payments.Pipeline.Alerts;
using Payments.Pipeline.Load;
using Payments.Pipeline.Runs;
using Payments.Pipeline.Score;
using Payments.Risk.Engine;
using Payments.Risk.Features;

namespace Payments.Pipeline.Accept;

/// <summary>Payments of several requests in one transaction: staged, validated, scored and loaded as a batch of a file is, and answered when they are durable.</summary>
internal sealed class AcceptedBatch(Lane lane, LiveStager stager, AcceptSource source, AcceptOptions options, BatchScorer scorer, TimeProvider clock)
{
    private const string Conflict = "payment_id.conflict";
    private const string Archived = "payment_id.archived";
    private const string Rules = "rules";
    private const int LoadSeconds = 300;
    private static readonly string[] Forest = ["forest"];
    private static readonly string[] Model = ["model"];
    private readonly Dictionary<LiveRequest, AcceptResult> _settled = [];
    private readonly Dictionary<LiveRequest, Exception> _turnedAway = [];
    private LivePayment[] _payments = [];
    private AcceptedPayment?[] _accepted = [];

    /// <summary>Runs the transaction and completes the requests; after a fault none is complete, and nothing of them is stored.</summary>
    public async Task RunAsync(IReadOnlyList<LiveRequest> requests, AcceptTurns.Turn turn, CancellationToken cancellationToken)
    {
        await using (var transaction = await lane.Connection.BeginTransactionAsync(cancellationToken))
        {
            var open = await FindAnswersAsync(requests, cancellationToken);
            _payments = [.. open.SelectMany(request => request.Payments)];
            if (_payments.Length > 0 && !await StoreAsync(open, turn, cancellationToken)) await transaction.RollbackAsync(cancellationToken);
        }

        foreach (var (request, result) in _settled) request.Complete(result);
        foreach (var (request, error) in _turnedAway) request.Fail(error);
    }

    /// <summary>Keeps the answer to a request whose payments were stored before, part by part.</summary>
    public async Task KeepAsync(LiveRequest request, KeptAnswer answer, CancellationToken cancellationToken)
    {
        await using var transaction = await lane.Connection.BeginTransactionAsync(cancellationToken);
        if ((await FindAnswersAsync([request], cancellationToken)).Count == 0) return;
        await using var batch = new NpgsqlBatch(lane.Connection) { BatchCommands = { KeepAnswers([(request.Key!, answer)]) } };
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    // The requests that have not been answered yet; keys are locked until the transaction ends.
    private async Task<List<LiveRequest>> FindAnswersAsync(IReadOnlyList<LiveRequest> requests, CancellationToken cancellationToken)
    {
        var open = requests.ToList();
        var keyed = open.FindAll(request => request.Key is not null);
        if (keyed.Count == 0) return open;
        await using var command = lane.Command(
            "select place, is_held, request_hash, answer_status, answer_location, answer_body from pipeline.find_answers($1, $2, $3)",
            keyed.ConvertAll(request => request.Key!.Caller),
            keyed.ConvertAll(request => request.Key!.Key),
            clock.GetUtcNow().UtcDateTime.AddHours(-options.KeyHours));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var request = keyed[reader.GetInt32(0) - 1];
            open.Remove(request);
            if (reader.GetBoolean(1)) _turnedAway[request] = new KeyHeldException(request.Key!.Key);
            else if (reader.GetGuid(2) != request.Key!.Hash) _turnedAway[request] = new KeyReusedException(request.Key.Key);
            else _settled[request] = new([], new(reader.GetInt16(3), reader.IsDBNull(4) ? null : reader.GetString(4), reader.GetString(5)), IsReplayed: true);
        }

        return open;
    }

    // Whether there was anything to store; then it is committed.
    private async Task<bool> StoreAsync(List<LiveRequest> open, AcceptTurns.Turn turn, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        now = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
        _accepted = new AcceptedPayment?[_payments.Length];
        var (importId, firstNumber) = await source.NextAsync(_payments.Length, cancellationToken);
        var scores = await ReceiveAsync(stager.Stage(_payments, firstNumber, now), cancellationToken);
        var duplicates = await LookUpAsync(cancellationToken);
        Settle(open);
        var scored = scores?.Payments.Count ?? 0;
        if (scored + duplicates == 0) return false;

        // All at once, and committed with it: the totals of the day, which others wait for, are held for as short as can be.
        await turn.StoreAsync();
        await using var batch = new NpgsqlBatch(lane.Connection) { Timeout = LoadSeconds };
        foreach (var statement in scores?.Statements(lane) ?? []) batch.BatchCommands.Add(statement);
        var answers = open.FindAll(request => _settled[request].Kept is not null).ConvertAll(request => (request.Key!, _settled[request].Kept!));
        if (answers.Count > 0) batch.BatchCommands.Add(KeepAnswers(answers));
        batch.BatchCommands.Add(Store(importId, firstNumber, duplicates, scores));
        if (scored > 0 && lane.Batch.NewlyCapped.Length > 0) batch.BatchCommands.Add(Statement(RaiseStage.OfRules, lane.Batch.NewlyCapped, now));
        batch.BatchCommands.Add(new("commit"));
        (await CommitAsync(batch, cancellationToken)).Count();
        return true;
    }

    // Loads them, with whatever follows from that.
    private NpgsqlBatchCommand Store(long importId, long firstNumber, int duplicates, LiveScores? scores)
    {
        var columns = scores?.Columns ?? new(0);
        return Statement(
            "select pipeline.store_payments($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            importId, lane.Batch.Id, lane.Number, firstNumber, firstNumber + _payments.Length - 1, (long)duplicates,
            columns.Records, columns.Scores, columns.Flags, columns.Countries, scores is { HasAssessments: true });
    }

    // What it raised is heard on the way to the commit, and is true behind it.
    private static async Task<RaisedAlerts> CommitAsync(NpgsqlBatch batch, CancellationToken cancellationToken)
    {
        var raised = new RaisedAlerts(0, 0);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        do
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                raised = reader.GetName(0) switch
                {
                    "store_payments" => raised with { Payments = reader.GetInt64(0) },
                    "raise_rule_alerts" => raised with { Rules = reader.GetInt64(0) },
                    _ => raised,
                };
            }
        }
        while (await reader.NextResultAsync(cancellationToken));
        return raised;
    }

    // One turn to the store and back: what it says of the payments, and all that those may look back at which it will accept.
    private async Task<LiveScores?> ReceiveAsync(StagedPayments staged, CancellationToken cancellationToken)
    {
        // Many are looked up by what they are: when it is known which of them are accepted.
        var isFew = staged.WellFormed.Count is > 0 and <= HistoryReader.FewPayments && BatchScorer.IsOneStretch(staged.WellFormed);
        await using var batch = new NpgsqlBatch(lane.Connection) { Timeout = LoadSeconds };
        batch.BatchCommands.Add(staged.Statement(LiveStager.Header.Names));
        batch.BatchCommands.Add(new(EngineSource.AskVersions));
        var history = isFew ? HistoryReader.Ask(batch, staged.WellFormed) : null;
        EngineVersions versions;
        List<(long Record, PaymentFacts Facts)> accepted;
        await using (var reader = await batch.ExecuteReaderAsync(cancellationToken))
        {
            accepted = await ReadReceivedAsync(reader, cancellationToken);
            await reader.NextResultAsync(cancellationToken);
            versions = await EngineSource.ReadVersionsAsync(reader, cancellationToken);
            if (history is not null)
            {
                await reader.NextResultAsync(cancellationToken);
                await HistoryReader.ReadAnswersAsync(reader, history, cancellationToken);
                foreach (var (_, facts) in accepted) history.Add(facts);
            }
        }

        if (accepted.Count == 0) return null;
        var scores = await scorer.ScoreAsync(lane, versions, accepted, history, cancellationToken);
        foreach (var payment in scores.Payments)
        {
            var (record, facts, assessment) = payment;
            _accepted[(int)record - 1] = new(AcceptStatus.Stored)
            {
                PaymentId = facts.PaymentId,
                // With the digits that the store gives it.
                RiskScore = assessment.RoundedScore + 0.00m,
                Decision = assessment.Decision,
                IsSuspicious = assessment.IsFlagged,
                Reasons = assessment.Reasons,
                ScoredBy = [Rules, .. assessment.AnomalyScore is null ? [] : Forest, .. assessment.FraudProbability is null ? [] : Model],
                Versions = payment.Versions,
            };
        }

        return scores;
    }

    private async Task<List<(long Record, PaymentFacts Facts)>> ReadReceivedAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        const int Reasons = 3;
        const int Facts = 4;
        var words = new WordCache();
        var accepted = new List<(long Record, PaymentFacts Facts)>(_payments.Length);
        await reader.ReadAsync(cancellationToken);
        lane.Number = reader.GetInt16(0);
        lane.Batch.Begin(reader.GetInt64(1));
        while (await reader.ReadAsync(cancellationToken))
        {
            var record = reader.GetInt64(2);
            if (reader.IsDBNull(Reasons))
            {
                accepted.Add((record, BatchScorer.ReadFacts(reader, Facts, words)));
                continue;
            }

            var place = (int)record - 1;
            var reasons = reader.GetString(Reasons).Split(' ');
            _accepted[place] = new(reasons is [Conflict] ? AcceptStatus.Conflict : AcceptStatus.Refused) { PaymentId = _payments[place].PaymentId ?? "", Refusals = reasons };
        }

        return accepted;
    }

    // What the store knows of payments that came before, be it in this batch; how many of them are duplicates.
    private async Task<int> LookUpAsync(CancellationToken cancellationToken)
    {
        var known = Enumerable.Range(0, _payments.Length).Where(place => _accepted[place] is null or { Status: AcceptStatus.Conflict }).ToList();
        if (known.Count == 0) return 0;
        var stored = await FindStoredAsync([.. known.Select(place => _payments[place].PaymentId!).Distinct()], cancellationToken);
        var siblings = _accepted.OfType<AcceptedPayment>().Where(payment => payment.Status == AcceptStatus.Stored).ToDictionary(payment => payment.PaymentId, StringComparer.Ordinal);
        var duplicates = 0;
        foreach (var place in known)
        {
            var payment = _payments[place];
            var one = stored[payment.PaymentId!];
            if (_accepted[place] is not { } refused || (payment.IsUndated && stager.IsSameAt(payment, one.TransactionDate, one.Hash)))
            {
                _accepted[place] = siblings.TryGetValue(payment.PaymentId!, out var sibling) ? sibling with { Status = AcceptStatus.Duplicate } : one.AsDuplicate;
                duplicates++;
            }
            else if (one.IsArchived)
            {
                _accepted[place] = refused with { Refusals = [Archived] };
            }
        }

        return duplicates;
    }

    private async Task<Dictionary<string, StoredPayment>> FindStoredAsync(string[] ids, CancellationToken cancellationToken)
    {
        var stored = new Dictionary<string, StoredPayment>(StringComparer.Ordinal);
        await using var command = lane.Command(
            "select payment_id, transaction_date, content_hash, risk_score, is_suspicious, decision, reasons, is_archived from pipeline.find_stored_payments($1)", [ids]);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            decimal? score = reader.IsDBNull(3) ? null : reader.GetDecimal(3);
            var duplicate = new AcceptedPayment(AcceptStatus.Duplicate)
            {
                PaymentId = reader.GetString(0),
                RiskScore = score,
                Decision = score is null ? null : DecisionNames.Parse(reader.GetString(5)),
                Reasons = RunJson.Read<List<Reason>>(reader.GetString(6)),
                IsSuspicious = !reader.IsDBNull(4) && reader.GetBoolean(4),
            };
            stored[duplicate.PaymentId] = new(reader.GetDateTime(1), reader.GetGuid(2), reader.GetBoolean(7), duplicate);
        }

        return stored;
    }

    private void Settle(List<LiveRequest> open)
    {
        var from = 0;
        foreach (var request in open)
        {
            AcceptedPayment[] accepted = [.. _accepted[from..(from + request.Payments.Count)].Select(payment => payment!)];
            var isKept = request.Key is not null && accepted.Any(payment => payment.Status is AcceptStatus.Stored or AcceptStatus.Duplicate);
            _settled[request] = new(accepted, isKept ? request.Compose(accepted) : null, IsReplayed: false);
            from += accepted.Length;
        }
    }

    private static NpgsqlBatchCommand KeepAnswers(List<(RequestKey Key, KeptAnswer Answer)> answers)
    {
        var command = Statement(
            "select pipeline.keep_answers($1, $2, $3, $4, $5, $6)",
            answers.ConvertAll(answer => answer.Key.Caller),
            answers.ConvertAll(answer => answer.Key.Key),
            answers.ConvertAll(answer => answer.Key.Hash),
            answers.ConvertAll(answer => answer.Answer.Status));
        command.Parameters.Add(new() { Value = answers.ConvertAll(answer => answer.Answer.Location), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = answers.ConvertAll(answer => answer.Answer.Body), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        return command;
    }

    private static NpgsqlBatchCommand Statement(string sql, params object[] parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters) command.Parameters.Add(new() { Value = parameter });
        return command;
    }

    private sealed record StoredPayment(DateTime TransactionDate, Guid Hash, bool IsArchived, AcceptedPayment AsDuplicate);
}
