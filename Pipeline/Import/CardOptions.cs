using System.ComponentModel.DataAnnotations;

namespace Payments.Pipeline.Import;

/// <summary>Section <c>Cards</c>: how card numbers are made unreadable.</summary>
public sealed class CardOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Cards";

    /// <summary>The key of the hash (HMAC-SHA256, the text's UTF-8 bytes). Another key gives the same card another hash: it is kept for as long as the data. Without it no file with card numbers is taken; the published one of development ends the start elsewhere.</summary>
    [MinLength(16)]
    public string? HashKey { get; set; }
}
