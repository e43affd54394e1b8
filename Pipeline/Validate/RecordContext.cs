using Payments.Pipeline.Import;

namespace Payments.Pipeline.Validate;

/// <summary>What rules need to know besides the value, and what they learn from it for the rest of the record.</summary>
/// <param name="currencies">The known currencies.</param>
/// <param name="cards">Makes cards unreadable; null where there is no key for it.</param>
/// <param name="now">Microseconds of PostgreSQL's time (<see cref="Load.PostgresInstant"/>); a payment lies at or before it.</param>
internal sealed class RecordContext(Currencies currencies, CardHash? cards, long now)
{
    private Record? _record;
    private int[] _inputs = [];

    /// <summary>Fraction digits of an amount whose currency is not known.</summary>
    public const int UsualDigits = 2;

    public Currencies Currencies => currencies;

    public CardHash? Cards => cards;

    public long Now { get; set; } = now;

    /// <summary>Minor digits of the record's currency.</summary>
    public int CurrencyDigits { get; set; } = UsualDigits;

    /// <summary>Digits of the major unit that an amount in a smallest unit has, where the format writes it so.</summary>
    public int UnitDigits { get; set; } = UsualDigits;

    /// <summary>Whether the payment says that it has failed, where its profile notes it.</summary>
    public bool HasFailed { get; set; }

    /// <summary>When the payment was made, in PostgreSQL's time.</summary>
    public long Instant { get; set; }

    /// <summary>The line of a processor's report, as far as its rules have read it.</summary>
    public ReportLine Line { get; } = new();

    /// <summary>What the column's rule looks at besides its value, in the order of <see cref="ImportColumn.Inputs"/>; empty where it is missing.</summary>
    public ReadOnlySpan<byte> Input(int index) => _inputs[index] < 0 ? [] : _record!.Field(_inputs[index]);

    /// <summary>Shows the rule of a column its inputs.</summary>
    public void Show(Record record, int[] inputs) => (_record, _inputs) = (record, inputs);
}
