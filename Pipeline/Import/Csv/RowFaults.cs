namespace Payments.Pipeline.Import.Csv;

/// <summary>What is wrong with a record as a whole, before any of its values is looked at.</summary>
[Flags]
internal enum RowFaults
{
    None = 0,

    /// <summary>A quote in an unquoted field, text after a closing quote, or a quote that is never closed.</summary>
    Quote = 1,

    /// <summary>Bytes that are not UTF-8.</summary>
    Encoding = 2,

    /// <summary>U+0000.</summary>
    ControlChar = 4,

    /// <summary>Larger than the reader keeps; its fields are not available, its reasons are.</summary>
    Oversized = 8,

    /// <summary>A field far over the limit in an oversized record (in others, ask <see cref="CsvRecordReader.IsTooLong"/>).</summary>
    TooLong = 16,
}
