using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Npgsql;
using Payments.Api.Docs;
using Payments.Api.Parameters;
using Payments.Api.Problems;
using Payments.Api.Reading;

namespace Payments.Api.Reconciliation;

/// <summary>An account at a processor or a bank as it is to be.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record AccountOrder : IExample<AccountOrder>
{
    private const int LongestName = 100;
    private const int MostDays = 60;

    /// <inheritdoc/>
    public static AccountOrder Example { get; } = new() { Processor = "stripe", Account = "acct_1", MerchantId = "MERCH-0007", PaysInto = "DE89370400440532013000" };

    /// <summary>stripe, adyen, …; bank: a bank account.</summary>
    public string? Processor { get; init; }

    /// <summary>As the files name it; of a bank account its IBAN; empty where files do not say.</summary>
    public string? Account { get; init; }

    /// <summary>Whose money it holds; null: of several, or not known.</summary>
    public string? MerchantId { get; init; }

    /// <summary>The bank account that its payouts go to; null: the only one of their currency.</summary>
    public string? PaysInto { get; init; }

    /// <summary>Whether the fee of each line should be our exact fee for the payment.</summary>
    public bool ComparesFees { get; init; } = true;

    /// <summary>Whether what has no counterpart is a difference.</summary>
    public bool OpensDifferences { get; init; } = true;

    /// <summary>Days that may lie between a payment and its line, 0 to 60.</summary>
    public int PaymentDays { get; init; } = 3;

    /// <summary>Days that may lie between a payout or a booking and the day it was expected on, 0 to 60.</summary>
    public int PayoutDays { get; init; } = 5;

    /// <summary>Refuses what the store would not keep.</summary>
    /// <exception cref="InvalidParameterException">Something is missing or wrong.</exception>
    public void Check()
    {
        if (string.IsNullOrWhiteSpace(Processor) || !RequestTexts.Fits(Processor, 20)) throw new InvalidParameterException("processor", "is required: a name of at most 20 characters, for example stripe");
        if (Account is null || !RequestTexts.Fits(Account, LongestName)) throw new InvalidParameterException("account", $"is required: a text of at most {LongestName} characters");
        if (MerchantId is { } merchant && (merchant.Length == 0 || !RequestTexts.Fits(merchant, 50))) throw new InvalidParameterException("merchant_id", "is no merchant; leave it out where the money is of several");
        if (PaysInto is { } bank && (string.IsNullOrWhiteSpace(bank) || !RequestTexts.Fits(bank, LongestName))) throw new InvalidParameterException("pays_into", $"must be a bank account of at most {LongestName} characters");
        if (PaysInto is not null && Processor == "bank") throw new InvalidParameterException("pays_into", "goes not with a bank account");
        if (PaymentDays is < 0 or > MostDays) throw new InvalidParameterException("payment_days", $"must be 0 to {MostDays}");
        if (PayoutDays is < 0 or > MostDays) throw new InvalidParameterException("payout_days", $"must be 0 to {MostDays}");
    }
}

/// <summary>An account at a processor or a bank: whose money it holds, and how it is reconciled.</summary>
/// <param name="Processor">stripe, adyen, …; bank: a bank account.</param>
/// <param name="Account">As the files name it; of a bank account its IBAN.</param>
/// <param name="MerchantId">Whose money it is; null: of several, or not known yet: its payouts are held against the bank only.</param>
/// <param name="PaysInto">The bank account that its payouts go to; null: the only one of their currency.</param>
/// <param name="ComparesFees">Whether the fee of each line should be our exact fee for the payment.</param>
/// <param name="OpensDifferences">Whether what has no counterpart is a difference.</param>
/// <param name="PaymentDays">Days that may lie between a payment and its line.</param>
/// <param name="PayoutDays">Days that may lie between a payout or a booking and the day it was expected on.</param>
/// <param name="CreatedAt">UTC.</param>
/// <param name="UpdatedAt">UTC.</param>
internal sealed record ReconciliationAccounts(
    string Processor,
    string Account,
    string? MerchantId,
    string? PaysInto,
    bool ComparesFees,
    bool OpensDifferences,
    int PaymentDays,
    int PayoutDays,
    DateTime CreatedAt,
    DateTime UpdatedAt) : IExample<ReconciliationAccounts>
{
    /// <inheritdoc/>
    public static ReconciliationAccounts Example { get; } = new(
        "stripe", "acct_1", "MERCH-0007", "DE89370400440532013000", true, true, 3, 5,
        new(2026, 1, 5, 9, 0, 0, DateTimeKind.Utc), new(2026, 1, 5, 9, 0, 0, DateTimeKind.Utc));

    /// <summary>Accounts.</summary>
    /// <remarks>Those that files have named are added by the next reconciliation; say then whose they are. The Link header leads on.</remarks>
    public static RowStream<ReconciliationAccounts> List(
        [FromQuery(Name = "after"), Description("Where the page before ended, from its Link header.")] string? after,
        [FromQuery(Name = "limit"), Description("Rows of a page."), Range(1, 1000)] int limit = 100) =>
        new(Query(), limit, after);

    /// <summary>Adds or changes an account.</summary>
    /// <remarks>What the body leaves out gets its default. The next reconciliation goes by it. 404 when there is no such merchant.</remarks>
    public static async Task<Results<Ok<ReconciliationAccounts>, ProblemHttpResult>> PutAsync(
        AccountOrder order, Reader reader, NpgsqlDataSource database, TimeProvider clock, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        order.Check();
        await using var command = database.CreateCommand("select pipeline.save_reconciliation_account($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)");
        object?[] values =
        [
            order.Processor, order.Account, order.MerchantId, order.PaysInto, order.ComparesFees, order.OpensDifferences, order.PaymentDays, order.PayoutDays,
            user.Identity?.Name ?? "", clock.GetUtcNow().UtcDateTime,
        ];
        foreach (var value in values) command.Parameters.Add(new() { Value = value ?? DBNull.Value });
        try
        {
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (PostgresException error) when (error.ConstraintName == "accounts_merchant_fkey")
        {
            return Problem.NotFound($"merchant {order.MerchantId}");
        }

        var saved = await reader.FindAsync(
            Query().Where("processor = @processor and account = @account").With("processor", order.Processor).With("account", order.Account), cancellationToken);
        return TypedResults.Ok(saved!);
    }

    private static RowQuery<ReconciliationAccounts> Query() => new("pipeline.list_reconciliation_accounts()", new("processor"), new("account"));
}
