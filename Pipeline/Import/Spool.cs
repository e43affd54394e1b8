using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Payments.Pipeline.Import;

/// <summary>A file in the spool.</summary>
/// <param name="Sha256">SHA-256 of its bytes, lower-case hex; also its name.</param>
/// <param name="Size">Bytes.</param>
internal sealed record SpooledFile(string Sha256, long Size);

/// <summary>The folder of received files, named by their content: durable before anybody is told that they were received.</summary>
internal sealed class Spool(IOptions<StorageOptions> storage, IOptions<ImportOptions> limits)
{
    private const int BufferBytes = 128 * 1024;
    private const string UnfinishedEnd = ".part";
    private readonly string _folder = storage.Value.SpoolPath;
    private readonly long _maxBytes = limits.Value.MaxFileBytes;

    /// <summary>Writes what the stream brings; a stream that breaks leaves nothing behind.</summary>
    /// <exception cref="FileTooLargeException">It brings more than the limit.</exception>
    public Task<SpooledFile> WriteAsync(Stream body, CancellationToken cancellationToken) =>
        WriteAsync((spool, token) => body.CopyToAsync(spool, BufferBytes, token), cancellationToken);

    /// <summary>Writes what the writer writes; a writer that fails leaves nothing behind.</summary>
    /// <exception cref="FileTooLargeException">It writes more than the limit.</exception>
    public async Task<SpooledFile> WriteAsync(Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(_folder);
        var unfinished = Path.Combine(_folder, $".{Guid.NewGuid():N}{UnfinishedEnd}");
        try
        {
            SpooledFile file;
            await using (var stream = new FileStream(unfinished, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferBytes, FileOptions.Asynchronous))
            {
                await using var hashing = new HashingStream(stream, _maxBytes);
                await write(hashing, cancellationToken);
                await hashing.FlushAsync(cancellationToken);
                stream.Flush(flushToDisk: true);
                file = hashing.Finish();
            }

            // The same content may be there already, or arrive twice at once: either file is as good.
            File.Move(unfinished, PathOf(file.Sha256), overwrite: true);
            DurableFolder.Sync(_folder);
            return file;
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    /// <summary>Opens a file for reading from its start to its end.</summary>
    /// <exception cref="FileNotFoundException">The spool does not have it.</exception>
    public FileStream OpenRead(string sha256) =>
        new(PathOf(sha256), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, BufferBytes, FileOptions.SequentialScan);

    /// <summary>Removes unfinished files that nobody writes any more: their writers hold a lock, which dies with the process.</summary>
    /// <param name="lastWritten">Younger ones are left alone, for a file is locked a moment after it is made.</param>
    /// <returns>How many there were.</returns>
    public int RemoveAbandoned(DateTimeOffset lastWritten)
    {
        var folder = new DirectoryInfo(_folder);
        return folder.Exists
            ? folder.EnumerateFiles($".*{UnfinishedEnd}").Where(file => file.LastWriteTimeUtc <= lastWritten.UtcDateTime).Count(TryRemove)
            : 0;
    }

    private static bool TryRemove(FileInfo file)
    {
        try
        {
            using (file.Open(FileMode.Open, FileAccess.ReadWrite, FileShare.None)) file.Delete();
            return true;
        }
        catch (IOException)
        {
            // Somebody writes it after all, or has just finished.
            return false;
        }
    }

    /// <summary>Makes sure that a file stays until the transaction, which asks for its import, has ended; from then on the import keeps it.</summary>
    /// <exception cref="IOException">It was removed after an import of the same content, at this very moment: it has to be sent again.</exception>
    public async Task HoldAsync(NpgsqlConnection connection, string sha256, CancellationToken cancellationToken)
    {
        await LockAsync(connection, "select pg_advisory_xact_lock_shared(pipeline.lock_key('spool'), $1)", sha256, cancellationToken);
        if (!File.Exists(PathOf(sha256))) throw new IOException("The file was removed from the spool while it arrived.");
    }

    /// <summary>Removes the file of an import that has ended, if it has card numbers, unless another import still needs it.</summary>
    public async Task RemoveCardsAsync(NpgsqlDataSource dataSource, long importId, CancellationToken cancellationToken)
    {
        if (await AskAsync(dataSource, importId, cancellationToken) is not { } sha256) return;
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await LockAsync(connection, "select pg_advisory_xact_lock(pipeline.lock_key('spool'), $1)", sha256, cancellationToken);
        if (await AskAsync(dataSource, importId, cancellationToken) is not null) File.Delete(PathOf(sha256));
        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task<string?> AskAsync(NpgsqlDataSource dataSource, long importId, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("select pipeline.find_card_file($1)");
        command.Parameters.Add(new() { Value = importId });
        return await command.ExecuteScalarAsync(cancellationToken) as string;
    }

    private static async Task LockAsync(NpgsqlConnection connection, string sql, string sha256, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new() { Value = BinaryPrimitives.ReadInt32BigEndian(Convert.FromHexString(sha256)) });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private string PathOf(string sha256) => Path.Combine(_folder, sha256);

    /// <summary>Passes bytes on while it hashes, counts and limits them.</summary>
    private sealed class HashingStream(Stream inner, long maxBytes) : Stream
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private long _size;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => _size;

        public override long Position { get => _size; set => throw new NotSupportedException(); }

        public SpooledFile Finish() => new(Convert.ToHexStringLower(_hash.GetHashAndReset()), _size);

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            Count(buffer);
            inner.Write(buffer);
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Count(buffer.Span);
            return inner.WriteAsync(buffer, cancellationToken);
        }

        public override void Flush() => inner.Flush();

        public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing) _hash.Dispose();
            base.Dispose(disposing);
        }

        private void Count(ReadOnlySpan<byte> bytes)
        {
            _size += bytes.Length;
            if (_size > maxBytes) throw new FileTooLargeException(maxBytes);
            _hash.AppendData(bytes);
        }
    }
}
