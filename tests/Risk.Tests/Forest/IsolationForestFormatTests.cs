using System.Security.Cryptography;
using Payments.Risk.Forest;

namespace Payments.Risk.Tests.Forest;

public sealed class IsolationForestFormatTests
{
    private static readonly FeatureMatrix Data = new(Rows.Bell(500, 3), 3);
    private static readonly IsolationForest Forest = IsolationForest.Fit(Data, new() { Seed = 3, Trees = 10 });

    [Fact]
    public void A_forest_that_was_read_is_the_one_that_was_written()
    {
        var read = IsolationForest.Read(Forest.ToBytes());
        var (expected, actual) = (new double[3], new double[3]);
        Forest.Explain(Data[0], expected);
        read.Explain(Data[0], actual);

        Assert.Equal(Forest.Score(Data), read.Score(Data));
        Assert.Equal(expected, actual);
        Assert.Equal(Forest.ToBytes(), read.ToBytes());
        Assert.Equal((3, 10, 256), (read.Features, read.Trees, read.SubsampleSize));
        Assert.Equal(Forest.BaselineScore, read.BaselineScore);
    }

    [Fact]
    public void A_hundred_trees_take_less_than_300_kB() =>
        Assert.InRange(IsolationForest.Fit(Data, new()).ToBytes().Length, 1, 300_000);

    [Fact]
    public void The_layout_is_as_documented()
    {
        // Sample {0, 1}: one split at 0.5 by a hand-built tree of two leaves.
        var builder = new IsolationTreeBuilder(PathLength.AverageTable(2));
        var left = builder.Split(0, feature: 0, threshold: 0.5);
        builder.Leaf(left, depth: 1, size: 1);
        builder.Leaf(left + 1, depth: 1, size: 1);
        builder.Close(0);

        var bytes = new IsolationForest([builder.ToTree()], features: 1, subsampleSize: 2, averagePathLength: 1).ToBytes();

        Assert.Equal([.. "IFOR"u8, 1, 1, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0xE0, 0x3F, 0, 1, 0, 1], bytes[..^32]);
        Assert.Equal(SHA256.HashData(bytes[..^32]), bytes[^32..]);
    }

    [Fact]
    public void Every_damaged_byte_is_noticed()
    {
        var bytes = Forest.ToBytes();
        for (var i = 0; i < bytes.Length; i += i < 64 ? 1 : 97)
        {
            bytes[i] ^= 0x10;
            Assert.Throws<InvalidDataException>(() => IsolationForest.Read(bytes));
            bytes[i] ^= 0x10;
        }
    }

    [Fact]
    public void Every_cut_is_noticed()
    {
        var bytes = Forest.ToBytes();
        for (var length = 0; length < bytes.Length; length += length < 64 ? 1 : 97)
        {
            Assert.Throws<InvalidDataException>(() => IsolationForest.Read(bytes.AsSpan(0, length)));
        }

        Assert.Throws<InvalidDataException>(() => IsolationForest.Read([.. bytes, 0]));
    }

    [Fact]
    public void Foreign_data_and_later_versions_are_named()
    {
        var later = Forest.ToBytes();
        later[4] = 2;

        Assert.StartsWith("Not a stored isolation forest", Refusal("PK\u0003\u0004 foreign"u8.ToArray()), StringComparison.Ordinal);
        Assert.Contains("has version 2", Refusal(later), StringComparison.Ordinal);
        Assert.Contains("cut or damaged", Refusal(Forest.ToBytes()[..^1]), StringComparison.Ordinal);
    }

    // After the version: features, sample size, trees, nodes. The checksum is right, the forest is not.
    [Theory]
    [InlineData("no features", new byte[] { 0, 2, 1, 0, 2 })]
    [InlineData("no tree", new byte[] { 1, 2, 0 })]
    [InlineData("a tree missing", new byte[] { 1, 2, 2, 0, 2 })]
    [InlineData("a split missing its threshold", new byte[] { 1, 2, 1, 1, 0 })]
    [InlineData("a feature too many", new byte[] { 1, 2, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1 })]
    [InlineData("a threshold that is infinite", new byte[] { 1, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0xF0, 0x7F, 0, 1, 0, 1 })]
    [InlineData("too few rows in the leaves", new byte[] { 1, 3, 1, 0, 2 })]
    [InlineData("too many rows in the leaves", new byte[] { 1, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 2 })]
    [InlineData("an empty leaf", new byte[] { 1, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2 })]
    [InlineData("a tree deeper than its limit", new byte[] { 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1 })]
    [InlineData("more after the last tree", new byte[] { 1, 2, 1, 0, 2, 0 })]
    [InlineData("a number without end", new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF })]
    public void What_is_no_forest_is_refused_whatever_its_checksum(string flaw, byte[] content)
    {
        byte[] body = [.. "IFOR"u8, 1, .. content];

        var refusal = Record.Exception(() => IsolationForest.Read([.. body, .. SHA256.HashData(body)]));

        Assert.True(refusal is InvalidDataException, $"{flaw}: {refusal}");
    }

    private static string Refusal(byte[] bytes) => Assert.Throws<InvalidDataException>(() => IsolationForest.Read(bytes)).Message;
}
