using System.Text;
using System.Text.Json;
using Payments.Pipeline.Import.Json;

namespace Payments.Pipeline.Tests.Import;

public sealed class JsonScannerTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Any_text_in_any_pieces_is_json_where_the_framework_says_so(int seed)
    {
        var random = new Random(seed);
        string[] alphabet = ["{", "}", "[", "]", ",", ":", "\"", "\"a\"", "\"b\":", "1", "0", "-", ".", "e", "+", "true", "false", "null", " ", "\n", "\\", "\\u0041", "\\n", "\u0001", "é", "tru"];
        var valid = 0;
        for (var round = 0; round < 40_000; round++)
        {
            var text = new StringBuilder();
            for (var length = random.Next(9); length > 0; length--) text.Append(alphabet[random.Next(alphabet.Length)]);
            var file = Encoding.UTF8.GetBytes(random.Next(2) == 0 ? $"{{\"k\":{text}}}" : $"[{text}]");

            var expected = IsJson(file);
            Assert.True(expected == Scan(file, random), $"seed {seed}, round {round}: {Encoding.UTF8.GetString(file)} is {(expected ? "" : "no ")}JSON");
            if (expected) valid++;
        }

        Assert.InRange(valid, 1_000, 39_000);
    }

    [Theory]
    [InlineData("\\ud83d\\ude00", false, false)]
    [InlineData("\\ud83d", true, false)]
    [InlineData("\\ud83dx", true, false)]
    [InlineData("\\ud83d\\n", true, false)]
    [InlineData("\\ude00", true, false)]
    [InlineData("\\ud83d\\ud83d\\ude00", true, false)]
    [InlineData("\\u0000", false, true)]
    [InlineData("\\\\u0000", false, false)]
    public void Half_characters_and_nul_are_found_behind_their_escapes(string text, bool isHalf, bool isNul)
    {
        var scanner = default(JsonScanner);
        var at = 0;
        var bytes = Encoding.UTF8.GetBytes($"[\"{text}\"]");
        while (scanner.Read(bytes, ref at) is not (JsonToken.More or JsonToken.Broken))
        {
        }

        Assert.Equal((true, isHalf, isNul), (scanner.IsDone, scanner.HasHalfCharacter, scanner.HasNul));
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void Nesting_has_an_end(int depth, bool isJson)
    {
        var file = Encoding.UTF8.GetBytes(new string('[', depth) + new string(']', depth));
        Assert.Equal(isJson, Scan(file, new Random(1)));
    }

    private static bool IsJson(byte[] file)
    {
        try
        {
            using var document = JsonDocument.Parse(file);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool Scan(byte[] file, Random random)
    {
        var scanner = default(JsonScanner);
        for (var from = 0; from < file.Length;)
        {
            var piece = file.AsSpan(from, Math.Min(random.Next(1, 6), file.Length - from));
            from += piece.Length;
            var at = 0;
            JsonToken token;
            while ((token = scanner.Read(piece, ref at)) != JsonToken.More)
            {
                if (token == JsonToken.Broken) return false;
            }
        }

        return scanner.IsDone;
    }
}
