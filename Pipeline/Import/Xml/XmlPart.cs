namespace Payments.Pipeline.Import.Xml;

/// <summary>A small part of an XML document, in memory: an element with its text and its children.</summary>
/// <param name="Name">Its name without prefix.</param>
/// <param name="Line">The physical line where it starts, from 1.</param>
internal sealed record XmlPart(string Name, int Line)
{
    private readonly List<XmlPart> _children = [];

    /// <summary>Its own text, without what surrounds it.</summary>
    public string Text { get; set; } = "";

    /// <summary>The attribute <c>Ccy</c>, of amounts.</summary>
    public string? Currency { get; set; }

    public IReadOnlyList<XmlPart> Children => _children;

    public void Add(XmlPart child) => _children.Add(child);

    /// <summary>The first part at a path of names; null where there is none.</summary>
    public XmlPart? Find(params ReadOnlySpan<string> path)
    {
        var part = this;
        foreach (var name in path)
        {
            part = part._children.Find(child => child.Name == name);
            if (part is null) return null;
        }

        return part;
    }

    /// <summary>Every child of a name.</summary>
    public IEnumerable<XmlPart> All(string name) => _children.Where(child => child.Name == name);

    /// <summary>The text at a path; null where there is none.</summary>
    public string? TextAt(params ReadOnlySpan<string> path) => Find(path) is { Text.Length: > 0 } part ? part.Text : null;
}
