using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Npgsql;
using Parquet;
using Parquet.Schema;
using Payments.Pipeline.Import;

namespace Payments.Pipeline.Archive;

/// <summary>A file of the archive.</summary>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">Of its bytes, lower-case hex.</param>
internal sealed record WrittenFile(long Size, string Sha256);

/// <summary>The folder of months that have left the store, one Parquet file each: whole under its name, or not there.</summary>
internal sealed class ArchiveFolder(IOptions<StorageOptions> storage)
{
    private const int BufferBytes = 128 * 1024;
    private readonly string _folder = storage.Value.ArchivePath;

    /// <summary>Where a file is.</summary>
    public string PathOf(string fileName) => Path.Combine(_folder, fileName);

    /// <summary>Writes rows, in the order in which they come, one row group in memory at a time; a file of the name is replaced when all are on the disk.</summary>
    public async Task WriteAsync(
        string fileName, ArchiveColumns columns, NpgsqlBinaryExporter rows, IReadOnlyDictionary<string, string> about, Action<int> report, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(_folder);
        var unfinished = Path.Combine(_folder, $".{Guid.NewGuid():N}.part");
        try
        {
            await using (var stream = new FileStream(unfinished, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferBytes))
            {
                await WriteAsync(stream, columns, rows, about, report, cancellationToken);
                stream.Flush(flushToDisk: true);
            }

            File.Move(unfinished, PathOf(fileName), overwrite: true);
            DurableFolder.Sync(_folder);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    /// <summary>Reads a file from its start to its end.</summary>
    /// <param name="fileName">The file.</param>
    /// <param name="columns">Hold a row group each time <paramref name="take"/> is called.</param>
    /// <param name="take">Is given the number of rows in the columns.</param>
    /// <param name="cancellationToken">Stops between columns.</param>
    public async Task ReadAsync(string fileName, ArchiveColumns columns, Func<int, ValueTask> take, CancellationToken cancellationToken)
    {
        await using var stream = Open(fileName);
        await using var reader = await ParquetReader.CreateAsync(stream, cancellationToken: cancellationToken);
        var stored = reader.Schema.DataFields.ToDictionary(field => field.Name);
        for (var index = 0; index < reader.RowGroupCount; index++)
        {
            using var group = reader.OpenRowGroupReader(index);
            var rows = checked((int)group.RowCount);
            foreach (var column in columns.All) await column.ReadAsync(group, stored[column.Name], rows, cancellationToken);
            await take(rows);
        }
    }

    /// <summary>Measures a file.</summary>
    public async Task<WrittenFile> MeasureAsync(string fileName, CancellationToken cancellationToken)
    {
        await using var stream = Open(fileName);
        return new(stream.Length, Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken)));
    }

    private FileStream Open(string fileName) =>
        new(PathOf(fileName), FileMode.Open, FileAccess.Read, FileShare.Read, BufferBytes, FileOptions.Asynchronous);

    private static async Task WriteAsync(
        Stream stream, ArchiveColumns columns, NpgsqlBinaryExporter rows, IReadOnlyDictionary<string, string> about, Action<int> report, CancellationToken cancellationToken)
    {
        var schema = new ParquetSchema(columns.All.Select(column => column.Field));
        await using var writer = await ParquetWriter.CreateAsync(
            schema, stream, new ParquetOptions { CompressionMethod = CompressionMethod.Zstd }, cancellationToken: cancellationToken);
        writer.CustomMetadata = about;
        var count = 0;
        while (await rows.StartRowAsync(cancellationToken) >= 0)
        {
            foreach (var column in columns.All) await column.TakeAsync(rows, count, cancellationToken);
            if (++count == ArchiveColumns.GroupRows)
            {
                await WriteGroupAsync(writer, columns, count, cancellationToken);
                report(count);
                count = 0;
            }
        }

        if (count == 0) return;
        await WriteGroupAsync(writer, columns, count, cancellationToken);
        report(count);
    }

    private static async Task WriteGroupAsync(ParquetWriter writer, ArchiveColumns columns, int rows, CancellationToken cancellationToken)
    {
        using var group = writer.CreateRowGroup();
        foreach (var column in columns.All) await column.WriteAsync(group, rows, cancellationToken);
        group.CompleteValidate();
    }
}
