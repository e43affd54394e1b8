using Npgsql;
using Payments.Pipeline.Import;
using Payments.Pipeline.Import.Profiles;
using Payments.Pipeline.Load;
using Payments.Pipeline.Validate;

namespace Payments.Pipeline.Accept;

/// <summary>Judges payments by the rules of files.</summary>
internal sealed class LiveStager
{
    private readonly LiveRecord _record = new();
    private readonly RecordContext _context;
    private readonly RecordStager _stager;
    private readonly CopyRows _scratch = new();

    private LiveStager(Currencies currencies)
    {
        _context = new(currencies, null, now: 0);
        _stager = new(Profile, Header, new ImportOptions(), _context);
    }

    public static ImportProfile Profile => LivePaymentsProfile.Profile;

    public static ImportHeader Header { get; } = ImportHeader.OfJson(LivePaymentsProfile.Profile);

    public static async Task<LiveStager> CreateAsync(NpgsqlDataSource dataSource, CancellationToken cancellationToken) =>
        new(await Currencies.LoadAsync(dataSource, cancellationToken));

    /// <summary>Judges payments, numbered from 1.</summary>
    public StagedPayments Stage(IReadOnlyList<LivePayment> payments, long firstNumber, DateTime now)
    {
        var staged = new List<StagedPayment>(payments.Count);
        _context.Now = PostgresInstant.FromTicks(now.Ticks);
        _stager.BeginBatch();
        for (var i = 0; i < payments.Count; i++)
        {
            _scratch.Clear();
            _record.Show(payments[i], firstNumber + i, now);
            _stager.Append(_record, i + 1, _scratch, 0, 0);
            staged.Add(_stager.Payment);
        }

        return new(staged);
    }

    /// <summary>Whether a payment that brought no instant has the content of a stored one, at the stored one's instant.</summary>
    public bool IsSameAt(LivePayment payment, DateTime storedAt, Guid storedHash)
    {
        _scratch.Clear();
        _record.Show(payment, 0, storedAt);
        _stager.Append(_record, 1, _scratch, 0, 0);
        return _stager.Payment.ContentHash == storedHash;
    }
}
