using System.Security.Cryptography;
using Payments.Risk.Features;
using Payments.Risk.Forest;

namespace Payments.Risk.Models;

/// <summary>
/// The stored form of a model, little-endian: "RISK", version (1 byte), the medians by feature name, the forest (names, bytes, distribution), whether a supervised
/// model follows and it (names, missing values, trees, stack, scale), then the SHA-256 of all before. A tree is its nodes in pre-order: a split as feature + 1
/// and threshold, a leaf as 0, its value and its training payments.
/// </summary>
internal static class ScoringModelFormat
{
    private const byte Version = 1;
    private const int MostNodes = 10_000_000;
    private const int MostDepth = 1_000;

    private static ReadOnlySpan<byte> Magic => "RISK"u8;

    public static byte[] Write(ScoringModel model)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(Magic);
        writer.Write(Version);
        WriteTypical(writer, model.Typical);
        WriteAnomaly(writer, model.Anomaly);
        writer.Write(model.Fraud is not null);
        if (model.Fraud is { } fraud) WriteFraud(writer, fraud);
        writer.Write(SHA256.HashData(stream.GetBuffer().AsSpan(0, (int)stream.Length)));
        return stream.ToArray();
    }

    public static ScoringModel Read(ReadOnlySpan<byte> bytes, bool isForestOnly)
    {
        if (!bytes.StartsWith(Magic)) throw new InvalidDataException("Not a stored model: it does not begin with RISK.");
        if (bytes.Length > Magic.Length && bytes[Magic.Length] != Version)
        {
            throw new InvalidDataException($"The stored model has version {bytes[Magic.Length]}; this program reads version {Version}.");
        }

        var body = bytes[..Math.Max(Magic.Length, bytes.Length - SHA256.HashSizeInBytes)];
        if (!SHA256.HashData(body).AsSpan().SequenceEqual(bytes[body.Length..]))
        {
            throw new InvalidDataException("The stored model is cut or damaged: its checksum does not match.");
        }

        using var stream = new MemoryStream(body[(Magic.Length + 1)..].ToArray(), writable: false);
        using var reader = new BinaryReader(stream);
        try
        {
            var typical = ReadTypical(reader);
            var anomaly = ReadAnomaly(reader);
            var fraud = reader.ReadBoolean() && !isForestOnly ? ReadFraud(reader) : null;
            return new(anomaly, fraud, typical);
        }
        catch (Exception exception) when (exception is EndOfStreamException or FormatException)
        {
            throw new InvalidDataException("The stored model ends in the middle.", exception);
        }
    }

    private static void WriteTypical(BinaryWriter writer, ReadOnlySpan<double> typical)
    {
        writer.Write7BitEncodedInt(typical.Length);
        for (var place = 0; place < typical.Length; place++)
        {
            writer.Write(FeatureCatalogue.All[place].Name);
            writer.Write(typical[place]);
        }
    }

    private static double[] ReadTypical(BinaryReader reader)
    {
        var typical = new double[FeatureCatalogue.Count];
        typical.AsSpan().Fill(double.NaN);
        for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
        {
            var isKnown = FeatureCatalogue.TryFind(reader.ReadString(), out var place);
            var median = reader.ReadDouble();
            if (isKnown) typical[place] = median;
        }

        return typical;
    }

    private static void WriteAnomaly(BinaryWriter writer, AnomalyModel anomaly)
    {
        Write(writer, anomaly.Features);
        var forest = anomaly.Forest.ToBytes();
        writer.Write7BitEncodedInt(forest.Length);
        writer.Write(forest);
        writer.Write7BitEncodedInt(anomaly.Levels.Length);
        foreach (var level in anomaly.Levels) writer.Write(level);
        foreach (var share in anomaly.Shares) writer.Write(share);
    }

    private static AnomalyModel ReadAnomaly(BinaryReader reader)
    {
        var features = ReadFeatures(reader);
        var forest = IsolationForest.Read(reader.ReadBytes(Length(reader)));
        var count = Length(reader);
        return new(features, forest, ReadDoubles(reader, count), ReadDoubles(reader, count));
    }

    private static void WriteFraud(BinaryWriter writer, FraudModel fraud)
    {
        Write(writer, fraud.Features);
        foreach (var value in fraud.Missing) writer.Write(value);
        writer.Write7BitEncodedInt(fraud.Trees.Roots.Length);
        foreach (var root in fraud.Trees.Roots) WriteTree(writer, fraud.Trees, root);
        var (stack, scale) = (fraud.Stack, fraud.Scale);
        foreach (var value in (ReadOnlySpan<double>)[stack.Intercept, stack.Trees, stack.Anomaly, stack.Rules, scale.At70, scale.At90, scale.Precision70 ?? double.NaN, scale.Precision90 ?? double.NaN])
        {
            writer.Write(value);
        }
    }

    private static FraudModel ReadFraud(BinaryReader reader)
    {
        var features = ReadFeatures(reader);
        var missing = new float[features.Count];
        for (var i = 0; i < missing.Length; i++) missing[i] = reader.ReadSingle();
        var trees = new Trees(reader, features.Count).Read();
        var values = ReadDoubles(reader, 8);
        return new(
            features, missing, trees, new(values[0], values[1], values[2], values[3]),
            new(values[4], values[5], double.IsNaN(values[6]) ? null : values[6], double.IsNaN(values[7]) ? null : values[7]));
    }

    private static void WriteTree(BinaryWriter writer, TreeEnsemble trees, int place)
    {
        var node = trees.Nodes[place];
        writer.Write7BitEncodedInt(node.Feature + 1);
        if (node.Feature < 0)
        {
            writer.Write(trees.Values[place]);
            writer.Write7BitEncodedInt(trees.Covers[place]);
            return;
        }

        writer.Write(node.Threshold);
        WriteTree(writer, trees, node.Left);
        WriteTree(writer, trees, node.Left + 1);
    }

    private static void Write(BinaryWriter writer, FeatureSet features)
    {
        writer.Write7BitEncodedInt(features.Count);
        foreach (var name in features.Names) writer.Write(name);
    }

    private static FeatureSet ReadFeatures(BinaryReader reader)
    {
        var names = new List<string>();
        for (var left = Length(reader); left > 0; left--) names.Add(reader.ReadString());
        return new(names);
    }

    private static int Length(BinaryReader reader) => reader.Read7BitEncodedInt() is >= 0 and var length && length <= reader.BaseStream.Length
        ? length
        : throw new InvalidDataException("The stored model has a length that is none.");

    private static double[] ReadDoubles(BinaryReader reader, int count)
    {
        var values = new double[count];
        for (var i = 0; i < count; i++) values[i] = reader.ReadDouble();
        return values;
    }

    private sealed class Trees(BinaryReader reader, int features)
    {
        private readonly List<TreeNode> _nodes = [];
        private readonly List<double> _values = [];
        private readonly List<int> _covers = [];

        public TreeEnsemble Read()
        {
            var roots = new int[Length(reader)];
            for (var i = 0; i < roots.Length; i++)
            {
                roots[i] = Room(1);
                ReadNode(roots[i], 0);
            }

            return new([.. _nodes], [.. _values], [.. _covers], roots);
        }

        private void ReadNode(int place, int depth)
        {
            var feature = reader.Read7BitEncodedInt() - 1;
            if (feature < -1 || feature >= features || depth > MostDepth || _nodes.Count > MostNodes) throw new InvalidDataException("The stored model has a tree that is none.");
            if (feature < 0)
            {
                _values[place] = reader.ReadDouble();
                _covers[place] = reader.Read7BitEncodedInt();
                return;
            }

            var threshold = reader.ReadSingle();
            var left = Room(2);
            _nodes[place] = new(threshold, feature, left);
            ReadNode(left, depth + 1);
            ReadNode(left + 1, depth + 1);
        }

        private int Room(int count)
        {
            var first = _nodes.Count;
            for (var i = 0; i < count; i++)
            {
                _nodes.Add(new(0, TreeNode.Leaf, 0));
                _values.Add(0);
                _covers.Add(0);
            }

            return first;
        }
    }
}
