namespace Payments.Pipeline.Import;

/// <summary>Tells by its first bytes that a file is not the text that it should be.</summary>
internal static class FileSignature
{
    /// <summary>Bytes that are looked at.</summary>
    public const int Length = 4;

    /// <summary>What the file is; null when it may be text in UTF-8.</summary>
    public static string? Describe(ReadOnlySpan<byte> start) => start switch
    {
        [0xFF, 0xFE, 0, 0] or [0, 0, 0xFE, 0xFF] => "UTF-32",
        [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] or [0, _, ..] or [_, 0, ..] => "UTF-16",
        [0x1F, 0x8B, ..] => "gzip (declare it by the name .gz, Content-Type: application/gzip or Content-Encoding: gzip)",
        [(byte)'P', (byte)'K', 3, 4] => "a zip archive (declare it by the name .zip or Content-Type: application/zip) or a spreadsheet",
        _ => null,
    };
}
