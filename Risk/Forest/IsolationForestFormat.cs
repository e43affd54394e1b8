using System.Security.Cryptography;

namespace Payments.Risk.Forest;

/// <summary>
/// The stored form of a forest, little-endian: "IFOR", version (1 byte), then features, sample size, number of trees (7-bit encoded integers) and the
/// trees, then the SHA-256 of all before. A tree is its nodes in pre-order: a split as feature + 1 and threshold (8 bytes), a leaf as 0 and its size.
/// All else follows from these: depths, path lengths, where missing values go.
/// </summary>
internal static class IsolationForestFormat
{
    public const int MaxTrees = 100_000;
    public const int MaxSubsampleSize = 1 << 20;

    private const byte Version = 1;

    private static ReadOnlySpan<byte> Magic => "IFOR"u8;

    public static byte[] Write(IsolationForest forest)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(Magic);
        writer.Write(Version);
        writer.Write7BitEncodedInt(forest.Features);
        writer.Write7BitEncodedInt(forest.SubsampleSize);
        writer.Write7BitEncodedInt(forest.Trees);
        foreach (var tree in forest.AllTrees)
        {
            Write(writer, tree, 0);
        }

        writer.Write(SHA256.HashData(stream.GetBuffer().AsSpan(0, (int)stream.Length)));
        return stream.ToArray();
    }

    public static IsolationForest Read(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.StartsWith(Magic))
        {
            throw new InvalidDataException("Not a stored isolation forest: it does not begin with IFOR.");
        }

        var body = bytes[..Math.Max(Magic.Length, bytes.Length - SHA256.HashSizeInBytes)];
        if (bytes.Length > Magic.Length && bytes[Magic.Length] != Version)
        {
            throw new InvalidDataException($"The stored isolation forest has version {bytes[Magic.Length]}; this program reads version {Version}.");
        }

        if (!SHA256.HashData(body).AsSpan().SequenceEqual(bytes[body.Length..]))
        {
            throw new InvalidDataException("The stored isolation forest is cut or damaged: its checksum does not match.");
        }

        using var stream = new MemoryStream(body[(Magic.Length + 1)..].ToArray(), writable: false);
        using var reader = new BinaryReader(stream);
        try
        {
            return Read(reader);
        }
        catch (Exception exception) when (exception is EndOfStreamException or FormatException)
        {
            throw new InvalidDataException("The stored isolation forest ends in the middle of a tree.", exception);
        }
    }

    private static void Write(BinaryWriter writer, IsolationTree tree, int index)
    {
        var node = tree.Nodes[index];
        if (node.IsLeafAt(index))
        {
            writer.Write7BitEncodedInt(0);
            writer.Write7BitEncodedInt(tree.Sizes[index]);
            return;
        }

        writer.Write7BitEncodedInt(node.Feature + 1);
        writer.Write(node.Threshold);
        Write(writer, tree, node.Left);
        Write(writer, tree, node.Left + 1);
    }

    private static IsolationForest Read(BinaryReader reader)
    {
        var features = ReadInRange(reader, 1, int.MaxValue - 1, "features");
        var sampleSize = ReadInRange(reader, 0, MaxSubsampleSize, "sample size");
        var averages = PathLength.AverageTable(sampleSize);
        var trees = new IsolationTree[ReadInRange(reader, 1, MaxTrees, "number of trees")];
        for (var tree = 0; tree < trees.Length; tree++)
        {
            var builder = new IsolationTreeBuilder(averages);
            var rows = Read(reader, builder, node: 0, depth: 0, features, sampleSize);
            if (rows != sampleSize)
            {
                throw new InvalidDataException($"A tree of the stored isolation forest has {rows} rows instead of {sampleSize}.");
            }

            trees[tree] = builder.ToTree();
        }

        if (reader.BaseStream.Position != reader.BaseStream.Length)
        {
            throw new InvalidDataException("The stored isolation forest goes on after its last tree.");
        }

        return new IsolationForest(trees, features, sampleSize, averages[sampleSize]);
    }

    /// <returns>The rows of the sample below the node.</returns>
    private static int Read(BinaryReader reader, IsolationTreeBuilder builder, int node, int depth, int features, int sampleSize)
    {
        // Depth is bounded by the sample, so hostile data cannot exhaust the stack.
        var feature = ReadInRange(reader, 0, depth < PathLength.HeightLimit(sampleSize) ? features : 0, "feature") - 1;
        if (feature < 0)
        {
            var size = ReadInRange(reader, Math.Min(1, sampleSize), sampleSize, "leaf");
            builder.Leaf(node, depth, size);
            return size;
        }

        var threshold = reader.ReadDouble();
        if (!double.IsFinite(threshold))
        {
            throw new InvalidDataException("The stored isolation forest has a threshold that is not a number.");
        }

        var left = builder.Split(node, feature, threshold);
        var rows = Read(reader, builder, left, depth + 1, features, sampleSize)
            + Read(reader, builder, left + 1, depth + 1, features, sampleSize);
        if (rows > sampleSize)
        {
            throw new InvalidDataException($"A branch of the stored isolation forest has {rows} rows, more than the {sampleSize} of its sample.");
        }

        builder.Close(node);
        return rows;
    }

    private static int ReadInRange(BinaryReader reader, int least, int greatest, string what)
    {
        var value = reader.Read7BitEncodedInt();
        return value >= least && value <= greatest
            ? value
            : throw new InvalidDataException($"The stored isolation forest's {what} is {value}, not {least} to {greatest}.");
    }
}
