namespace Payments.Pipeline.Import;

/// <summary>What is wrong with a record as a whole, before any of its values is looked at.</summary>
[Flags]
internal enum RowFaults
{
    None = 0,

    /// <summary>A quote in an unquoted field, text after a closing quote, or a quote that is never closed.</summary>
    Quote = 1,

    /// <summary>Bytes that are not UTF-8, or half of a surrogate pair.</summary>
    Encoding = 2,

    /// <summary>U+0000.</summary>
    ControlChar = 4,

    /// <summary>Larger than the reader keeps; its fields are not available, its reasons are.</summary>
    Oversized = 8,

    /// <summary>A field far over the limit in an oversized record (in others, ask <see cref="Record.IsTooLong"/>).</summary>
    TooLong = 16,

    /// <summary>Not a JSON object.</summary>
    Json = 32,

    /// <summary>A key that occurs twice in an object.</summary>
    RepeatedKey = 64,

    /// <summary>An object or a list where a value is wanted, or a value where an object is.</summary>
    Nesting = 128,
}
