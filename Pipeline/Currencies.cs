using System.Text;
using Npgsql;

namespace Payments.Pipeline;

/// <summary>The currencies of <c>public.currencies</c> and their minor digits.</summary>
public sealed class Currencies
{
    /// <summary>Fraction digits that <c>numeric(18,3)</c> keeps: a currency with more is taken with three.</summary>
    public const int MaxDigits = 3;

    private const int Letters = 26;
    private readonly sbyte[] _digits = new sbyte[Letters * Letters * Letters];

    private Currencies() => Array.Fill(_digits, (sbyte)-1);

    /// <summary>Reads the list.</summary>
    public static async Task<Currencies> LoadAsync(NpgsqlDataSource dataSource, CancellationToken cancellationToken = default)
    {
        var currencies = new Currencies();
        await using var command = dataSource.CreateCommand("select currency, minor_digits from public.currencies");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            currencies._digits[Index(Encoding.ASCII.GetBytes(reader.GetString(0)))] = (sbyte)Math.Min((int)reader.GetInt16(1), MaxDigits);
        }

        return currencies;
    }

    /// <summary>Digits after the decimal point (0 to <see cref="MaxDigits"/>); null for anything but a known code in capitals.</summary>
    public int? MinorDigits(ReadOnlySpan<byte> code) => Index(code) is var index and >= 0 && _digits[index] is var digits and >= 0 ? digits : null;

    /// <summary>Digits after the decimal point (0 to <see cref="MaxDigits"/>); null for anything but a known code in capitals.</summary>
    public int? MinorDigits(string code) => code.Length == 3 && Ascii.IsValid(code) ? MinorDigits(Encoding.ASCII.GetBytes(code)) : null;

    private static int Index(ReadOnlySpan<byte> code)
    {
        if (code.Length != 3) return -1;
        var index = 0;
        foreach (var letter in code)
        {
            if (!char.IsAsciiLetterUpper((char)letter)) return -1;
            index = (index * Letters) + letter - 'A';
        }

        return index;
    }
}
