namespace Payments.Pipeline.Import.Json;

/// <summary>What <see cref="JsonScanner.Read"/> has come to the end of.</summary>
internal enum JsonToken
{
    /// <summary>Nothing: the bytes are at their end.</summary>
    More,

    /// <summary>This is no JSON.</summary>
    Broken,

    ObjectStart,
    ObjectEnd,
    ArrayStart,
    ArrayEnd,

    /// <summary>A key.</summary>
    Name,

    Text,
    Number,
    True,
    False,
    Null,
}
