namespace Payments.Pipeline.Import;

/// <summary>CRC-32 as gzip and zip have it (RFC 1952, 8).</summary>
internal sealed class Checksum
{
    private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(index => Of((uint)index))];
    private uint _value = uint.MaxValue;

    /// <summary>The sum of all bytes added.</summary>
    public uint Value => ~_value;

    /// <summary>Adds bytes.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        var value = _value;
        foreach (var unit in bytes) value = Table[(byte)(value ^ unit)] ^ (value >> 8);
        _value = value;
    }

    private static uint Of(uint value)
    {
        for (var bit = 0; bit < 8; bit++) value = (value & 1) == 1 ? 0xEDB88320 ^ (value >> 1) : value >> 1;
        return value;
    }
}
