using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;
using Payments.Pipeline.Import;
using Payments.Pipeline.Load;

namespace Payments.Pipeline.Validate;

/// <summary>Judges records by what each alone can tell and writes them as rows of their staging table, refused ones with their reasons.</summary>
internal sealed class RecordStager
{
    private const int HashBytes = 16;
    private readonly StagedValue[] _values;
    private readonly int _fieldCount;
    private readonly RecordContext _context;
    private readonly bool _hasGiven;
    private readonly string[] _given;
    private readonly Fault[] _faults;
    private readonly int[] _valuesInFileOrder;
    private readonly int[] _lengthsChecked;
    private readonly bool _isGivenByHeader;
    private readonly int _alwaysHashed;
    private int _hashEnd;
    private readonly List<string> _reasons = [];
    private readonly short _width;
    private readonly PaymentWriter? _payments;

    public RecordStager(ImportProfile profile, ImportHeader header, ImportOptions options, RecordContext context)
    {
        _context = context;
        _isGivenByHeader = header.IsOfFile;
        _fieldCount = header.FieldCount;
        if (profile.Layout == StagingLayout.Payments) _payments = new();
        // What is judged and not kept comes first: it must not come between the values that are written.
        var judged = profile.Columns.Select(column => column.Name).Except(profile.Layout.Columns.Select(column => column.Name));
        _values = [.. judged.Select(name => StagedValue.Of(name, profile, header, options, isKept: false)), .. profile.Layout.Columns.Select(column => StagedValue.Of(column.Name, profile, header, options, isKept: true))];
        _alwaysHashed = _values.Length - profile.Layout.Columns.Count(column => column.JoinsHashWithValue);
        _faults = new Fault[_values.Length];
        _lengthsChecked = [.. Enumerable.Range(0, _fieldCount).Where(field => _values.Any(value => value.Field == field) || !profile.Layout.IsOfReports)
            .Where(field => !_values.Any(value => value.Field == field && value.JudgesLongText))];
        _valuesInFileOrder = [.. Enumerable.Range(0, _values.Length).Where(i => _values[i].Field >= 0 || _values[i].IsComposed).OrderBy(i => _values[i].IsComposed).ThenBy(i => _values[i].Field)];
        _given = header.Names;

        string[] before = [.. IsOfPayments ? (string[])["lane"] : [], "batch_id", "record_number", "line_number"];
        _hasGiven = !profile.Layout.IsOfReports;
        var after = IsOfPayments ? (string[])["content_hash", "reasons"] : _hasGiven ? ["given", "reasons"] : ["reasons"];
        string[] columns = [.. before, .. profile.Layout.Columns.Select(column => column.Column), .. after];
        _width = (short)columns.Length;
        ColumnList = string.Join(", ", columns);
    }

    /// <summary>The staging table's columns in the order of the rows.</summary>
    public string ColumnList { get; }

    /// <summary>Months of the batch's well-formed payments.</summary>
    public PaymentMonths Months { get; } = new();

    /// <summary>Whether records are payments.</summary>
    public bool IsOfPayments => _payments is not null;

    /// <summary>The payment appended last, where records are payments.</summary>
    public StagedPayment Payment { get; private set; }

    /// <summary>Why the record appended last is refused.</summary>
    public IReadOnlyList<string> Reasons => _reasons;

    /// <summary>A batch begins.</summary>
    public void BeginBatch()
    {
        Months.Clear();
        _payments?.BeginBatch();
    }

    /// <summary>Appends the record as a row.</summary>
    /// <param name="record">The record, in place.</param>
    /// <param name="recordNumber">Its number, from 1, the header not counted.</param>
    /// <param name="rows">Where to.</param>
    /// <param name="batchId">Its batch.</param>
    /// <param name="lane">Its batch's lane.</param>
    public void Append(Record record, long recordNumber, CopyRows rows, long batchId, short lane)
    {
        rows.Row(_width);
        if (IsOfPayments) rows.Int16(lane);
        rows.Int64(batchId);
        rows.Int64(recordNumber);
        rows.Int64(record.Line);

        _reasons.Clear();
        _payments?.Begin(rows, recordNumber, record.Line);
        var content = rows.Length;
        var hasFields = AddRowReasons(record);
        var isFaulty = AppendValues(record, rows, hasFields);
        if (isFaulty) AddValueReasons();

        if (_payments is not null) AppendHash(_payments, rows, content);
        else if (_hasGiven) rows.TextArray(_isGivenByHeader ? _given : GivenBy(record));

        if (_reasons.Count == 0)
        {
            rows.Null();
            if (IsOfPayments) Months.Add(_context.Instant);
        }
        else
        {
            rows.TextArray(_reasons);
        }
    }

    // A CSV header speaks for all of its records, an object of JSON for itself.
    private string[] GivenBy(Record record) =>
    [
        .. _values.Where(value => value.Field >= 0 && record.HasFields && record.IsGiven(value.Field)).Select(value => value.Name),
    ];

    // Whether the record's fields can be told apart and belong to the header's names.
    private bool AddRowReasons(Record record)
    {
        var faults = record.Faults;
        if (faults.HasFlag(RowFaults.Quote)) _reasons.Add(ReasonCode.RowQuote);
        if (faults.HasFlag(RowFaults.Encoding)) _reasons.Add(ReasonCode.RowEncoding);
        if (faults.HasFlag(RowFaults.ControlChar)) _reasons.Add(ReasonCode.RowControlChar);
        if (faults.HasFlag(RowFaults.Json)) _reasons.Add(ReasonCode.RowJson);
        if (faults.HasFlag(RowFaults.RepeatedKey)) _reasons.Add(ReasonCode.RowRepeatedKey);
        if (faults.HasFlag(RowFaults.Nesting)) _reasons.Add(ReasonCode.RowNesting);
        var isOfWidth = record.FieldCount == _fieldCount;
        if (!isOfWidth && !faults.HasFlag(RowFaults.Quote)) _reasons.Add(ReasonCode.RowFieldCount);
        if (faults.HasFlag(RowFaults.TooLong)) AddTooLong();
        if (faults.HasFlag(RowFaults.Oversized) && _reasons.Count == 0) _reasons.Add(ReasonCode.RowTooLarge);

        if (record.HasFields && isOfWidth)
        {
            foreach (var i in _lengthsChecked)
            {
                if (record.IsTooLong(i)) AddTooLong();
            }

            return true;
        }

        return false;
    }

    private void AddTooLong()
    {
        if (!_reasons.Contains(ReasonCode.FieldTooLong)) _reasons.Add(ReasonCode.FieldTooLong);
    }

    private bool AppendValues(Record record, CopyRows rows, bool hasFields)
    {
        var isFaulty = false;
        ValueWriter row = _payments is null ? rows : _payments;
        _context.CurrencyDigits = RecordContext.UsualDigits;
        _context.Line.Clear();
        for (var i = 0; i < _values.Length; i++)
        {
            ref readonly var value = ref _values[i];
            _faults[i] = Fault.None;
            if (i == _alwaysHashed) _hashEnd = rows.Length;
            _payments?.Expect(value.OfPayment);
            if (value.Constant is not null)
            {
                row.Text(value.Constant);
                continue;
            }

            if (!hasFields || (value.Field < 0 && !value.IsComposed))
            {
                if (value.IsKept) rows.Null();
                continue;
            }

            var text = value.IsComposed ? [] : record.Field(value.Field);
            if (BlankText.Is(text)) text = value.Default;
            if (text.IsEmpty && !value.IsComposed)
            {
                if (value.IsKept) rows.Null();
                if (value.IsRequired) isFaulty |= (_faults[i] = Fault.Missing) != Fault.None;
                continue;
            }

            // The row's reasons say it; a rule never sees what is not text or far too long.
            var isUnreadable = value.IsComposed
                ? record.Faults != RowFaults.None
                : (record.Faults != RowFaults.None && !IsText(text)) || (record.IsTooLong(value.Field) && !value.JudgesLongText);
            if (isUnreadable)
            {
                if (value.IsKept) rows.Null();
                continue;
            }

            var start = rows.Length;
            if (value.Inputs.Length > 0) _context.Show(record, value.Inputs);
            var fault = value.Read(text, row, _context);
            if (fault == Fault.None) continue;
            rows.CutTo(start);
            _payments?.TakeBack();
            if (value.IsKept) rows.Null();
            if (fault == Fault.Format && !value.IsComposed && record.IsTooLong(value.Field)) AddTooLong();
            else _faults[i] = fault;
            isFaulty = true;
        }

        return isFaulty;
    }

    private void AddValueReasons()
    {
        foreach (var i in _valuesInFileOrder)
        {
            if (_faults[i] != Fault.None) _reasons.Add(_values[i].Reasons[(int)_faults[i]]);
        }
    }

    // The parsed content in its canonical form is just what has been written; its hash tells a duplicate from a conflict.
    private void AppendHash(PaymentWriter payments, CopyRows rows, int content)
    {
        if (_reasons.Count > 0)
        {
            rows.Null();
            Payment = payments.End([], _reasons);
            return;
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        var end = HasMoreThanNulls(rows) ? rows.Length : _hashEnd;
        SHA256.HashData(rows.WrittenFrom(content)[..(end - content)], hash);
        rows.Uuid(hash[..HashBytes]);
        Payment = payments.End(hash[..HashBytes], _reasons);
    }

    private bool HasMoreThanNulls(CopyRows rows) => rows.WrittenFrom(_hashEnd).ContainsAnyExcept((byte)0xFF);

    private static bool IsText(ReadOnlySpan<byte> bytes) => !bytes.Contains((byte)0) && Utf8.IsValid(bytes);

    /// <summary>Where a column's values come from, and by which rule.</summary>
    private readonly record struct StagedValue(
        string Name, int Field, ReadValue Read, bool IsRequired, bool JudgesLongText, byte[]? Constant, string[] Reasons, bool IsKept, int[] Inputs, byte[] Default, bool IsComposed = false)
    {
        /// <summary>What it is of a payment, where it is kept.</summary>
        public PaymentValue OfPayment { get; } = !IsKept ? PaymentValue.Other : Name switch
        {
            "payment_id" => PaymentValue.PaymentId,
            "customer_id" => PaymentValue.CustomerId,
            "merchant_id" => PaymentValue.MerchantId,
            "amount" => PaymentValue.Amount,
            "currency" => PaymentValue.Currency,
            "payment_method" => PaymentValue.Method,
            "status" => PaymentValue.Status,
            "payment_date" => PaymentValue.Instant,
            "processing_time_seconds" => PaymentValue.ProcessingSeconds,
            "failure_reason" => PaymentValue.FailureReason,
            _ => PaymentValue.Other,
        };

        public static StagedValue Of(string name, ImportProfile profile, ImportHeader header, ImportOptions options, bool isKept)
        {
            var constant = profile.Constants.TryGetValue(name, out var text) ? Encoding.UTF8.GetBytes(text) : null;
            var field = header.IndexOf(name);
            var composed = profile.Columns.FirstOrDefault(column => column.IsComposed && column.Name == name);
            if (field < 0 && composed is null) return new(name, -1, Absent, false, false, constant, [], isKept, [], []);

            var column = composed ?? header.ColumnAt(field)!;
            var reasons = Enum.GetValues<Fault>().Select(fault => fault == Fault.None ? "" : ReasonCode.Of(name, fault)).ToArray();
            var standard = column.Default is { } byDefault ? Encoding.UTF8.GetBytes(byDefault(options)) : [];
            return new(name, field, column.Rule.Read, column.IsRequired, column.Rule.JudgesLongText, constant, reasons, isKept, header.InputsOf(column), standard, column.IsComposed);
        }

        private static Fault Absent(ReadOnlySpan<byte> text, ValueWriter row, RecordContext context) => Fault.None;
    }
}
