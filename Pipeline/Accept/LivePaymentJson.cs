using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Payments.Pipeline.Import.Json;

namespace Payments.Pipeline.Accept;

/// <summary>A body holds no payments: the message says why.</summary>
public sealed class LivePaymentJsonException : Exception
{
    internal LivePaymentJsonException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}

/// <summary>Reads payments from the JSON of a request, strictly: every field once, by its name, and of its type. Numbers keep their digits.</summary>
public static class LivePaymentJson
{
    private const int LongestQuote = 60;
    private const string List = "payments";

    private static readonly JsonReaderOptions Strict = new() { MaxDepth = 16 };

    /// <summary>Reads one payment.</summary>
    /// <exception cref="LivePaymentJsonException">The body is no JSON, or no object; the message says which.</exception>
    public static LivePayment ReadOne(ReadOnlyMemory<byte> body)
    {
        var reader = Begin(body);
        if (reader.TokenType != JsonTokenType.StartObject) throw new LivePaymentJsonException("The body must be one JSON object, the payment.");
        var payment = ReadPayment(ref reader, body);
        End(ref reader);
        return payment;
    }

    /// <summary>Reads a list of payments: a JSON array, or an object that has it as <c>payments</c>.</summary>
    /// <param name="body">The JSON.</param>
    /// <param name="limit">More are counted and not kept.</param>
    /// <param name="count">How many there are.</param>
    /// <exception cref="LivePaymentJsonException">The body is no JSON, or no list; the message says which.</exception>
    public static IReadOnlyList<LivePayment> ReadMany(ReadOnlyMemory<byte> body, int limit, out int count)
    {
        var reader = Begin(body);
        var isWrapped = reader.TokenType == JsonTokenType.StartObject;
        if (isWrapped && !(Next(ref reader) && reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals(List) && Next(ref reader)))
        {
            throw new LivePaymentJsonException($"The body must be a JSON list of payments, or an object with '{List}' and nothing else.");
        }

        if (reader.TokenType != JsonTokenType.StartArray) throw new LivePaymentJsonException("The body must be a JSON list of payments.");
        var payments = new List<LivePayment>();
        for (count = 0; Next(ref reader) && reader.TokenType != JsonTokenType.EndArray; count++)
        {
            if (count >= limit)
            {
                Skip(ref reader);
            }
            else if (reader.TokenType == JsonTokenType.StartObject)
            {
                payments.Add(ReadPayment(ref reader, body));
            }
            else
            {
                var nothing = new LivePayment(LiveFields.Names.Count);
                nothing.Complain("payment", "must be a JSON object");
                payments.Add(nothing);
                Skip(ref reader);
            }
        }

        if (isWrapped && !(Next(ref reader) && reader.TokenType == JsonTokenType.EndObject))
        {
            throw new LivePaymentJsonException($"The body must have '{List}' and nothing else.");
        }

        End(ref reader);
        return payments;
    }

    private static Utf8JsonReader Begin(ReadOnlyMemory<byte> body)
    {
        if (!Utf8.IsValid(body.Span)) throw new LivePaymentJsonException("The body is not UTF-8.");
        var reader = new Utf8JsonReader(body.Span, Strict);
        Next(ref reader);
        return reader;
    }

    private static void End(ref Utf8JsonReader reader) => Next(ref reader);

    // The framework's own message is about its parser.
    private static bool Next(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.Read();
        }
        catch (JsonException error)
        {
            throw Broken(error);
        }
    }

    private static void Skip(ref Utf8JsonReader reader)
    {
        try
        {
            reader.Skip();
        }
        catch (JsonException error)
        {
            throw Broken(error);
        }
    }

    private static LivePaymentJsonException Broken(JsonException error) => new(
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"The body is not JSON (RFC 8259), or nested deeper than {Strict.MaxDepth}: line {error.LineNumber + 1}, byte {error.BytePositionInLine + 1}."),
        error);

    private static LivePayment ReadPayment(ref Utf8JsonReader reader, ReadOnlyMemory<byte> body)
    {
        var payment = new LivePayment(LiveFields.Names.Count);
        var seen = 0;
        while (Next(ref reader) && reader.TokenType == JsonTokenType.PropertyName)
        {
            var field = reader.ValueIsEscaped ? -1 : LiveFields.Find(reader.ValueSpan);
            if (field < 0)
            {
                payment.Complain(Quote(ref reader), $"is not known here: the fields are {string.Join(", ", LiveFields.Names)}");
                Skip(ref reader);
                continue;
            }

            if ((seen & (1 << field)) != 0) payment.Complain(LiveFields.Names[field], "is given twice");
            seen |= 1 << field;
            Next(ref reader);
            Take(payment, field, ref reader, body);
        }

        return payment;
    }

    private static void Take(LivePayment payment, int field, ref Utf8JsonReader reader, ReadOnlyMemory<byte> body)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                return;
            case JsonTokenType.Number when LiveFields.IsNumber(field):
                payment[field] = DecimalText.Of(body.Slice((int)reader.TokenStartIndex, reader.ValueSpan.Length));
                return;
            case JsonTokenType.String when !LiveFields.IsNumber(field):
                payment[field] = TextOf(payment, ref reader, body);
                return;
            default:
                payment.Complain(LiveFields.Names[field], LiveFields.IsNumber(field) ? "must be a JSON number, for example 12.50, without quotes" : "must be a JSON text in quotes");
                Skip(ref reader);
                return;
        }
    }

    private static ReadOnlyMemory<byte> TextOf(LivePayment payment, ref Utf8JsonReader reader, ReadOnlyMemory<byte> body)
    {
        var text = body.Slice((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length);
        if (!reader.ValueIsEscaped) return text;

        // The house's own reader tells half of a character from U+FFFD.
        var scanner = default(JsonScanner);
        var at = 0;
        scanner.Read(body.Slice((int)reader.TokenStartIndex, reader.ValueSpan.Length + 2).Span, ref at);
        payment.HasHalfCharacter |= scanner.HasHalfCharacter;
        payment.HasNul |= scanner.HasNul;
        var bytes = new byte[text.Length];
        return bytes.AsMemory(0, JsonText.Unescape(text.Span, bytes));
    }

    private static string Quote(ref Utf8JsonReader reader)
    {
        var name = new StringBuilder(LongestQuote);
        foreach (var rune in Encoding.UTF8.GetString(reader.ValueSpan).EnumerateRunes())
        {
            if (name.Length >= LongestQuote) return name.Append('…').ToString();
            name.Append(Rune.IsControl(rune) ? Rune.ReplacementChar : rune);
        }

        return name.ToString();
    }
}
