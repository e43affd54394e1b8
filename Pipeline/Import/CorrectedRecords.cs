using System.Text.Unicode;
using Payments.Pipeline.Validate;

namespace Payments.Pipeline.Import;

/// <summary>
/// Records of a file in which values that somebody has corrected stand for the file's own. Of a record whose fields cannot be told apart
/// only the corrected values count: what is not given is empty, and refused as such where it is required.
/// </summary>
internal sealed class CorrectedRecords : RecordReader
{
    private const RowFaults OfSingleFields = RowFaults.Encoding | RowFaults.ControlChar;
    private readonly RecordReader _file;
    private readonly ReplayedRecords _replayed;
    private readonly byte[]?[] _values;
    private readonly Dictionary<string, int> _fields = [];
    private bool _hasOwnFields;

    /// <exception cref="FileRejectedException">A correction is of a column that the file does not have.</exception>
    public CorrectedRecords(RecordReader file, ImportHeader header, ReplayedRecords replayed)
    {
        _file = file;
        _replayed = replayed;
        _values = new byte[]?[header.FieldCount];
        foreach (var column in replayed.CorrectedColumns)
        {
            var field = header.IndexOfHeader(column);
            if (field < 0) throw new FileRejectedException(ReasonCode.FileHeader, $"A correction is of {column}, a column that the file does not have.");
            _fields[column] = field;
        }
    }

    public override ReadOnlySpan<byte> Raw => _file.Raw;

    public override IEnumerable<string> Warnings => _file.Warnings;

    public override async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        if (!await _file.ReadAsync(cancellationToken)) return false;
        (Number, Line, FieldCount, Faults, _hasOwnFields) = (_file.Number, _file.Line, _file.FieldCount, _file.Faults, true);
        Array.Clear(_values);
        if (_replayed.CorrectionsOf(Number) is { } corrections) Correct(corrections);
        return true;
    }

    public override ReadOnlySpan<byte> Field(int index) => _values[index] is { } value ? value : _hasOwnFields ? _file.Field(index) : [];

    public override bool IsGiven(int index) => _values[index] is not null || (_hasOwnFields && _file.IsGiven(index));

    public override bool IsTooLong(int index) => _values[index] is { } value
        ? CountCharacters(value) > MaxFieldCharacters
        : _hasOwnFields && _file.IsTooLong(index);

    private void Correct(IReadOnlyDictionary<string, byte[]> corrections)
    {
        foreach (var (column, value) in corrections) _values[_fields[column]] = value;
        _hasOwnFields = _file.HasFields && FieldCount == _values.Length && (Faults & ~OfSingleFields) == 0;
        FieldCount = _values.Length;
        Faults = RowFaults.None;
        if (!_hasOwnFields) return;

        for (var i = 0; i < _values.Length; i++)
        {
            var text = Field(i);
            if (text.Contains((byte)0)) Faults |= RowFaults.ControlChar;
            if (!Utf8.IsValid(text)) Faults |= RowFaults.Encoding;
        }
    }
}
