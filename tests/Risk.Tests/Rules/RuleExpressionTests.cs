using Payments.Risk.Rules;
using static Payments.Risk.Tests.Rules.RuleSubjects;

namespace Payments.Risk.Tests.Rules;

public sealed class RuleExpressionTests
{
    [Theory]
    [InlineData("amount > 10_000", 10_000, false)]
    [InlineData("amount > 10_000", 10_000.01, true)]
    [InlineData("amount >= 10000", 10_000, true)]
    [InlineData("10_000 < amount", 10_001, true)]
    [InlineData("amount between 900 and 999.99", 999.99, true)]
    [InlineData("amount between 900 and 999.99", 1000, false)]
    [InlineData("amount not between 900 and 999", 1000, true)]
    [InlineData("amount = 0.10", 0.1, true)]
    [InlineData("amount != 5", 5, false)]
    [InlineData("amount <> 5", 6, true)]
    [InlineData("amount in (10, 20, 30)", 20, true)]
    [InlineData("amount not in (10, 20, 30)", 20, false)]
    [InlineData("amount * 2 + 1 = 7", 3, true)]
    [InlineData("1 + 2 * 3 = amount", 7, true)]
    [InlineData("(1 + 2) * 3 = amount", 9, true)]
    [InlineData("10 - 4 - 3 = amount", 3, true)]
    [InlineData("-amount < -5", 6, true)]
    [InlineData("amount / 4 = 2.5", 10, true)]
    [InlineData("NOT amount > 5 AND amount > 1", 3, true)]
    [InlineData("not (amount > 5 and amount > 1)", 3, true)]
    [InlineData("amount > 1 or amount > 5 and amount > 100", 3, true)]
    [InlineData("(amount > 1 or amount > 5) and amount > 100", 3, false)]
    public void Numbers_are_compared(string expression, double amount, bool holds) => Assert.Equal(holds, Parse(expression).Holds(Subject(amount)));

    [Theory]
    [InlineData("payment_method = 'CRYPTO'", true)]
    [InlineData("payment_method = 'crypto'", true)]
    [InlineData("'CRYPTO' = payment_method", true)]
    [InlineData("payment_method != 'WALLET'", true)]
    [InlineData("payment_method in ('PAYPAL', 'CRYPTO')", true)]
    [InlineData("payment_method not in ('PAYPAL', 'CRYPTO')", false)]
    [InlineData("customer_country != merchant_country", true)]
    [InlineData("customer_risk = 'LOW' and business_type = 'RETAIL' and currency = 'USD'", true)]
    [InlineData("weekday = 6", true)]
    public void Attributes_are_compared(string expression, bool holds) => Assert.Equal(holds, Parse(expression).Holds(Subject(method: "CRYPTO")));

    [Theory]
    [InlineData("merchant_fraud_rate_30d > 0", false)]
    [InlineData("merchant_fraud_rate_30d <= 0", false)]
    [InlineData("merchant_fraud_rate_30d != 0", false)]
    [InlineData("merchant_fraud_rate_30d = merchant_fraud_rate_30d", false)]
    [InlineData("merchant_fraud_rate_30d + 1 > 0", false)]
    [InlineData("merchant_fraud_rate_30d not between 0 and 1", false)]
    [InlineData("merchant_fraud_rate_30d not in (0, 1)", false)]
    [InlineData("amount not between merchant_fraud_rate_30d and 1000000", false)]
    [InlineData("amount / (amount - amount) > 0", false)]
    [InlineData("customer_country = 'DE'", false)]
    [InlineData("customer_country != 'DE'", false)]
    [InlineData("customer_country not in ('DE')", false)]
    [InlineData("customer_country != merchant_country", false)]
    [InlineData("not customer_country = 'DE'", true)]
    [InlineData("customer_country is unknown", true)]
    [InlineData("customer_country is not known", true)]
    [InlineData("customer_country is known", false)]
    [InlineData("merchant_fraud_rate_30d is unknown and amount is known", true)]
    [InlineData("score is unknown", true)]
    public void What_is_unknown_makes_a_comparison_false(string expression, bool holds) =>
        Assert.Equal(holds, Parse(expression).Holds(Subject(customerCountry: null)));

    [Fact]
    public void A_flag_stands_for_a_condition_and_for_a_number()
    {
        Assert.True(Parse("is_first_at_merchant and amount > 50").Holds(Subject(first: 1)));
        Assert.False(Parse("is_first_at_merchant").Holds(Subject(first: 0)));
        Assert.True(Parse("not is_first_at_merchant").Holds(Subject(first: 0)));
        Assert.True(Parse("is_first_at_merchant = 1").Holds(Subject(first: 1)));
        Assert.False(Parse("is_first_at_merchant").Holds(Subject(first: double.NaN)));
    }

    [Fact]
    public void A_score_is_known_when_it_is_given()
    {
        var expression = Parse("score > 70");

        Assert.True(expression.UsesScore);
        Assert.False(expression.Holds(Subject()));
        Assert.True(expression.Holds(Subject(), 70.01));
        Assert.False(expression.Holds(Subject(), 70));
    }

    [Fact]
    public void An_expression_tells_what_it_looks_at()
    {
        var expression = Parse("merchant_fraud_rate_30d > 0.1 or amount > 1 and amount < 2");

        Assert.Equal(["amount", "merchant_fraud_rate_30d"], expression.Terms.Select(term => term.Name));
        Assert.True(expression.NeedsLabels);
        Assert.False(expression.UsesScore);
        Assert.False(Parse("amount > 1").NeedsLabels);
    }

    [Theory]
    [InlineData("", 1, 0, "empty")]
    [InlineData("   ", 4, 0, "empty")]
    [InlineData("amount >", 9, 0, "missing")]
    [InlineData("amount > 5 )", 12, 1, "closes nothing")]
    [InlineData("(amount > 5", 12, 0, "character 1 is not closed")]
    [InlineData("amont > 5", 1, 5, "is amount meant?")]
    [InlineData("Amount > 5", 1, 6, "is amount meant?")]
    [InlineData("zzzzzzzz > 5", 1, 8, "GET /api/rules/features")]
    [InlineData("amount", 1, 6, "compare it with something")]
    [InlineData("amount > 5 and 3", 16, 1, "a condition should stand here")]
    [InlineData("amount > 'x'", 10, 3, "a text, but it is compared with a number")]
    [InlineData("currency > 5", 12, 1, "a number, but it is compared with a text")]
    [InlineData("currency > 'EUR'", 10, 1, "= and != only")]
    [InlineData("payment_method = 'CRYTPO'", 18, 8, "never 'CRYTPO': its values are CREDIT_CARD")]
    [InlineData("payment_method in ('CRYPTO', 'CARD')", 30, 6, "never 'CARD'")]
    [InlineData("amount in (1, 'x')", 15, 3, "a text, but a number is looked for")]
    [InlineData("amount in (1, amount)", 15, 6, "numbers or texts in single quotes only")]
    [InlineData("amount in 5", 11, 1, "begins with (")]
    [InlineData("amount in ()", 12, 1, "should stand here, not ')'")]
    [InlineData("1 < amount < 5", 12, 1, "between 1 and 5")]
    [InlineData("amount between 1 or 5", 18, 2, "where its and should")]
    [InlineData("amount between 5 and 1", 16, 7, "Nothing lies in this range")]
    [InlineData("amount + currency > 5", 10, 8, "a text, but a number should stand here")]
    [InlineData("amount > 5 and", 15, 0, "missing")]
    [InlineData("amount > 5 amount", 12, 6, "join conditions with and, or")]
    [InlineData("amount is 5", 11, 1, "known or unknown")]
    [InlineData("(amount > 5) is known", 1, 12, "always holds or does not")]
    [InlineData("(amount > 5) = (amount > 6)", 1, 12, "not a value that could be compared")]
    [InlineData("amount not 5", 12, 1, "come in or between")]
    [InlineData("1 = 1", 1, 5, "looks at nothing")]
    [InlineData("amount > 5 / 0", 14, 1, "divides by zero")]
    [InlineData("amount > 1.2.3", 10, 5, "is not a number")]
    [InlineData("amount > 5.", 10, 2, "is not a number")]
    [InlineData("amount > 10k", 10, 3, "is not a number")]
    [InlineData("amount > 1234567890123456", 10, 16, "at most 15 digits")]
    [InlineData("amount > 10,000", 12, 1, "ends before ','")]
    [InlineData("currency = \"EUR\"", 12, 1, "single quotes")]
    [InlineData("currency = 'EUR", 12, 4, "close it with '")]
    [InlineData("currency = ''", 12, 2, "1 to 100 characters")]
    [InlineData("amount > 5; drop table payments", 11, 1, "means nothing here")]
    [InlineData("amount > 5 -- and", 15, 3, "should stand here, not 'and'")]
    [InlineData("amount\u00A0> 5", 7, 1, "means nothing here")]
    [InlineData("amount > ٣", 10, 1, "means nothing here")]
    public void What_is_wrong_is_said_with_its_place(string expression, int position, int length, string message)
    {
        var fault = Assert.Throws<RuleExpressionException>(() => Parse(expression));

        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
        Assert.Equal((position, length), (fault.Position, fault.Length));
    }

    [Fact]
    public void Length_depth_and_lists_are_bounded()
    {
        Assert.Throws<RuleExpressionException>(() => Parse(new string(' ', 2001)));
        Assert.Throws<RuleExpressionException>(() => Parse(new string('(', 2000)));
        Assert.Throws<RuleExpressionException>(() => Parse($"{new string('(', 25)}amount > 1{new string(')', 25)}"));
        Assert.Throws<RuleExpressionException>(() => Parse($"{string.Concat(Enumerable.Repeat("not ", 25))}amount > 1"));
        Assert.Throws<RuleExpressionException>(() => Parse($"amount > {new string('-', 25)}1"));
        Assert.Throws<RuleExpressionException>(() => Parse($"amount in ({string.Join(',', Enumerable.Range(0, 101))})"));

        Assert.True(Parse($"{new string('(', 24)}amount > 1{new string(')', 24)}").Holds(Subject(2)));
        Assert.True(Parse($"amount in ({string.Join(',', Enumerable.Range(0, 100))})").Holds(Subject(99)));
        Assert.True(Parse(string.Join(" or ", Enumerable.Repeat("amount>1", 160))).Holds(Subject(2)));
        Assert.True(Parse($"amount{string.Concat(Enumerable.Repeat("+1", 900))} > 1").Holds(Subject(2)));
    }

    [Theory]
    [InlineData("amount > 10_000", "The rule R: amount is 12,500.00 USD, over 10,000.", "12,500.00 USD", "over 10,000")]
    [InlineData("10_000 < amount", "The rule R: amount is 12,500.00 USD, over 10,000.", "12,500.00 USD", "over 10,000")]
    [InlineData("amount > 2 * 5000", "The rule R: amount is 12,500.00 USD, over 10,000.", "12,500.00 USD", "over 10,000")]
    [InlineData("payment_method = 'CRYPTO'", "The rule R: payment_method is CRYPTO.", "CRYPTO", null)]
    [InlineData("customer_country in ('RU', 'KP')", "The rule R: customer_country is RU, one of RU, KP.", "RU", "one of RU, KP")]
    [InlineData("amount between 9_000 and 20_000", "The rule R: amount is 12,500.00 USD, between 9,000 and 20,000.", "12,500.00 USD", "between 9,000 and 20,000")]
    [InlineData("amount > 2 * amount_to_mean_30d", "The rule R: amount is 12,500.00 USD, over 2 * amount_to_mean_30d (25).", "12,500.00 USD", "over 2 * amount_to_mean_30d (25)")]
    [InlineData("is_first_at_merchant", "The rule R: is_first_at_merchant is true.", "true", null)]
    [InlineData("not customer_risk = 'HIGH'", "The rule R: customer_risk is LOW.", "LOW", null)]
    [InlineData("not (amount < 5)", "The rule R: amount is 12,500.00 USD, not under 5.", "12,500.00 USD", "not under 5")]
    [InlineData("not merchant_fraud_rate_30d > 0.5", "The rule R: merchant_fraud_rate_30d is unknown.", "unknown", null)]
    [InlineData("merchant_fraud_rate_30d is unknown", "The rule R: merchant_fraud_rate_30d is unknown.", "unknown", null)]
    [InlineData("amount > 1e9 or amount > 5", null, null, null)]
    [InlineData("amount > 99_999 or failures_24h >= 3", "The rule R: failures_24h is 3, at least 3.", "3", "at least 3")]
    [InlineData("amount > 1_000 and failures_24h >= 3", "The rule R: amount is 12,500.00 USD, over 1,000 and failures_24h is 3, at least 3.", "amount 12,500.00 USD; failures_24h 3", "amount over 1,000; failures_24h at least 3")]
    public void A_hit_says_why_in_words(string expression, string? text, string? observed, string? threshold)
    {
        if (text is null)
        {
            Assert.Throws<RuleExpressionException>(() => Parse(expression));
            return;
        }

        var reason = Rule("R", expression, points: 40).Explain(Subject(12_500, failures: 3, ratio: 12.5, first: 1, method: "CRYPTO", customerCountry: "RU"));

        Assert.Equal((text, observed, threshold), (reason.Text, reason.Observed, reason.Threshold));
        Assert.Equal(("R", "rule", 40.0), (reason.Code, reason.Kind, reason.Contribution));
    }

    [Fact]
    public void Every_term_has_a_description_and_names_are_unique()
    {
        Assert.All(RuleVocabulary.Standard.All, term => Assert.NotEmpty(term.Description));
        Assert.Equal(RuleVocabulary.Standard.All.Count, RuleVocabulary.Standard.All.Select(term => term.Name).Distinct().Count());
    }
}
