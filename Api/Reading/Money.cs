using System.Collections.Frozen;
using System.Text.Json.Serialization.Metadata;
using Npgsql;

namespace Payments.Api.Reading;

/// <summary>A sum of money in the row's currency: JSON shows it with exactly that currency's digits.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class MoneyAttribute : Attribute;

/// <summary>A row whose sums of money are in one currency.</summary>
internal interface IInCurrency
{
    /// <summary>ISO 4217 code.</summary>
    string Currency { get; }
}

/// <summary>Knows the currencies' minor digits and writes money with them.</summary>
internal sealed class MoneyDigits(NpgsqlDataSource database)
{
    // Of a currency that the store does not list; the columns hold no more than three digits.
    private const int Unknown = 3;

    private FrozenDictionary<string, int>? _digits;

    /// <summary>Reads the currencies when they are first needed.</summary>
    public async ValueTask LoadAsync(CancellationToken cancellationToken)
    {
        if (_digits is not null)
        {
            return;
        }

        var digits = new Dictionary<string, int>();
        await using var command = database.CreateCommand("select currency, minor_digits from public.currencies");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            digits.Add(reader.GetString(0), reader.GetInt16(1));
        }

        _digits = digits.ToFrozenDictionary();
    }

    /// <summary>A step of the JSON contract: properties marked as money are read through <see cref="Round"/>.</summary>
    public void Apply(JsonTypeInfo type)
    {
        if (!type.Type.IsAssignableTo(typeof(IInCurrency)))
        {
            return;
        }

        foreach (var property in type.Properties)
        {
            if (property.Get is { } get && property.AttributeProvider?.IsDefined(typeof(MoneyAttribute), inherit: false) == true)
            {
                property.Get = row => get(row) is decimal amount ? Round(amount, ((IInCurrency)row).Currency) : null;
            }
        }
    }

    private decimal Round(decimal amount, string currency) =>
        // Adding a zero of three digits gives 5 the digits that 5.00 needs.
        decimal.Round(amount + 0.000m, _digits?.GetValueOrDefault(currency, Unknown) ?? Unknown, MidpointRounding.AwayFromZero);
}
