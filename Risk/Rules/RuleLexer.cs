using System.Globalization;
using System.Text;

namespace Payments.Risk.Rules;

/// <summary>Takes an expression apart into words.</summary>
internal static class RuleLexer
{
    private const int LongestName = 60;
    private const int LongestText = 100;
    private const int MostDigits = 15;

    private static readonly HashSet<string> Keywords = new(["and", "or", "not", "in", "between", "is", "known", "unknown"], StringComparer.Ordinal);
    private static readonly string[] Symbols = ["<=", ">=", "!=", "<>", "==", "<", ">", "=", "+", "-", "*", "/", "(", ")", ","];

    /// <summary>The words, with <see cref="RuleTokenKind.End"/> as the last.</summary>
    public static List<RuleToken> Read(string text)
    {
        var tokens = new List<RuleToken>();
        var at = 0;
        while (true)
        {
            while (at < text.Length && text[at] is ' ' or '\t' or '\r' or '\n')
            {
                at++;
            }

            if (at >= text.Length)
            {
                tokens.Add(new(RuleTokenKind.End, text.Length, 0, ""));
                return tokens;
            }

            var token = Next(text, at);
            tokens.Add(token);
            at = token.End;
        }
    }

    private static RuleToken Next(string text, int start) => text[start] switch
    {
        '\'' => Quoted(text, start),
        var first when char.IsAsciiDigit(first) => Number(text, start),
        var first when char.IsAsciiLetter(first) || first == '_' => Name(text, start),
        _ => Symbol(text, start),
    };

    private static RuleToken Name(string text, int start)
    {
        var end = start;
        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '_'))
        {
            end++;
        }

        if (end - start > LongestName) throw Fault($"A name has at most {LongestName} characters.", start, end - start);
        var name = text[start..end];
        var word = name.ToLowerInvariant();
        return Keywords.Contains(word) ? new(RuleTokenKind.Keyword, start, end - start, word) : new(RuleTokenKind.Name, start, end - start, name);
    }

    private static RuleToken Number(string text, int start)
    {
        var end = start;
        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] is '_' or '.'))
        {
            end++;
        }

        var digits = text[start..end].Replace("_", "", StringComparison.Ordinal);
        var isNumber = double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            && digits.Count(char.IsAsciiDigit) <= MostDigits && char.IsAsciiDigit(digits[^1]);
        return isNumber
            ? new(RuleTokenKind.Number, start, end - start, text[start..end], value)
            : throw Fault($"'{Shown(text[start..end])}' is not a number: write digits, a point before decimals, and _ between thousands if you like, at most {MostDigits} digits, for example 10_000 or 0.25.", start, end - start);
    }

    private static RuleToken Quoted(string text, int start)
    {
        var content = new StringBuilder();
        var at = start + 1;
        while (at < text.Length)
        {
            if (text[at] == '\'')
            {
                if (at + 1 >= text.Length || text[at + 1] != '\'')
                {
                    return content.Length is > 0 and <= LongestText
                        ? new(RuleTokenKind.Text, start, at + 1 - start, content.ToString())
                        : throw Fault($"A text has 1 to {LongestText} characters.", start, at + 1 - start);
                }

                at++;
            }

            if (char.IsControl(text[at])) throw Fault("A text has no control characters.", at, 1);
            content.Append(text[at++]);
        }

        throw Fault("This text has no end: close it with '.", start, text.Length - start);
    }

    private static RuleToken Symbol(string text, int start)
    {
        foreach (var symbol in Symbols)
        {
            if (text.AsSpan(start).StartsWith(symbol, StringComparison.Ordinal))
            {
                var word = symbol switch { "<>" => "!=", "==" => "=", _ => symbol };
                return new(RuleTokenKind.Symbol, start, symbol.Length, word);
            }
        }

        throw text[start] is '"' or '“' or '”' or '‘' or '’' or '`'
            ? Fault("Texts stand between single quotes, for example 'USD'.", start, 1)
            : Fault($"'{Shown(text[start].ToString())}' means nothing here: an expression has names, numbers, texts in single quotes, and, or, not, in, between, is, = != < <= > >= + - * / ( ) and commas.", start, 1);
    }

    public static RuleExpressionException Fault(string message, int start, int length) => new(message, start + 1, length);

    /// <summary>A piece of the expression that an error message quotes: short, and nothing that a log or page could choke on.</summary>
    public static string Shown(string text)
    {
        var shown = text.Length <= 30 ? text : text[..30] + "…";
        return string.Concat(shown.Select(letter => char.IsControl(letter) || char.IsSurrogate(letter) ? '?' : letter));
    }
}
