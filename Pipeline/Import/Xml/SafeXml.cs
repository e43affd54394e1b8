using System.Text;
using System.Xml;
using Payments.Pipeline.Validate;

namespace Payments.Pipeline.Import.Xml;

/// <summary>
/// Walks through an XML document as a stream. A document type declaration refuses the file, so that there are no entities but the five that
/// XML has; nothing outside of the file is ever opened. Depth, names, and the size of every node and part are bounded.
/// </summary>
internal sealed class SafeXml : IDisposable
{
    /// <summary>Deeper nesting refuses the file.</summary>
    public const int MaxDepth = 64;

    private const int MaxNodeBytes = 1024 * 1024;
    private const int MaxPartNodes = 20_000;
    private const int MaxPartCharacters = 1024 * 1024;
    private const int MaxTextCharacters = 20_000;
    private readonly GuardedStream _stream;
    private readonly XmlReader _reader;
    private readonly char[] _chunk = new char[2_048];

    static SafeXml() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    public SafeXml(Stream content)
    {
        _stream = new(content, MaxNodeBytes);
        _reader = Guarded(() => XmlReader.Create(_stream, new()
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            MaxCharactersFromEntities = 1_024,
            IgnoreComments = true,
            IgnoreProcessingInstructions = true,
            IgnoreWhitespace = true,
            NameTable = new BoundedNames(),
        }));
    }

    /// <summary>The physical line, from 1.</summary>
    public int Line => ((IXmlLineInfo)_reader).LineNumber;

    /// <summary>The depth of the element that was entered last.</summary>
    public int Depth => _reader.Depth;

    public string Name => _reader.LocalName;

    public string Namespace => _reader.NamespaceURI;

    /// <summary>Goes to the next element, whatever its depth.</summary>
    /// <returns>False at the end.</returns>
    public bool GoToElement()
    {
        while (Next())
        {
            if (_reader.NodeType == XmlNodeType.Element) return true;
        }

        return false;
    }

    /// <summary>Goes to the next child of an element that has been entered, is at this depth and of this namespace; what is left of the child before is passed over, and so are children of other namespaces.</summary>
    /// <returns>False when there is none; the reader then stands at the element's end.</returns>
    public bool GoToChild(int depth, string space)
    {
        // An element without content has no end of its own.
        if (_reader.Depth == depth && (_reader.NodeType == XmlNodeType.EndElement || _reader.IsEmptyElement)) return false;
        while (Next())
        {
            if (_reader.Depth == depth && _reader.NodeType == XmlNodeType.EndElement) return false;
            if (_reader.Depth == depth + 1 && _reader.NodeType == XmlNodeType.Element && _reader.NamespaceURI == space) return true;
        }

        throw new FileRejectedException(ReasonCode.FileXml, "The XML ends within an element.");
    }

    /// <summary>Reads the element that was entered as a whole; of other namespaces than its own nothing is kept.</summary>
    public XmlPart ReadPart()
    {
        var (nodes, characters, depth, space) = (0, 0, _reader.Depth, _reader.NamespaceURI);
        var root = NewPart();
        var open = new Stack<XmlPart>([root]);
        if (_reader.IsEmptyElement) return root;
        while (Next())
        {
            if (++nodes > MaxPartNodes || characters > MaxPartCharacters) throw TooLarge(root);
            switch (_reader.NodeType)
            {
                case XmlNodeType.Element:
                    // Supplementary data of others is passed over.
                    if (_reader.NamespaceURI != space)
                    {
                        PassOver();
                        break;
                    }

                    var part = NewPart();
                    open.Peek().Add(part);
                    if (!_reader.IsEmptyElement) open.Push(part);
                    break;
                case XmlNodeType.EndElement when _reader.Depth == depth:
                    root.Text = root.Text.Trim();
                    return root;
                case XmlNodeType.EndElement:
                    var ended = open.Pop();
                    ended.Text = ended.Text.Trim();
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace:
                    var text = ReadText(root);
                    characters += text.Length;
                    open.Peek().Text += text;
                    if (open.Peek().Text.Length > MaxTextCharacters) throw TooLarge(root);
                    break;
            }
        }

        throw new FileRejectedException(ReasonCode.FileXml, "The XML ends within an element.");
    }

    public void Dispose() => _reader.Dispose();

    private static FileRejectedException TooLarge(XmlPart part) =>
        new(ReasonCode.FileXml, $"Line {part.Line}: the element {part.Name} is larger than anything that belongs there.");

    private void PassOver()
    {
        var depth = _reader.Depth;
        if (_reader.IsEmptyElement) return;
        while (Next())
        {
            if (_reader.Depth == depth && _reader.NodeType == XmlNodeType.EndElement) return;
        }
    }

    private XmlPart NewPart() => new(_reader.LocalName, Line) { Currency = _reader.HasAttributes ? _reader.GetAttribute("Ccy") : null };

    private string ReadText(XmlPart part)
    {
        var text = new StringBuilder();
        Guarded(() =>
        {
            while (_reader.ReadValueChunk(_chunk, 0, _chunk.Length) is var read and > 0)
            {
                text.Append(_chunk, 0, read);
                if (text.Length > MaxTextCharacters) throw TooLarge(part);
            }

            return true;
        });
        return text.ToString();
    }

    private bool Next()
    {
        var isThere = Guarded(_reader.Read);
        _stream.EndNode();
        if (_reader.Depth > MaxDepth) throw new FileRejectedException(ReasonCode.FileXml, $"Line {Line}: the XML is nested deeper than {MaxDepth}.");
        return isThere;
    }

    private static T Guarded<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (XmlException error)
        {
            // The message of a declaration is a paragraph about settings; others say what is wrong and where.
            var what = error.Message.Contains("DTD", StringComparison.Ordinal) ? $"it has a document type declaration (DTD, line {error.LineNumber}); none is ever read." : error.Message;
            throw new FileRejectedException(ReasonCode.FileXml, $"The XML cannot be read: {CardNumberText.Mask(RawText.Quote(Encoding.UTF8.GetBytes(what), isCutAlready: false).Text)}");
        }
        catch (ArgumentException error)
        {
            throw new FileRejectedException(ReasonCode.FileXml, $"The XML is in an encoding that is not known: {error.Message}");
        }
    }
}
