namespace Payments.Pipeline.Import;

/// <summary>The first bytes of a file.</summary>
/// <param name="Format">What it is, when it is no text in UTF-8.</param>
/// <param name="IsJson">Whether its text is JSON: it begins with an object or a list.</param>
/// <param name="IsXml">Whether its text is XML: it begins with a tag, also in UTF-16, which only XML may be in.</param>
/// <param name="Mark">Bytes of a byte order mark.</param>
internal sealed record TextStart(string? Format, bool IsJson, bool IsXml, int Mark)
{
    private const int BufferBytes = 4 * 1024;

    /// <summary>Reads up to the first byte that is not blank.</summary>
    public static async Task<TextStart> ReadAsync(Stream text, CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferBytes];
        var length = await text.ReadAtLeastAsync(buffer, BufferBytes, throwOnEndOfStream: false, cancellationToken);
        var mark = buffer.AsSpan(0, length).StartsWith("\uFEFF"u8) ? 3 : 0;
        var format = FileSignature.Describe(buffer.AsSpan(mark, Math.Min(FileSignature.Length, length - mark)));
        if (IsXmlInUtf16(buffer.AsSpan(0, length))) return new(Format: null, IsJson: false, IsXml: true, mark);
        var start = mark;
        while (true)
        {
            var rest = buffer.AsMemory(start, length - start);
            if (rest.Span.IndexOfAnyExcept(" \t\r\n"u8) is var first and >= 0) return new(format, rest.Span[first] is (byte)'{' or (byte)'[', rest.Span[first] is (byte)'<', mark);
            length = await text.ReadAsync(buffer, cancellationToken);
            if (length == 0) return new(format, IsJson: false, IsXml: false, mark);
            start = 0;
        }
    }

    // With its mark, or without one where it begins with a declaration (XML 1.0, appendix F).
    private static bool IsXmlInUtf16(ReadOnlySpan<byte> start) => start is
        [0xFF, 0xFE, (byte)'<', 0, ..] or [0xFE, 0xFF, 0, (byte)'<', ..] or [(byte)'<', 0, (byte)'?', 0, ..] or [0, (byte)'<', 0, (byte)'?', ..];

    /// <summary>The content, behind the mark.</summary>
    public async Task<SpooledContent> OpenAsync(Func<SpooledContent> open, CancellationToken cancellationToken)
    {
        var content = open();
        await content.Text.ReadExactlyAsync(new byte[Mark], cancellationToken);
        return content;
    }
}
