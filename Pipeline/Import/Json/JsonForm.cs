namespace Payments.Pipeline.Import.Json;

/// <summary>Where the records of a JSON file are.</summary>
internal enum JsonShape
{
    /// <summary>Each line is one.</summary>
    Lines,

    /// <summary>The document is one.</summary>
    Object,

    /// <summary>The document is a list of them.</summary>
    Array,

    /// <summary>The document is a page of a list, as Stripe answers it: they are in <c>data</c>.</summary>
    Page,
}

/// <summary>What a first look at a JSON file tells.</summary>
/// <param name="Shape">Where its records are.</param>
/// <param name="HasMore">It is a page, and not the last one.</param>
internal sealed record JsonForm(JsonShape Shape, bool HasMore = false);
