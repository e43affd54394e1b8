using System.Text.Json.Serialization.Metadata;
using Npgsql;
using Payments.Pipeline;

namespace Payments.Api.Reading;

/// <summary>A sum of money in the row's currency: JSON shows it with exactly that currency's digits.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class MoneyAttribute : Attribute
{
    /// <summary>More digits where the sum has them: a fee before it is rounded.</summary>
    public bool IsExact { get; init; }
}

/// <summary>A row whose sums of money are in one currency.</summary>
internal interface IInCurrency
{
    /// <summary>ISO 4217 code.</summary>
    string Currency { get; }
}

/// <summary>Writes money with its currency's minor digits.</summary>
internal sealed class MoneyDigits(NpgsqlDataSource database)
{
    // Dividing by it leaves only the digits that count.
    private const decimal OneWithoutTrailingZeros = 1.000000000000000000000000000m;

    private Currencies? _currencies;

    /// <summary>Reads the currencies when they are first needed.</summary>
    public async ValueTask LoadAsync(CancellationToken cancellationToken) =>
        _currencies ??= await Currencies.LoadAsync(database, cancellationToken);

    /// <summary>A step of the JSON contract: properties marked as money are read through <see cref="Round"/>.</summary>
    public void Apply(JsonTypeInfo type)
    {
        if (!type.Type.IsAssignableTo(typeof(IInCurrency)))
        {
            return;
        }

        foreach (var property in type.Properties)
        {
            if (property.Get is { } get && property.AttributeProvider?.GetCustomAttributes(typeof(MoneyAttribute), inherit: false) is [MoneyAttribute money])
            {
                property.Get = row => get(row) is decimal amount ? Shown(amount, ((IInCurrency)row).Currency, money.IsExact) : null;
            }
        }
    }

    private decimal Shown(decimal amount, string currency, bool isExact)
    {
        var rounded = Round(amount, currency);
        return isExact && rounded != amount ? amount / OneWithoutTrailingZeros : rounded;
    }

    private decimal Round(decimal amount, string currency) =>
        // Adding a zero of three digits gives 5 the digits that 5.00 needs.
        decimal.Round(amount + 0.000m, _currencies?.MinorDigits(currency) ?? Currencies.MaxDigits, MidpointRounding.AwayFromZero);
}
