namespace Payments.Pipeline.Tests.Import;

/// <summary>Gives bytes in pieces of random size, as a network does.</summary>
internal sealed class TricklingStream(byte[] bytes, Random random, int largestPiece) : MemoryStream(bytes)
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        base.ReadAsync(buffer[..Math.Min(buffer.Length, random.Next(1, largestPiece + 1))], cancellationToken);
}
