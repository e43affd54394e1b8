using System.Buffers.Binary;
using System.IO.Compression;
using Payments.Pipeline.Validate;

namespace Payments.Pipeline.Import;

/// <summary>The content of a spooled file: its bytes, or what gzip makes of them.</summary>
/// <param name="File">The file as it lies in the spool.</param>
/// <param name="Text">What is in it.</param>
internal sealed record SpooledContent(FileStream File, Stream Text) : IAsyncDisposable
{
    private const long SmallEnough = 16 * 1024 * 1024;
    private const int SmallestGzip = 18;
    private const int LengthField = 4;

    /// <summary>Opens the content.</summary>
    public static SpooledContent Open(FileStream file, bool isGzip) => new(file, isGzip ? new GZipStream(file, CompressionMode.Decompress) : file);

    public async ValueTask DisposeAsync()
    {
        await Text.DisposeAsync();
        await File.DisposeAsync();
    }

    /// <summary>
    /// Reads a compressed file once to its end before anything of it is loaded: a bomb or a broken file is refused as a whole.
    /// (Unpacking is far faster than loading, and it leaves nothing to be taken back.)
    /// </summary>
    /// <exception cref="FileRejectedException">It is not gzip, is cut off, or expands beyond the limits.</exception>
    public static async Task ProveAsync(FileStream file, ImportOptions limits, CancellationToken cancellationToken)
    {
        if (file.Length == 0) return;
        var expectedLength = LengthOf(file);
        await using var content = Open(file, isGzip: true);
        var buffer = new byte[128 * 1024];
        long expanded = 0;
        try
        {
            while (await content.Text.ReadAsync(buffer, cancellationToken) is var read and > 0)
            {
                expanded += read;
                if (expanded > limits.MaxExpandedBytes)
                {
                    throw new FileRejectedException(ReasonCode.FileTooLarge, $"The content is larger than {limits.MaxExpandedBytes} bytes (Import:MaxExpandedBytes).");
                }

                if (expanded > SmallEnough && expanded / limits.MaxExpansion > file.Length)
                {
                    throw new FileRejectedException(ReasonCode.FileTooLarge, $"The content is more than {limits.MaxExpansion} times as large as the file (Import:MaxExpansion).");
                }
            }
        }
        catch (InvalidDataException error)
        {
            throw new FileRejectedException(ReasonCode.FileCompression, $"The file is not sound gzip: {error.Message}");
        }

        // GZipStream takes a file that is cut off for one that has ended.
        if ((uint)expanded != expectedLength)
        {
            throw new FileRejectedException(ReasonCode.FileCompression, "The file is cut off, has bytes behind its end, or is several gzip files in one.");
        }
    }

    // The last field of a gzip file: the content's length, modulo 2^32.
    private static uint LengthOf(FileStream file)
    {
        if (file.Length < SmallestGzip) throw new FileRejectedException(ReasonCode.FileCompression, "The file is too short for gzip.");
        Span<byte> field = stackalloc byte[LengthField];
        RandomAccess.Read(file.SafeFileHandle, field, file.Length - LengthField);
        return BinaryPrimitives.ReadUInt32LittleEndian(field);
    }
}
