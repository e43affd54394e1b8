using System.Buffers.Binary;
using Payments.Pipeline.Validate;

namespace Payments.Pipeline.Import;

/// <summary>
/// Reads a compressed file once to its end before anything of it is loaded: a bomb or a broken file is refused as a whole.
/// (Unpacking is far faster than loading, and it leaves nothing to be taken back.)
/// </summary>
internal static class CompressionProof
{
    private const long SmallEnough = 16 * 1024 * 1024;
    private const int SmallestGzip = 18;
    private const int TrailerBytes = 8;

    /// <summary>Proves a file.</summary>
    /// <param name="open">Opens the file at its start.</param>
    /// <param name="compression">What it is declared to be.</param>
    /// <param name="limits">How large its content may be.</param>
    /// <param name="cancellationToken">Stops between reads.</param>
    /// <exception cref="FileRejectedException">It is not sound, or expands beyond the limits.</exception>
    public static async Task RunAsync(Func<FileStream> open, Compression compression, ImportOptions limits, CancellationToken cancellationToken)
    {
        await using var file = open();
        if (file.Length == 0) return;
        try
        {
            if (compression == Compression.Zip) await ProveZipAsync(file, limits, cancellationToken);
            else await ProveGzipAsync(file, open, limits, cancellationToken);
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException)
        {
            throw new FileRejectedException(ReasonCode.FileCompression, $"The file is not sound {Name(compression)}: {error.Message}");
        }
    }

    private static string Name(Compression compression) => compression == Compression.Zip ? "zip" : "gzip";

    private static async Task ProveZipAsync(FileStream file, ImportOptions limits, CancellationToken cancellationToken)
    {
        var entry = ZippedFile.Find(file);
        var sum = new Checksum();
        await using var content = entry.Open();
        var length = await ReadAsync(content, file.Length, limits, from: 0, sum, cancellationToken);
        if (length != entry.Length || sum.Value != entry.Crc32) throw new InvalidDataException("its content is cut off or changed.");
    }

    // GZipStream checks each member that it has read to its end, and takes a file that is cut off for one that has ended: the last bytes of
    // the file must be those of a member that ends there, with the length and the checksum of the end of the content.
    private static async Task ProveGzipAsync(FileStream file, Func<FileStream> open, ImportOptions limits, CancellationToken cancellationToken)
    {
        if (file.Length < SmallestGzip) throw new InvalidDataException("it is too short.");
        var trailer = new byte[TrailerBytes];
        RandomAccess.Read(file.SafeFileHandle, trailer, file.Length - TrailerBytes);
        var (sum, lastLength) = (BinaryPrimitives.ReadUInt32LittleEndian(trailer), BinaryPrimitives.ReadUInt32LittleEndian(trailer.AsSpan(4)));

        await using var content = SpooledContent.Open(file, Compression.Gzip);
        var length = await ReadAsync(content.Text, file.Length, limits, from: long.MaxValue, new(), cancellationToken);
        if ((uint)length == lastLength) return;

        var last = new Checksum();
        await using var again = SpooledContent.Open(open(), Compression.Gzip);
        if (length > lastLength) await ReadAsync(again.Text, file.Length, limits, length - lastLength, last, cancellationToken);
        if (length < lastLength || last.Value != sum) throw new InvalidDataException("it is cut off, or has bytes behind its end.");
    }

    // Sums up the content from a place on.
    private static async Task<long> ReadAsync(
        Stream content, long fileLength, ImportOptions limits, long from, Checksum sum, CancellationToken cancellationToken)
    {
        var buffer = new byte[128 * 1024];
        long expanded = 0;
        while (await content.ReadAsync(buffer, cancellationToken) is var read and > 0)
        {
            if (expanded + read > from) sum.Add(buffer.AsSpan((int)Math.Max(0, from - expanded)..read));
            expanded += read;
            if (expanded > limits.MaxExpandedBytes)
            {
                throw new FileRejectedException(ReasonCode.FileTooLarge, $"The content is larger than {limits.MaxExpandedBytes} bytes (Import:MaxExpandedBytes).");
            }

            if (expanded > SmallEnough && expanded / limits.MaxExpansion > fileLength)
            {
                throw new FileRejectedException(ReasonCode.FileTooLarge, $"The content is more than {limits.MaxExpansion} times as large as the file (Import:MaxExpansion).");
            }
        }

        return expanded;
    }
}
