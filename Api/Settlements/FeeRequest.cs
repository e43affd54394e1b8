using System.Text.Json.Serialization;
using Payments.Api.Docs;
using Payments.Api.Parameters;
using Payments.Api.Rules;
using Payments.Pipeline;

namespace Payments.Api.Settlements;

/// <summary>A fee to be agreed on.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record FeeRequest : IExample<FeeRequest>
{
    private const decimal Largest = 999_999_999_999_999m;

    private static readonly string[] Methods = ["CREDIT_CARD", "DEBIT_CARD", "BANK_TRANSFER", "PAYPAL", "CRYPTO", "WALLET"];

    /// <inheritdoc/>
    public static FeeRequest Example { get; } = new() { PaymentMethod = "CREDIT_CARD", Currency = "USD", Percent = 1.9m, FixedAmount = 0.30m, MinimumAmount = 0.50m, ValidFrom = new(2026, 2, 1), Note = "contract 2026/4" };

    /// <summary>Only for this method; without it for every method, and payments without one.</summary>
    public string? PaymentMethod { get; init; }

    /// <summary>Only in this currency (ISO 4217); without it in every currency. A fixed or minimum amount needs one.</summary>
    public string? Currency { get; init; }

    /// <summary>Percent of the amount, 0 to 100.</summary>
    public decimal Percent { get; init; }

    /// <summary>Per payment, in the currency.</summary>
    public decimal FixedAmount { get; init; }

    /// <summary>At least this much per payment, in the currency.</summary>
    public decimal MinimumAmount { get; init; }

    /// <summary>First processing day.</summary>
    public DateOnly? ValidFrom { get; init; }

    /// <summary>First processing day on which it no longer holds; without it, until a later fee of its method and currency.</summary>
    public DateOnly? ValidUntil { get; init; }

    /// <summary>Why, for the list of changes.</summary>
    public string? Note { get; init; }

    /// <summary>Refuses a fee that the store would not keep.</summary>
    /// <exception cref="InvalidParameterException">It says which member, and how to put it right.</exception>
    public void Check(Currencies currencies)
    {
        RuleTexts.RequireOneOf("payment_method", PaymentMethod, Methods);
        var digits = Currency is null ? (int?)null : currencies.MinorDigits(Currency)
            ?? throw new InvalidParameterException("currency", "must be a currency of ISO 4217 in capitals, for example USD");
        Settlements.Percent.Check("percent", Percent);
        CheckMoney("fixed_amount", FixedAmount, digits);
        CheckMoney("minimum_amount", MinimumAmount, digits);
        Validity.Check(ValidFrom, ValidUntil);
        RequestTexts.CheckNote("note", Note);
    }

    private void CheckMoney(string name, decimal amount, int? digits)
    {
        if (amount is < 0 or > Largest) throw new InvalidParameterException(name, "must be 0 or more");
        if (amount != 0 && digits is null) throw new InvalidParameterException(name, "needs a currency: give one, or leave it out");
        if (digits is { } known && decimal.Round(amount, known) != amount) throw new InvalidParameterException(name, $"must have at most the {known} decimals of {Currency}");
    }
}
