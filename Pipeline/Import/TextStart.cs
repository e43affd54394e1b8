namespace Payments.Pipeline.Import;

/// <summary>The first bytes of a file.</summary>
/// <param name="Format">What it is, when it is no text in UTF-8.</param>
/// <param name="IsJson">Whether its text is JSON: it begins with an object or a list.</param>
/// <param name="Mark">Bytes of a byte order mark.</param>
internal sealed record TextStart(string? Format, bool IsJson, int Mark)
{
    private const int BufferBytes = 4 * 1024;

    /// <summary>Reads up to the first byte that is not blank.</summary>
    public static async Task<TextStart> ReadAsync(Stream text, CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferBytes];
        var length = await text.ReadAtLeastAsync(buffer, BufferBytes, throwOnEndOfStream: false, cancellationToken);
        var mark = buffer.AsSpan(0, length).StartsWith("\uFEFF"u8) ? 3 : 0;
        var format = FileSignature.Describe(buffer.AsSpan(mark, Math.Min(FileSignature.Length, length - mark)));
        var start = mark;
        while (true)
        {
            var rest = buffer.AsMemory(start, length - start);
            if (rest.Span.IndexOfAnyExcept(" \t\r\n"u8) is var first and >= 0) return new(format, rest.Span[first] is (byte)'{' or (byte)'[', mark);
            length = await text.ReadAsync(buffer, cancellationToken);
            if (length == 0) return new(format, IsJson: false, mark);
            start = 0;
        }
    }

    /// <summary>The content, behind the mark.</summary>
    public async Task<SpooledContent> OpenAsync(Func<SpooledContent> open, CancellationToken cancellationToken)
    {
        var content = open();
        await content.Text.ReadExactlyAsync(new byte[Mark], cancellationToken);
        return content;
    }
}
