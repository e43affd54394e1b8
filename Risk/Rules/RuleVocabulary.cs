using Payments.Risk.Features;

namespace Payments.Risk.Rules;

/// <summary>The names that expressions may use: every feature, the payment's attributes, and the score.</summary>
public sealed class RuleVocabulary
{
    private readonly Dictionary<string, RuleTerm> _terms;

    /// <summary>The words for these features.</summary>
    /// <param name="features">In the order in which a subject has their values.</param>
    public RuleVocabulary(IReadOnlyList<Feature> features)
    {
        ArgumentNullException.ThrowIfNull(features);
        var ofFeatures = features.Select((feature, place) =>
            new RuleTerm(feature.Name, feature.Unit == "flag" ? RuleType.Flag : RuleType.Number, feature.Unit, feature.Description, [], feature.NeedsLabels) { Place = place });
        All = [.. ofFeatures.Concat(Attributes()).DistinctBy(term => term.Name, StringComparer.Ordinal)];
        _terms = All.ToDictionary(term => term.Name, StringComparer.Ordinal);
    }

    /// <summary>The words for <see cref="FeatureCatalogue"/>.</summary>
    public static RuleVocabulary Standard { get; } = new(FeatureCatalogue.All);

    /// <summary>Every name, features first.</summary>
    public IReadOnlyList<RuleTerm> All { get; }

    /// <summary>The term of a name, or null.</summary>
    public RuleTerm? Find(string name) => _terms.GetValueOrDefault(name);

    /// <summary>The name that somebody who wrote this may have meant, or null.</summary>
    internal string? Nearest(string name)
    {
        var (term, distance) = All.Select(term => (term.Name, Distance(name.ToLowerInvariant(), term.Name))).MinBy(near => near.Item2);
        return distance <= Math.Max(2, name.Length / 3) ? term : null;
    }

    private static RuleTerm[] Attributes() =>
    [
        Text(RuleAttribute.PaymentMethod, "payment_method", "How it is paid.", "CREDIT_CARD", "DEBIT_CARD", "BANK_TRANSFER", "PAYPAL", "CRYPTO", "WALLET"),
        Text(RuleAttribute.Currency, "currency", "The payment's currency, its ISO 4217 code."),
        Text(RuleAttribute.CustomerCountry, "customer_country", "The customer's current country, as the store spells it."),
        Text(RuleAttribute.MerchantCountry, "merchant_country", "The merchant's country, as the store spells it."),
        Text(RuleAttribute.BusinessType, "business_type", "What the merchant does.", "E-COMMERCE", "RETAIL", "SUBSCRIPTION", "MARKETPLACE", "FINANCIAL_SERVICES", "TRAVEL"),
        Text(RuleAttribute.CustomerRisk, "customer_risk", "The customer's category, by credit score.", "LOW", "MEDIUM", "HIGH"),
        Number(RuleAttribute.Weekday, "weekday", "days", "The day of the week of the payment, 1 (Monday) to 7 (Sunday), UTC."),
        Number(RuleAttribute.Score, "score", "points", "The payment's score, 0 to 100, by all rules that do not ask for it and by the models."),
    ];

    private static RuleTerm Text(RuleAttribute attribute, string name, string description, params string[] values) =>
        new(name, RuleType.Text, "", description, values, NeedsLabels: false) { Attribute = attribute };

    private static RuleTerm Number(RuleAttribute attribute, string name, string unit, string description) =>
        new(name, RuleType.Number, unit, description, [], NeedsLabels: false) { Attribute = attribute };

    /// <summary>How many letters must be put in, left out or replaced (Levenshtein 1966).</summary>
    private static int Distance(string from, string to)
    {
        var before = Enumerable.Range(0, to.Length + 1).ToArray();
        var row = new int[to.Length + 1];
        for (var i = 0; i < from.Length; i++)
        {
            row[0] = i + 1;
            for (var j = 0; j < to.Length; j++)
            {
                row[j + 1] = Math.Min(Math.Min(row[j], before[j + 1]) + 1, before[j] + (from[i] == to[j] ? 0 : 1));
            }

            (before, row) = (row, before);
        }

        return before[^1];
    }
}
