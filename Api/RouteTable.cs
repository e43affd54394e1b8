using Microsoft.Extensions.Options;
using Payments.Api.Alerts;
using Payments.Api.Analytics;
using Payments.Api.Archives;
using Payments.Api.Assertions;
using Payments.Api.Calendars;
using Payments.Api.Changes;
using Payments.Api.Claims;
using Payments.Api.Docs;
using Payments.Api.Doors;
using Payments.Api.Etl;
using Payments.Api.Feed;
using Payments.Api.Imports;
using Payments.Api.Lineage;
using Payments.Api.Lists;
using Payments.Api.Models;
using Payments.Api.Parameters;
using Payments.Api.Payments;
using Payments.Api.Quality;
using Payments.Api.Quarantine;
using Payments.Api.Reconciliation;
using Payments.Api.Reports;
using Payments.Api.Rescores;
using Payments.Api.Rules;
using Payments.Api.Settlements;
using Payments.Api.Simulations;
using Payments.Api.Sla;
using Payments.Api.SlowQueries;
using Payments.Api.Status;
using Payments.Pipeline.Simulations;

namespace Payments.Api;

/// <summary>Every endpoint, and who may call it.</summary>
internal static class RouteTable
{
    /// <summary>Maps the contract.</summary>
    public static void MapApi(this IEndpointRouteBuilder app)
    {
        var api = app.MapGroup("/api");
        ParameterRules.AddTo(api);

        var status = api.MapGroup("").WithTags(ApiTags.Status).AllowAnonymous();
        status.MapGet("/", Status.Index.Get).WithName("index");
        status.MapGet("/health", Health.GetAsync).WithName("health");

        var reports = api.MapGroup("/reports").WithTags(ApiTags.Reports).Reads(Role.Reader);
        reports.MapGet("/daily-summary", DailySummary.GetAsync).WithName("daily_summary");
        reports.MapGet("/failed-payments", FailedPayment.List).WithName("failed_payments");
        reports.MapGet("/sla-breaches", SlaBreach.List).WithName("sla_breaches");
        reports.MapGet("/high-risk-transactions", HighRiskTransaction.List).WithName("high_risk_transactions");

        var analytics = api.MapGroup("/analytics").WithTags(ApiTags.Analytics).Reads(Role.Reader);
        analytics.MapGet("/payment-analytics", PaymentAnalytics.List).WithName("payment_analytics");
        analytics.MapGet("/merchant-performance", MerchantPerformance.List).WithName("merchant_performance");
        analytics.MapGet("/customer-insights", CustomerInsights.List).WithName("customer_insights");

        var payments = api.MapGroup("/payments").WithTags(ApiTags.Payments).Reads(Role.Reader);
        payments.MapGet("/{id}", PaymentDetail.GetAsync).WithName("payment").ProducesProblem(StatusCodes.Status404NotFound);

        // A limit of their own: what payments may cost is bounded by how many may wait.
        var sent = api.MapGroup("/payments").WithTags(ApiTags.Payments).Reads(Role.Operator).RequireRateLimiting(ChangeLimit.PaymentPolicy)
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status413PayloadTooLarge).ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity).ProducesProblem(StatusCodes.Status429TooManyRequests);
        sent.MapPost("", ReceivePayment.PostAsync).WithName("accept_payment").WithPaymentBody();
        sent.MapPost("/batch", ReceivePayments.PostAsync).WithName("accept_payments").WithPaymentsBody();

        var claims = api.MapGroup("").WithTags(ApiTags.Claims).Reads(Role.Reader);
        claims.MapGet("/refunds", Refund.List).WithName("refunds");
        claims.MapGet("/disputes", Dispute.List).WithName("disputes");

        var alerts = api.MapGroup("/alerts").WithTags(ApiTags.Alerts).Reads(Role.Reader);
        alerts.MapGet("", Alert.List).WithName("alerts");
        alerts.MapGet("/summary", AlertSummary.GetAsync).WithName("alert_summary");
        alerts.MapGet("/rules", RuleAlert.List).WithName("rule_alerts");
        alerts.MapGet("/review-times", ReviewTime.List).WithName("review_times");
        alerts.MapGet("/{id:long}", Alert.GetAsync).WithName("alert").ProducesProblem(StatusCodes.Status404NotFound);
        alerts.MapGet("/{id:long}/payments", AlertPayment.ListAsync).WithName("alert_payments").ProducesProblem(StatusCodes.Status404NotFound);

        var feed = api.MapGroup("/feed").WithTags(ApiTags.Alerts).Reads(Role.Reader);
        feed.MapGet("", FeedStream.GetAsync).WithName("feed").ProducesProblem(StatusCodes.Status429TooManyRequests);

        var review = api.MapGroup("/alerts").WithTags(ApiTags.Alerts).Changes(Role.Operator);
        review.MapPost("/resolve", AlertChanges.ResolveAllAsync).WithName("resolve_alerts");
        review.MapPost("/rules/{id:long}/acknowledge", RuleAlert.AcknowledgeAsync).WithName("acknowledge_rule_alert")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        review.MapPut("/review-times/{severity}", ReviewTime.PutAsync).WithName("change_review_time").ProducesProblem(StatusCodes.Status404NotFound);

        var steps = review.MapGroup("/{id:long}").ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        steps.MapPost("/assign", AlertChanges.AssignAsync).WithName("assign_alert");
        steps.MapPost("/unassign", AlertChanges.UnassignAsync).WithName("unassign_alert");
        steps.MapPost("/notes", AlertChanges.NoteAsync).WithName("note_alert");
        steps.MapPost("/resolve", AlertChanges.ResolveAsync).WithName("resolve_alert");
        steps.MapPost("/reopen", AlertChanges.ReopenAsync).WithName("reopen_alert");

        var runs = api.MapGroup("/etl").WithTags(ApiTags.Etl).Reads(Role.Reader);
        runs.MapGet("/runs", Run.List).WithName("runs");
        runs.MapGet("/runs/{id:long}", Run.GetAsync).WithName("run").ProducesProblem(StatusCodes.Status404NotFound);

        var etl = api.MapGroup("/etl").WithTags(ApiTags.Etl).Changes(Role.Operator);
        etl.MapPost("/run", RunEtl.PostAsync).WithName("run_etl").ProducesProblem(StatusCodes.Status500InternalServerError);
        etl.MapPost("/runs/{id:long}/retry", RetryRun.PostAsync).WithName("retry_run").ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status500InternalServerError);

        var schema = api.MapGroup("/etl").WithTags(ApiTags.Etl).Changes(Role.Admin);
        schema.MapPost("/initialize", Initialize.PostAsync).WithName("initialize")
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status500InternalServerError);

        var accounts = api.MapGroup("/imports").WithTags(ApiTags.Imports).Reads(Role.Reader);
        accounts.MapGet("/profiles", Profile.List).WithName("import_profiles");
        accounts.MapGet("/{id:long}", ImportAccount.GetAsync).WithName("import_account").ProducesProblem(StatusCodes.Status404NotFound);

        // Refused records are quoted as they came, personal data included: a reader of reports need not see them.
        var rejected = api.MapGroup("/imports").WithTags(ApiTags.Imports).Reads(Role.Operator);
        rejected.MapGet("/{id:long}/rejected", RejectedRecord.ListAsync).WithName("rejected_records").ProducesProblem(StatusCodes.Status404NotFound);

        // Names of files and paths of hosts are nothing for readers of reports either.
        rejected.MapGet("/drop-folder", DropFolder.List).WithName("drop_folders");
        rejected.MapGet("/drop-folder/entries", DropFolderEntry.List).WithName("drop_folder_entries");

        var imports = api.MapGroup("/imports").WithTags(ApiTags.Imports).Changes(Role.Operator);
        imports.MapPost("", ReceiveImport.PostAsync).WithName("import").WithFileBody(ReceiveImport.Example).WithoutSizeLimit()
            .ProducesProblem(StatusCodes.Status408RequestTimeout).ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType).ProducesProblem(StatusCodes.Status507InsufficientStorage);

        var quarantine = api.MapGroup("/quarantine").WithTags(ApiTags.Quarantine).Reads(Role.Operator);
        quarantine.MapGet("", QuarantinedRecord.List).WithName("quarantine");
        quarantine.MapGet("/summary", QuarantineCount.List).WithName("quarantine_summary");
        quarantine.MapGet("/{import_id:long}/{record_number:long}", QuarantinedRecord.GetAsync).WithName("quarantined_record").ProducesProblem(StatusCodes.Status404NotFound);

        var handled = api.MapGroup("/quarantine").WithTags(ApiTags.Quarantine).Changes(Role.Operator);
        handled.MapPost("/replay", ReplayRecords.PostAsync).WithName("replay_records");
        handled.MapPost("/{import_id:long}/{record_number:long}/correct", CorrectRecord.PostAsync).WithName("correct_record")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        handled.MapPost("/correct", CorrectRecords.PostAsync).WithName("correct_records").WithFileBody(CorrectRecords.Example)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status408RequestTimeout)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge).ProducesProblem(StatusCodes.Status415UnsupportedMediaType);
        handled.MapPost("/dismiss", DismissRecords.PostAsync).WithName("dismiss_records");

        var trust = api.MapGroup("").WithTags(ApiTags.Trust).Reads(Role.Reader);
        trust.MapGet("/assertions", AssertionResult.List).WithName("assertions");
        trust.MapGet("/lineage/payments/{id}", PaymentStory.GetAsync).WithName("payment_lineage").ProducesProblem(StatusCodes.Status404NotFound);
        trust.MapGet("/lineage/settlements/{id}", SettlementLineage.ListAsync).WithName("settlement_lineage").ProducesProblem(StatusCodes.Status404NotFound);

        trust.MapGet("/changes", Change.List).WithName("changes");

        var checks = api.MapGroup("/assertions").WithTags(ApiTags.Trust).Changes(Role.Operator);
        checks.MapPost("/run", RunAssertions.PostAsync).WithName("run_assertions");

        var models = api.MapGroup("/models").WithTags(ApiTags.Models).Reads(Role.Reader);
        models.MapGet("", Model.List).WithName("models");
        models.MapGet("/{version:long}", Model.GetAsync).WithName("model").ProducesProblem(StatusCodes.Status404NotFound);
        api.MapGroup("/risk").WithTags(ApiTags.Models).Reads(Role.Reader).MapGet("", RiskStatus.GetAsync).WithName("risk_status");

        var learning = api.MapGroup("/models").WithTags(ApiTags.Models).Changes(Role.Admin);
        learning.MapPost("/train", ModelChanges.TrainAsync).WithName("train_model");
        learning.MapPost("/{version:long}/promote", ModelChanges.PromoteAsync).WithName("promote_model")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        learning.MapPost("/rollback", ModelChanges.RollBackAsync).WithName("roll_back_model").ProducesProblem(StatusCodes.Status409Conflict);

        var archives = api.MapGroup("/archives").WithTags(ApiTags.Archives).Reads(Role.Reader);
        archives.MapGet("", Archive.List).WithName("archives");

        var retention = api.MapGroup("/archives").WithTags(ApiTags.Archives).Changes(Role.Admin).ProducesProblem(StatusCodes.Status409Conflict);
        retention.MapPost("", ArchiveMonth.PostAsync).WithName("archive_month");
        retention.MapPost("/{month}/restore", ArchiveMonth.RestoreAsync).WithName("restore_month").ProducesProblem(StatusCodes.Status404NotFound);

        var settlements = api.MapGroup("/settlements").WithTags(ApiTags.Settlements).Reads(Role.Reader);
        settlements.MapGet("", Settlement.List).WithName("settlements");
        settlements.MapGet("/open-balances", OpenBalance.List).WithName("open_balances");
        settlements.MapGet("/commission-differences", CommissionDifference.List).WithName("commission_differences");
        settlements.MapGet("/expected-date", ExpectedDate.GetAsync).WithName("expected_date").ProducesProblem(StatusCodes.Status404NotFound);
        settlements.MapGet("/{id}", SettlementAccount.GetAsync).WithName("settlement").ProducesProblem(StatusCodes.Status404NotFound);
        settlements.MapGet("/{id}/payments", SettledPayment.ListAsync).WithName("settlement_payments").ProducesProblem(StatusCodes.Status404NotFound);

        var mended = api.MapGroup("/settlements").WithTags(ApiTags.Settlements).Changes(Role.Operator);
        mended.MapPost("/recompute", RecomputeSettlements.PostAsync).WithName("recompute_settlements").ProducesProblem(StatusCodes.Status500InternalServerError);

        var agreed = api.MapGroup("/merchants/{id}").WithTags(ApiTags.Settlements).Reads(Role.Reader).ProducesProblem(StatusCodes.Status404NotFound);
        agreed.MapGet("/settlement-terms", SettlementTerms.ListAsync).WithName("settlement_terms");
        agreed.MapGet("/fees", Fee.ListAsync).WithName("fees");

        // What merchants are paid by is a contract: changing it is not everyday work.
        var agreements = api.MapGroup("/merchants/{id}").WithTags(ApiTags.Settlements).Changes(Role.Admin)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        agreements.MapPost("/settlement-terms", SettlementTerms.PostAsync).WithName("set_settlement_terms");
        agreements.MapPost("/fees", Fee.PostAsync).WithName("add_fee");
        agreements.MapDelete("/fees/{fee_id:long}", Fee.DeleteAsync).WithName("end_fee");

        var calendars = api.MapGroup("/calendars").WithTags(ApiTags.Calendars).Reads(Role.Reader);
        calendars.MapGet("", CalendarRow.List).WithName("calendars");
        calendars.MapGet("/{code}", CalendarYear.GetAsync).WithName("calendar").ProducesProblem(StatusCodes.Status404NotFound);

        var days = api.MapGroup("/calendars").WithTags(ApiTags.Calendars).Changes(Role.Operator);
        days.MapPost("", CalendarChanges.PostAsync).WithName("create_calendar").ProducesProblem(StatusCodes.Status409Conflict);
        days.MapDelete("/{code}", CalendarChanges.DeleteAsync).WithName("delete_calendar")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        days.MapPost("/{code}/days", CalendarChanges.PostDayAsync).WithName("add_calendar_day")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        days.MapDelete("/{code}/days/{day}", CalendarChanges.DeleteDayAsync).WithName("remove_calendar_day").ProducesProblem(StatusCodes.Status404NotFound);
        var sla = api.MapGroup("/sla").WithTags(ApiTags.Sla).Reads(Role.Reader);
        sla.MapGet("/incidents", SlaIncident.List).WithName("sla_incidents");
        sla.MapGet("/incidents/{id}", SlaIncident.GetAsync).WithName("sla_incident").ProducesProblem(StatusCodes.Status404NotFound);
        sla.MapGet("/policies", SlaPolicy.List).WithName("sla_policies");
        sla.MapGet("/policies/{id:long}", SlaPolicy.GetAsync).WithName("sla_policy").ProducesProblem(StatusCodes.Status404NotFound);
        sla.MapGet("/forecast", SlaForecast.List).WithName("sla_forecast");
        sla.MapGet("/figures", SlaFigures.List).WithName("sla_figures");

        var followed = api.MapGroup("/sla/incidents/{id}").WithTags(ApiTags.Sla).Changes(Role.Operator)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        followed.MapPost("/acknowledge", SlaIncidentChanges.AcknowledgeAsync).WithName("acknowledge_sla_incident");
        followed.MapPost("/assign", SlaIncidentChanges.AssignAsync).WithName("assign_sla_incident");
        followed.MapPost("/unassign", SlaIncidentChanges.UnassignAsync).WithName("unassign_sla_incident");
        followed.MapPost("/notes", SlaIncidentChanges.NoteAsync).WithName("note_sla_incident");

        var promised = api.MapGroup("/sla/policies").WithTags(ApiTags.Sla).Changes(Role.Admin);
        promised.MapPost("", SlaPolicy.PostAsync).WithName("add_sla_policy").ProducesProblem(StatusCodes.Status409Conflict);
        promised.MapPost("/{id:long}/end", SlaPolicy.EndAsync).WithName("end_sla_policy")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);

        var measured = api.MapGroup("/risk").WithTags(ApiTags.Risk).Reads(Role.Reader);
        measured.MapGet("/drift", RiskDrift.List).WithName("risk_drift");
        measured.MapGet("/quality", RiskQuality.List).WithName("risk_quality");
        measured.MapGet("/rescores", Rescore.List).WithName("rescores");
        measured.MapGet("/rescores/{id:long}", Rescore.GetAsync).WithName("rescore").ProducesProblem(StatusCodes.Status404NotFound);

        var rescores = api.MapGroup("/risk").WithTags(ApiTags.Risk).Changes(Role.Operator);
        rescores.MapPost("/rescore", RequestRescore.PostAsync).WithName("request_rescore").ProducesProblem(StatusCodes.Status409Conflict);

        var reconciled = api.MapGroup("/reconciliation").WithTags(ApiTags.Reconciliation).Reads(Role.Reader);
        reconciled.MapGet("/runs", ReconciliationRun.List).WithName("reconciliations");
        reconciled.MapGet("/runs/{id:long}", ReconciliationRun.GetAsync).WithName("reconciliation").ProducesProblem(StatusCodes.Status404NotFound);
        reconciled.MapGet("/runs/{id:long}/findings", ReconciliationFinding.List).WithName("reconciliation_findings");
        reconciled.MapGet("/matches", ReconciliationMatch.List).WithName("matches");
        reconciled.MapGet("/matches/{id:long}", ReconciliationMatch.GetAsync).WithName("match").ProducesProblem(StatusCodes.Status404NotFound);
        reconciled.MapGet("/differences", ReconciliationDifference.List).WithName("differences");
        reconciled.MapGet("/differences/summary", DifferenceSummary.List).WithName("difference_summary");
        reconciled.MapGet("/differences/{id:long}", ReconciliationDifference.GetAsync).WithName("difference").ProducesProblem(StatusCodes.Status404NotFound);
        reconciled.MapGet("/proposals", ReconciliationProposal.List).WithName("proposals");
        reconciled.MapGet("/proposals/{id:long}", ReconciliationProposal.GetAsync).WithName("proposal").ProducesProblem(StatusCodes.Status404NotFound);
        reconciled.MapGet("/accounts", ReconciliationAccounts.List).WithName("reconciliation_accounts");
        reconciled.MapGet("/processor-lines", ProcessorLine.List).WithName("processor_lines");
        reconciled.MapGet("/payouts", ReportedPayout.List).WithName("reported_payouts");
        reconciled.MapGet("/bank-lines", BankLine.List).WithName("bank_lines");

        var reconciling = api.MapGroup("/reconciliation").WithTags(ApiTags.Reconciliation).Changes(Role.Operator).ProducesProblem(StatusCodes.Status409Conflict);
        reconciling.MapPost("/runs", ReconciliationRun.PostAsync).WithName("request_reconciliation");
        reconciling.MapPost("/matches", ReconciliationChanges.MatchAsync).WithName("make_match");

        var deciding = reconciling.MapGroup("").ProducesProblem(StatusCodes.Status404NotFound);
        deciding.MapPost("/matches/{id:long}/undo", ReconciliationChanges.UndoAsync).WithName("undo_match");
        deciding.MapPost("/differences/{id:long}/resolve", ReconciliationChanges.ResolveAsync).WithName("resolve_difference");
        deciding.MapPost("/differences/{id:long}/reopen", ReconciliationChanges.ReopenAsync).WithName("reopen_difference");
        deciding.MapPost("/proposals/{id:long}/accept", ReconciliationChanges.AcceptAsync).WithName("accept_proposal");
        deciding.MapPost("/proposals/{id:long}/reject", ReconciliationChanges.RejectAsync).WithName("reject_proposal");

        var owning = api.MapGroup("/reconciliation").WithTags(ApiTags.Reconciliation).Changes(Role.Admin).ProducesProblem(StatusCodes.Status404NotFound);
        owning.MapPut("/accounts", ReconciliationAccounts.PutAsync).WithName("save_reconciliation_account");

        // Statements name tables and columns: a reader of reports need not see them.
        var slow = api.MapGroup("/slow-queries").WithTags(ApiTags.Watch).Reads(Role.Operator);
        slow.MapGet("", SlowQuery.List).WithName("slow_queries");
        slow.MapGet("/{id:long}", SlowQuery.GetAsync).WithName("slow_query").ProducesProblem(StatusCodes.Status404NotFound);

        var stopped = api.MapGroup("/slow-queries").WithTags(ApiTags.Watch).Changes(Role.Operator);
        stopped.MapPost("/{id:long}/cancel", SlowQuery.CancelAsync).WithName("cancel_slow_query")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);

        var rules = api.MapGroup("/rules").WithTags(ApiTags.Rules).Reads(Role.Reader);
        rules.MapGet("", RuleRow.List).WithName("rules");
        rules.MapGet("/features", RuleFeature.List).WithName("rule_features");
        rules.MapGet("/audit", RiskChange.List).WithName("risk_audit");
        rules.MapGet("/backtests", Backtest.List).WithName("backtests");
        rules.MapGet("/backtests/{id:long}", Backtest.GetAsync).WithName("backtest").ProducesProblem(StatusCodes.Status404NotFound);
        rules.MapGet("/{code}", RuleDetail.GetAsync).WithName("rule").ProducesProblem(StatusCodes.Status404NotFound);
        rules.MapGet("/{code}/activity", RuleHour.List).WithName("rule_activity");
        // Changes nothing, and is called while somebody types.
        rules.MapPost("/validate", ValidateExpression.Post).WithName("validate_rule");

        var ruling = api.MapGroup("/rules").WithTags(ApiTags.Rules).Changes(Role.Operator).ProducesProblem(StatusCodes.Status409Conflict);
        ruling.MapPost("", SaveRule.PostAsync).WithName("create_rule");
        ruling.MapPost("/backtest", Backtest.PostAsync).WithName("request_backtest").ProducesProblem(StatusCodes.Status500InternalServerError);
        ruling.MapPut("/{code}", SaveRule.PutAsync).WithName("change_rule").ProducesProblem(StatusCodes.Status404NotFound);
        ruling.MapPost("/{code}/mode", SaveRule.ChangeModeAsync).WithName("change_rule_mode").ProducesProblem(StatusCodes.Status404NotFound);

        var thresholds = api.MapGroup("/risk").WithTags(ApiTags.Rules).Reads(Role.Reader);
        thresholds.MapGet("/thresholds", Thresholds.GetAsync).WithName("thresholds");

        var limits = api.MapGroup("/risk").WithTags(ApiTags.Rules).Changes(Role.Operator);
        limits.MapPut("/thresholds", Thresholds.PutAsync).WithName("change_thresholds").ProducesProblem(StatusCodes.Status409Conflict);

        var lists = api.MapGroup("").WithTags(ApiTags.Lists).Reads(Role.Reader);
        lists.MapGet("/lists", ListEntry.All).WithName("lists");
        lists.MapGet("/lists/{id:long}", ListEntry.GetAsync).WithName("list_entry").ProducesProblem(StatusCodes.Status404NotFound);
        lists.MapGet("/suppressions", Suppression.List).WithName("suppressions");
        lists.MapGet("/suppressions/{id:long}", Suppression.GetAsync).WithName("suppression").ProducesProblem(StatusCodes.Status404NotFound);

        var listing = api.MapGroup("").WithTags(ApiTags.Lists).Changes(Role.Operator);
        listing.MapPost("/lists", ListEntry.PostAsync).WithName("add_list_entry").ProducesProblem(StatusCodes.Status409Conflict);
        listing.MapDelete("/lists/{id:long}", ListEntry.DeleteAsync).WithName("remove_list_entry").ProducesProblem(StatusCodes.Status404NotFound);
        listing.MapPost("/suppressions", Suppression.PostAsync).WithName("add_suppression").ProducesProblem(StatusCodes.Status409Conflict);
        listing.MapDelete("/suppressions/{id:long}", Suppression.DeleteAsync).WithName("remove_suppression").ProducesProblem(StatusCodes.Status404NotFound);

        if (!app.ServiceProvider.GetRequiredService<IOptions<SimulationOptions>>().Value.Enabled) return;

        var issues = api.MapGroup("/simulations").WithTags(ApiTags.Simulations).Reads(Role.Operator);
        issues.MapGet("", Simulation.List).WithName("simulations");

        var simulations = api.MapGroup("/simulations").WithTags(ApiTags.Simulations).Changes(Role.Operator);
        simulations.MapPost("/{issue}", Simulation.PostAsync).WithName("simulate")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status500InternalServerError);
    }

    private static RouteGroupBuilder Reads(this RouteGroupBuilder group, string policy) => group
        .RequireAuthorization(policy)
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status401Unauthorized)
        .ProducesProblem(StatusCodes.Status403Forbidden)
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static RouteGroupBuilder Changes(this RouteGroupBuilder group, string policy) => group
        .Reads(policy)
        .RequireRateLimiting(ChangeLimit.Policy)
        .ProducesProblem(StatusCodes.Status429TooManyRequests);
}
