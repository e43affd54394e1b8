using System.Text;
using System.Text.Unicode;
using Payments.Pipeline.Import;
using Payments.Pipeline.Import.Csv;

namespace Payments.Pipeline.Tests.Import;

public sealed class CsvRecordReaderTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Any_bytes_in_any_pieces_are_read_as_by_the_obvious_parser(int seed)
    {
        var random = new Random(seed);
        byte[][] alphabet = [[(byte)'a'], [(byte)'b'], [(byte)','], [(byte)','], [(byte)'"'], [(byte)'"'], [(byte)'\r'], [(byte)'\n'], [(byte)'\r', (byte)'\n'], [0], [0xFF], "é"u8.ToArray(), "€"u8.ToArray()];
        for (var round = 0; round < 1_500; round++)
        {
            byte[] file = [.. Enumerable.Range(0, random.Next(60)).SelectMany(_ => alphabet[random.Next(alphabet.Length)])];
            var expected = ReferenceCsv.Parse(file);
            var actual = await ReadAsync(new TricklingStream(file, random, largestPiece: 7));

            var shown = $"seed {seed}, round {round}: {Convert.ToHexString(file)}";
            Assert.True(expected.Count == actual.Count, shown);
            for (var i = 0; i < expected.Count; i++)
            {
                var (reference, record) = (expected[i], actual[i]);
                Assert.True(reference.Line == record.Line && i + 1 == record.Number, shown);
                Assert.True(reference.Raw.SequenceEqual(record.Raw), shown);
                Assert.True(FaultsOf(reference) == record.Faults, shown);
                if (reference.HasQuoteFault) continue;
                Assert.True(reference.Fields.Select(Convert.ToHexString).SequenceEqual(record.Fields.Select(Convert.ToHexString)), shown);
            }
        }
    }

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(200_000, true)]
    [InlineData(10_000_000, true)]
    public async Task A_record_is_oversized_by_its_size_alone_however_it_comes(int beyond, bool isOversized)
    {
        var field = new byte[RecordReader.MaxRecordBytes + beyond - 2];
        Array.Fill(field, (byte)'x');
        byte[] file = [.. "h,h\n1,"u8, .. field, .. "\n2,b\n"u8];

        foreach (var piece in (int[])[1 << 30, 100_000, 4_097])
        {
            var records = await ReadAsync(new TricklingStream(file, new Random(1), piece));
            Assert.Equal(3, records.Count);
            Assert.Equal(isOversized ? RowFaults.Oversized | RowFaults.TooLong : RowFaults.None, records[1].Faults);
            Assert.Equal(isOversized ? RecordReader.KeptOfOversized : RecordReader.MaxRecordBytes + beyond, records[1].Raw.Length);
            Assert.Equal((3, 3, RowFaults.None), (records[2].Line, records[2].Number, records[2].Faults));
        }
    }

    [Fact]
    public async Task Faults_of_an_oversized_record_are_found_wherever_they_lie()
    {
        var filler = string.Concat(Enumerable.Repeat("é€", 200_000));
        foreach (var (middle, expected) in new (byte[], RowFaults)[]
        {
            ([], RowFaults.None),
            ([0], RowFaults.ControlChar),
            ([0xC3], RowFaults.Encoding),
            ([(byte)'"'], RowFaults.Quote),
        })
        {
            byte[] file = [.. Encoding.UTF8.GetBytes(filler), .. middle, .. Encoding.UTF8.GetBytes(filler), .. ",b\n"u8];
            var record = Assert.Single(await ReadAsync(new TricklingStream(file, new Random(7), 70_001)));
            Assert.Equal(expected | RowFaults.Oversized | RowFaults.TooLong, record.Faults);
            Assert.Equal(2, record.FieldCount);
        }
    }

    [Fact]
    public async Task A_quote_never_closed_takes_bounded_memory()
    {
        byte[] file = [.. "a,b\n1,\""u8, .. Enumerable.Repeat("x,y\n"u8.ToArray(), 5_000_000 / 4).SelectMany(line => line)];
        var before = GC.GetAllocatedBytesForCurrentThread();
        var records = new CsvRecordReader(new MemoryStream(file));
        Assert.True(await records.ReadAsync(default));
        Assert.True(await records.ReadAsync(default));
        Assert.Equal(RowFaults.Quote | RowFaults.Oversized | RowFaults.TooLong, records.Faults);
        Assert.Equal(2, records.Line);
        Assert.False(await records.ReadAsync(default));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2 * 1024 * 1024);
    }

    [Fact]
    public async Task A_field_is_too_long_by_its_characters_not_its_bytes()
    {
        var records = new CsvRecordReader(new MemoryStream(Encoding.UTF8.GetBytes($"{new string('é', 256)},{new string('é', 257)},\"{new string('"', 512)}\",\"{new string('"', 514)}\"")));
        Assert.True(await records.ReadAsync(default));
        Assert.Equal([false, true, false, true], Enumerable.Range(0, 4).Select(records.IsTooLong));
    }

    [Fact]
    public async Task Who_asks_for_more_fields_than_a_payment_may_have_gets_them()
    {
        var file = Encoding.UTF8.GetBytes(string.Join(',', Enumerable.Range(0, 300)));
        var records = new CsvRecordReader(new MemoryStream(file), maxFields: 300);
        Assert.True(await records.ReadAsync(default));
        Assert.Equal((300, RowFaults.None), (records.FieldCount, records.Faults));
        Assert.Equal("299", Encoding.UTF8.GetString(records.Field(299)));
    }

    private static RowFaults FaultsOf(ReferenceRecord record) =>
        (record.HasQuoteFault ? RowFaults.Quote : 0)
        | (Utf8.IsValid(record.Raw) ? 0 : RowFaults.Encoding)
        | (record.Raw.Contains((byte)0) ? RowFaults.ControlChar : 0);

    private static async Task<List<ReadRecord>> ReadAsync(Stream stream)
    {
        var records = new CsvRecordReader(stream);
        var all = new List<ReadRecord>();
        while (await records.ReadAsync(default))
        {
            var hasFields = (records.Faults & (RowFaults.Quote | RowFaults.Oversized)) == 0;
            var fields = hasFields ? Enumerable.Range(0, records.FieldCount).Select(i => records.Field(i).ToArray()).ToList() : [];
            all.Add(new(records.Number, records.Line, records.FieldCount, records.Faults, records.Raw.ToArray(), fields));
        }

        return all;
    }

    private sealed record ReadRecord(long Number, long Line, int FieldCount, RowFaults Faults, byte[] Raw, List<byte[]> Fields);
}
