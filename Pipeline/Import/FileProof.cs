using System.Globalization;
using System.Text;
using Payments.Pipeline.Load;
using Payments.Pipeline.Validate;

namespace Payments.Pipeline.Import;

/// <summary>
/// Reads a report of a processor or a bank to its end before anything of it is loaded: what it states of itself must hold, or nothing of it
/// is believed. Every category is known, gross less fee is net, and the lines of a payout add up to it. Of statements every record can be
/// read; that they add up is known (<see cref="Xml.CamtSurvey"/>).
/// </summary>
internal static class FileProof
{
    private const int ShownPayouts = 5;

    /// <summary>Whether a file of this profile is proven.</summary>
    public static bool IsNeeded(ImportProfile profile) => profile.Layout.IsOfReports && profile.Layout != StagingLayout.PayoutRecords;

    /// <summary>Proves a file, reading it to its end.</summary>
    /// <returns>Remarks.</returns>
    /// <exception cref="FileRejectedException">It does not hold; with the figures.</exception>
    public static async Task<IReadOnlyList<string>> RunAsync(ImportFile file, ImportOptions options, RecordContext context, CancellationToken cancellationToken)
    {
        var stager = new RecordStager(file.Profile, file.Header, options, context);
        var rows = new CopyRows();
        var payouts = new Payouts();
        var records = file.Records;
        while (await records.ReadAsync(cancellationToken))
        {
            rows.Clear();
            stager.Append(records, records.Number, rows, batchId: 0, lane: 0);
            if (stager.Reasons.Count == 0) payouts.Add(context.Line, records.Line);
            else if (file.Profile.Layout == StagingLayout.BankRecords) throw new FileRejectedException(ReasonCode.FileCamt, $"Line {records.Line}: {string.Join(", ", stager.Reasons)}.");
            else Judge(file, context, stager, payouts);
        }

        return file.Profile.Layout == StagingLayout.ProcessorLines ? payouts.Prove(file.Profile) : [];
    }

    private static void Judge(ImportFile file, RecordContext context, RecordStager stager, Payouts payouts)
    {
        var (records, line) = (file.Records, context.Line);
        if (stager.Reasons.Contains(Unknown))
        {
            var place = file.Header.IndexOf("category");
            throw new FileRejectedException(ReasonCode.FileCategory, $"Line {records.Line}: {file.Header.ColumnAt(place)!.Header} is {Quoted(records.Field(place))}, which is not known.");
        }

        if (stager.Reasons.Contains(Unbalanced))
        {
            throw new FileRejectedException(ReasonCode.FileNet, string.Create(
                CultureInfo.InvariantCulture,
                $"Line {records.Line}: gross {Money(line.Gross)} less fee {Money(line.Fee)} is {Money(line.Gross - line.Fee)}, net is {Money(line.Net)} (difference {Money(line.Net - line.Gross + line.Fee)})."));
        }

        payouts.AddUnreadable(records.Line, stager.Reasons);
    }

    private static string Unknown { get; } = ReasonCode.Of("category", Fault.Unknown);

    private static string Unbalanced { get; } = ReasonCode.Of("gross", Fault.Unbalanced);

    private static string Money(long? thousandths) => ((thousandths ?? 0) / 1_000m).ToString("0.00#", CultureInfo.InvariantCulture);

    private static string Money(decimal thousandths) => (thousandths / 1_000m).ToString("0.00#", CultureInfo.InvariantCulture);

    private static string Quoted(ReadOnlySpan<byte> text) => $"\"{CardNumberText.Mask(RawText.Quote(text.Length <= 100 ? text : text[..100], isCutAlready: false).Text)}\"";

    /// <summary>What the lines of each payout add up to, and what it is.</summary>
    private sealed class Payouts
    {
        private readonly Dictionary<string, Sum> _sums = new(StringComparer.Ordinal);
        private byte[] _lastKey = [];
        private Sum? _last;
        private long _unreadable;
        private string _firstUnreadable = "";

        public void Add(ReportLine line, long physicalLine)
        {
            if (line.PayoutKey.IsEmpty || line.Net is not { } net) return;
            var sum = Of(line.PayoutKey);
            if (line.IsPayout)
            {
                sum.Stated = (sum.Stated ?? 0) - net;
                sum.Line = physicalLine;
            }
            else
            {
                sum.Lines++;
                sum.Net += net;
            }
        }

        public void AddUnreadable(long line, IReadOnlyList<string> reasons)
        {
            if (_unreadable++ == 0) _firstUnreadable = $"line {line}: {string.Join(", ", reasons)}";
        }

        public IReadOnlyList<string> Prove(ImportProfile profile)
        {
            var faults = _sums
                .Where(sum => sum.Value.Stated is { } stated && stated != sum.Value.Net && (sum.Value.Lines > 0 || profile.HasWholePayouts))
                .Select(sum => string.Create(
                    CultureInfo.InvariantCulture,
                    $"Payout {sum.Key}: {sum.Value.Lines} lines add up to {Money(sum.Value.Net)}, the payout (line {sum.Value.Line}) is {Money(sum.Value.Stated!.Value)} (difference {Money(sum.Value.Stated.Value - sum.Value.Net)})."))
                .ToList();
            if (faults.Count == 0) return profile.HasWholePayouts && _sums.Values.Any(sum => sum.Stated is null) ? [ReasonCode.ReportNoPayout] : [];

            var more = faults.Count > ShownPayouts ? $" And {faults.Count - ShownPayouts} more." : "";
            var unread = _unreadable > 0 ? $" {_unreadable} lines could not be read ({_firstUnreadable})." : "";
            throw new FileRejectedException(ReasonCode.FilePayout, string.Join(" ", faults.Take(ShownPayouts)) + more + unread);
        }

        // Lines of a payout mostly follow each other.
        private Sum Of(ReadOnlySpan<byte> key)
        {
            if (_last is not null && key.SequenceEqual(_lastKey)) return _last;
            _lastKey = key.ToArray();
            var name = Encoding.ASCII.GetString(key);
            if (!_sums.TryGetValue(name, out _last)) _sums.Add(name, _last = new());
            return _last;
        }

        private sealed class Sum
        {
            public decimal Net { get; set; }

            public long Lines { get; set; }

            public decimal? Stated { get; set; }

            public long Line { get; set; }
        }
    }
}
