using System.Xml;
using Payments.Pipeline.Validate;

namespace Payments.Pipeline.Import.Xml;

/// <summary>The names of a document: an XML reader keeps each for ever, so that there must not be any number of them.</summary>
internal sealed class BoundedNames : NameTable
{
    private const int Most = 10_000;
    private int _count;

    /// <exception cref="FileRejectedException">The document has too many names.</exception>
    public override string Add(string key)
    {
        Count(Get(key));
        return base.Add(key);
    }

    /// <exception cref="FileRejectedException">The document has too many names.</exception>
    public override string Add(char[] key, int start, int len)
    {
        Count(Get(key, start, len));
        return base.Add(key, start, len);
    }

    private void Count(string? known)
    {
        if (known is null && ++_count > Most) throw new FileRejectedException(ReasonCode.FileXml, $"The XML has more than {Most} names of elements and attributes.");
    }
}
