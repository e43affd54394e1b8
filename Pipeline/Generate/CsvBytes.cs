using System.Buffers;
using System.Globalization;
using System.Text;

namespace Payments.Pipeline.Generate;

/// <summary>Writes CSV as UTF-8 bytes, straight into a block that goes to the stream when it is full.</summary>
/// <remarks>Text that may need quotes goes through <see cref="Field"/>; everything else is written as it is.</remarks>
internal sealed class CsvBytes(Stream output) : IDisposable
{
    private const int LongestRecord = 8 * 1024;

    private byte[] _block = ArrayPool<byte>.Shared.Rent(256 * 1024);
    private int _used;

    private static ReadOnlySpan<int> Powers =>
        [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000];

    /// <summary>Appends bytes as they are.</summary>
    public void Raw(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_block.AsSpan(_used));
        _used += bytes.Length;
    }

    /// <summary>Appends a number, with leading zeros up to a width of one digit or more.</summary>
    public void Digits(int value, int width)
    {
        while (width < Powers.Length && value >= Powers[width])
        {
            width++;
        }

        for (var at = _used + width - 1; at >= _used; at--, value /= 10)
        {
            _block[at] = (byte)('0' + (value % 10));
        }

        _used += width;
    }

    /// <summary>Appends one byte.</summary>
    public void Byte(char ascii) => _block[_used++] = (byte)ascii;

    /// <summary>Appends a value of any kind, quoted where it must be; null is an empty field.</summary>
    public void Field(object? value)
    {
        var text = value switch
        {
            DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
            _ => value?.ToString() ?? "",
        };
        if (text.AsSpan().ContainsAny(",\"\r\n"))
        {
            text = $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
        }

        _used += Encoding.UTF8.GetBytes(text, _block.AsSpan(_used));
    }

    /// <summary>Writes one whole record.</summary>
    public void Record(params ReadOnlySpan<object?> values)
    {
        for (var at = 0; at < values.Length; at++)
        {
            if (at > 0)
            {
                Byte(',');
            }

            Field(values[at]);
        }

        EndRecord();
    }

    /// <summary>Ends the record; blocks go out between records.</summary>
    public void EndRecord()
    {
        Byte('\n');
        if (_used > _block.Length - LongestRecord)
        {
            Flush();
        }
    }

    /// <summary>Hands what is left to the stream.</summary>
    public void Flush()
    {
        output.Write(_block, 0, _used);
        _used = 0;
    }

    /// <summary>Gives the block back; what was not flushed is lost.</summary>
    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_block);
        _block = [];
    }
}
