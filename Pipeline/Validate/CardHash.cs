using System.Security.Cryptography;
using System.Text;
using Payments.Pipeline.Load;

namespace Payments.Pipeline.Validate;

/// <summary>Makes of cards what may be stored: a keyed hash and the last four digits.</summary>
internal sealed class CardHash(string key)
{
    /// <summary>Digits shown of a number.</summary>
    public const int Shown = 4;

    private readonly byte[] _key = Encoding.UTF8.GetBytes(key);

    /// <summary>Writes a card as <c>staging.payments.card</c> keeps it.</summary>
    /// <param name="identity">What is the same for the same card: its number, digits only, or a processor's fingerprint of it.</param>
    /// <param name="lastFour">The last four digits; empty where they are not known.</param>
    /// <param name="row">Where to.</param>
    public void Write(ReadOnlySpan<byte> identity, ReadOnlySpan<byte> lastFour, ValueWriter row)
    {
        Span<byte> card = stackalloc byte[HMACSHA256.HashSizeInBytes + Shown];
        HMACSHA256.HashData(_key, identity, card);
        lastFour.CopyTo(card[HMACSHA256.HashSizeInBytes..]);
        row.Bytes(card[..(HMACSHA256.HashSizeInBytes + lastFour.Length)]);
    }
}
