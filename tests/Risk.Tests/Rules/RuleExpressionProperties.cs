using System.Globalization;
using System.Text;
using Payments.Risk.Engine;
using Payments.Risk.Rules;
using static Payments.Risk.Tests.Rules.RuleSubjects;

namespace Payments.Risk.Tests.Rules;

/// <summary>What must be so of any text, and of any expression. Seeds are fixed: a failure repeats.</summary>
public sealed class RuleExpressionProperties
{
    private static readonly string[] Words =
    [
        "and", "or", "not", "in", "between", "is", "known", "unknown", "(", ")", ",", "+", "-", "*", "/", "=", "!=", "<", "<=", ">", ">=", "amount", "failures_24h",
        "is_first_at_merchant", "currency", "payment_method", "score", "weekday", "'USD'", "'CRYPTO'", "'", "1", "0", "10_000", "0.5", "5.", "\"", "nonsense", "\n", "é", "\0", "\uD800",
    ];

    [Fact]
    public void Any_text_is_an_expression_or_a_fault_with_a_place_in_it()
    {
        var random = new Random(1);
        for (var i = 0; i < 100_000; i++)
        {
            Check(string.Join(random.Next(4) == 0 ? "" : " ", Enumerable.Range(0, random.Next(1, 24)).Select(_ => Words[random.Next(Words.Length)])));
        }
    }

    [Fact]
    public void Any_characters_are_an_expression_or_a_fault_with_a_place_in_them()
    {
        var random = new Random(2);
        for (var i = 0; i < 50_000; i++)
        {
            Check(string.Concat(Enumerable.Range(0, random.Next(1, 60)).Select(_ => (char)(random.Next(3) == 0 ? random.Next(0x10000) : random.Next(32, 127)))));
        }
    }

    [Fact]
    public void A_slip_in_an_expression_is_an_expression_or_a_fault()
    {
        var random = new Random(3);
        for (var i = 0; i < 50_000; i++)
        {
            var text = new StringBuilder(Draw(random, 3).Text);
            for (var slips = random.Next(1, 4); slips > 0 && text.Length > 0; slips--)
            {
                var at = random.Next(text.Length);
                if (random.Next(2) == 0) text.Remove(at, 1);
                else text[at] = (char)random.Next(32, 127);
            }

            Check(text.ToString());
        }
    }

    [Fact]
    public void The_longest_and_worst_texts_are_answered_as_soon_as_any()
    {
        string[] worst =
        [
            new string('(', RuleExpression.MaxLength), new string('-', RuleExpression.MaxLength), new string('\'', RuleExpression.MaxLength), new string('a', RuleExpression.MaxLength),
            new string('1', RuleExpression.MaxLength), new string('_', RuleExpression.MaxLength), Repeat("not "), Repeat("amount+"), Repeat("amount>1 or "), Repeat("(amount>"), Repeat("amount*-"),
            Repeat("not (amount in (1) and "), Repeat("between 1 and "), Repeat("amount between "), Repeat("1/"), Repeat("999999999999999*"),
        ];
        var before = GC.GetAllocatedBytesForCurrentThread();

        foreach (var text in worst)
        {
            Check(text);
        }

        // Time does not decide a fact, work does: what exponential time would allocate is far beyond.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 50_000_000);
    }

    [Fact]
    public void An_expression_holds_exactly_where_its_meaning_does()
    {
        var random = new Random(4);
        for (var i = 0; i < 20_000; i++)
        {
            var (text, meaning) = Draw(random, 4);
            var expression = Parse(text);
            for (var j = 0; j < 4; j++)
            {
                var subject = Subject(
                    random.Next(6), failures: random.Next(4), ratio: random.Next(3) == 0 ? double.NaN : random.Next(4), first: random.Next(2),
                    method: random.Next(3) switch { 0 => null, 1 => "CRYPTO", _ => "WALLET" }, customerCountry: random.Next(3) switch { 0 => null, 1 => "DE", _ => "US" });
                Assert.True(meaning(subject) == expression.Holds(subject), text);
                if (!expression.Holds(subject)) continue;
                var rule = Rule("R", text) with { Expression = expression };
                Assert.NotEmpty(rule.Explain(subject).Text);
            }
        }
    }

    private static void Check(string text)
    {
        try
        {
            var expression = Parse(text);
            _ = expression.Holds(Subject());
            _ = expression.Holds(Subject(customerCountry: null, method: null), 50);
        }
        catch (RuleExpressionException fault)
        {
            Assert.NotEmpty(fault.Message);
            Assert.DoesNotContain(fault.Message, letter => char.IsControl(letter) || char.IsSurrogate(letter));
            Assert.InRange(fault.Position, 1, text.Length + 1);
            Assert.InRange(fault.Position - 1 + fault.Length, 0, text.Length);
        }
    }

    private static string Repeat(string part) => string.Concat(Enumerable.Repeat(part, RuleExpression.MaxLength / part.Length));

    /// <summary>A condition as a text and as what it means.</summary>
    private static (string Text, Func<RiskSubject, bool> Meaning) Draw(Random random, int depth)
    {
        if (depth > 0 && random.Next(3) > 0)
        {
            var (left, one) = Draw(random, depth - 1);
            var (right, other) = Draw(random, depth - 1);
            return random.Next(3) switch
            {
                0 => ($"({left} and {right})", subject => one(subject) && other(subject)),
                1 => ($"({left} or {right})", subject => one(subject) || other(subject)),
                _ => ($"not ({left})", subject => !one(subject)),
            };
        }

        var (first, value) = DrawNumber(random, 2);
        var (second, bound) = DrawNumber(random, 1);
        return random.Next(8) switch
        {
            0 => ($"amount + 0 * {first} >= amount", subject => !double.IsNaN(value(subject))),
            1 => ($"amount * 0 + {first} < {second}", subject => value(subject) < bound(subject)),
            2 => ($"amount * 0 + {first} != {second}", subject => value(subject) < bound(subject) || value(subject) > bound(subject)),
            3 => ($"amount between {first} and amount + 1 + 0 * {second}", subject => !double.IsNaN(bound(subject)) && Feature(subject, 0) >= value(subject)),
            4 => ("payment_method in ('CRYPTO', 'PAYPAL')", subject => subject.PaymentMethod == "CRYPTO"),
            5 => ("customer_country != merchant_country", subject => subject.CustomerCountry == "DE"),
            6 => ("is_first_at_merchant", subject => Feature(subject, 3) == 1),
            _ => ("amount_to_mean_30d not in (0, 1)", subject => Feature(subject, 2) is not (0 or 1 or double.NaN)),
        };
    }

    private static (string Text, Func<RiskSubject, double> Value) DrawNumber(Random random, int depth)
    {
        if (depth > 0 && random.Next(2) > 0)
        {
            var (left, one) = DrawNumber(random, depth - 1);
            var (right, other) = DrawNumber(random, depth - 1);
            return random.Next(4) switch
            {
                0 => ($"({left} + {right})", subject => one(subject) + other(subject)),
                1 => ($"({left} - {right})", subject => one(subject) - other(subject)),
                2 => ($"({left} * {right})", subject => one(subject) * other(subject)),
                _ => ($"({left} / (1 + {right} * {right}))", subject => one(subject) / (1 + other(subject) * other(subject))),
            };
        }

        var number = random.Next(1, 5);
        return random.Next(4) switch
        {
            0 => ("amount", subject => Feature(subject, 0)),
            1 => ("failures_24h", subject => Feature(subject, 1)),
            2 => ("amount_to_mean_30d", subject => Feature(subject, 2)),
            _ => (number.ToString(CultureInfo.InvariantCulture), _ => number),
        };
    }

    private static double Feature(RiskSubject subject, int place) => subject.Features.Span[place];
}
