using System.Buffers.Binary;
using System.IO.Compression;
using Payments.Pipeline.Validate;

namespace Payments.Pipeline.Import;

/// <summary>The one file of a zip archive. Its name is nobody's business: it is never used as a path.</summary>
internal static class ZippedFile
{
    // An archive of one file has a directory of one entry; a large one would only fill the memory.
    private const int MaxDirectoryBytes = 256 * 1024;

    private const int EndBytes = 22;
    private const int LongestComment = ushort.MaxValue;
    private const uint EndMark = 0x06054B50;
    private const uint LongEndLocatorMark = 0x07064B50;
    private const int LongEndLocatorBytes = 20;
    private const int LongEndStartOffset = 48;

    /// <summary>Finds the file.</summary>
    /// <exception cref="FileRejectedException">There is none, there are several, it is encrypted, or this is no archive.</exception>
    public static ZipArchiveEntry Find(FileStream archive)
    {
        try
        {
            if (archive.Length - DirectoryStart(archive) > MaxDirectoryBytes) throw Refusal("has far too many entries; send one file in it");
            var files = new ZipArchive(archive, ZipArchiveMode.Read, leaveOpen: true).Entries.Where(entry => !entry.FullName.EndsWith('/')).ToList();
            if (files.Count != 1) throw Refusal(files.Count == 0 ? "is empty" : $"has {files.Count} files; send one file in it");
            return files[0].IsEncrypted ? throw Refusal("is encrypted") : files[0];
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException or ArgumentException)
        {
            throw Refusal($"cannot be read: {error.Message}");
        }
    }

    private static FileRejectedException Refusal(string what) => new(ReasonCode.FileCompression, $"The zip archive {what}.");

    private static long DirectoryStart(FileStream archive)
    {
        var tail = new byte[Math.Min(archive.Length, EndBytes + LongestComment + LongEndLocatorBytes)];
        var from = archive.Length - tail.Length;
        RandomAccess.Read(archive.SafeFileHandle, tail, from);
        var end = tail.Length - EndBytes;
        while (end >= 0 && BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(end)) != EndMark) end--;
        if (end < 0) throw new InvalidDataException("its end is missing");

        var start = BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(end + 16));
        var locator = end - LongEndLocatorBytes;
        if (start != uint.MaxValue || locator < 0 || BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(locator)) != LongEndLocatorMark) return start;
        Span<byte> field = stackalloc byte[sizeof(long)];
        RandomAccess.Read(archive.SafeFileHandle, field, BinaryPrimitives.ReadInt64LittleEndian(tail.AsSpan(locator + 8)) + LongEndStartOffset);
        return BinaryPrimitives.ReadInt64LittleEndian(field);
    }
}
