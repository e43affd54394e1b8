using Payments.Pipeline.Validate;

namespace Payments.Pipeline.Import.Xml;

/// <summary>Bounds what an XML reader takes in for one node: a tag or a text of any size would otherwise be kept in memory as a whole.</summary>
internal sealed class GuardedStream(Stream content, int limit) : Stream
{
    private long _sinceNode;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>A node is complete.</summary>
    public void EndNode() => _sinceNode = 0;

    /// <exception cref="FileRejectedException">One node is larger than the limit.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (_sinceNode > limit) throw new FileRejectedException(ReasonCode.FileXml, $"The XML has a tag, a text or a comment of more than {limit} bytes.");
        var read = content.Read(buffer);
        _sinceNode += read;
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
