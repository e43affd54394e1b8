using System.IO.Compression;

namespace Payments.Pipeline.Import;

/// <summary>The content of a spooled file: its bytes, or what is compressed in it.</summary>
/// <param name="File">The file as it lies in the spool.</param>
/// <param name="Text">What is in it.</param>
internal sealed record SpooledContent(FileStream File, Stream Text) : IAsyncDisposable
{
    /// <summary>Opens the content.</summary>
    /// <exception cref="FileRejectedException">It is declared to be a zip archive, and is none of exactly one file.</exception>
    public static SpooledContent Open(FileStream file, Compression compression)
    {
        try
        {
            return new(file, compression switch
            {
                Compression.Gzip => new GZipStream(file, CompressionMode.Decompress),
                Compression.Zip when file.Length > 0 => ZippedFile.Find(file).Open(),
                _ => file,
            });
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Text.DisposeAsync();
        await File.DisposeAsync();
    }
}
