using System.Text;
using Payments.Pipeline.Import.Csv;
using Payments.Pipeline.Import.Json;
using Payments.Pipeline.Import.Profiles;
using Payments.Pipeline.Import.Xml;
using Payments.Pipeline.Validate;

namespace Payments.Pipeline.Import;

/// <summary>A file that can be read: its profile is known, and its reader stands before the first record.</summary>
/// <param name="profile">Its profile.</param>
/// <param name="header">What of the profile it has.</param>
/// <param name="records">Its records.</param>
/// <param name="content">Where they come from.</param>
internal sealed class ImportFile(ImportProfile profile, ImportHeader header, RecordReader records, SpooledContent content) : IAsyncDisposable
{
    private const int RecordsLookedAt = 20;

    public ImportProfile Profile => profile;

    public ImportHeader Header => header;

    public RecordReader Records => records;

    /// <summary>Bytes read of the file as it was sent.</summary>
    public long BytesRead => content.File.Position;

    /// <summary>Whether a record read so far had a value of which nothing may be kept as it came.</summary>
    public bool HasSecrets => SecretFields.Any(records.WasGiven);

    /// <summary>Whether its profile has columns of which nothing may be kept as it came.</summary>
    public bool MayHaveSecrets => SecretFields.Any();

    private IEnumerable<int> SecretFields => Enumerable.Range(0, header.FieldCount).Where(place => header.ColumnAt(place)?.IsSecret ?? false);

    /// <summary>Opens a file by its content.</summary>
    /// <param name="open">Opens the content at its start.</param>
    /// <param name="wanted">The name of a profile or of a family of profiles; null: the content tells.</param>
    /// <param name="cancellationToken">Stops between reads.</param>
    /// <exception cref="FileRejectedException">It cannot be read, or nobody knows how.</exception>
    public static async Task<ImportFile> OpenAsync(Func<SpooledContent> open, string? wanted, CancellationToken cancellationToken)
    {
        TextStart start;
        await using (var first = open()) start = await TextStart.ReadAsync(first.Text, cancellationToken);
        if (start.Format is { } format) throw new FileRejectedException(ReasonCode.FileEncoding, $"The file is {format}, not UTF-8 text.");

        if (start.IsXml) return await OpenXmlAsync(open, wanted, cancellationToken);
        return start.IsJson
            ? await OpenJsonAsync(start, open, wanted, cancellationToken)
            : await OpenCsvAsync(start, open, wanted, cancellationToken);
    }

    /// <summary>Looks for values of which nothing may be kept as it came. Reads the file to its end where only that tells.</summary>
    public async Task<bool> HasAnySecretsAsync(CancellationToken cancellationToken)
    {
        while (SecretFields.Any() && !HasSecrets && await records.ReadAsync(cancellationToken))
        {
        }

        return HasSecrets;
    }

    public ValueTask DisposeAsync() => content.DisposeAsync();

    private static async Task<ImportFile> OpenCsvAsync(TextStart start, Func<SpooledContent> open, string? wanted, CancellationToken cancellationToken)
    {
        var content = await start.OpenAsync(open, cancellationToken);
        try
        {
            var records = new CsvRecordReader(content.Text);
            var names = await ImportHeader.ReadNamesAsync(records, cancellationToken);
            var profile = ProfileChoice.Of(wanted, Syntaxes.Csv, names, objectType: null);
            return new(profile, ImportHeader.Match(names, profile), records, content);
        }
        catch
        {
            await content.DisposeAsync();
            throw;
        }
    }

    private static async Task<ImportFile> OpenJsonAsync(TextStart start, Func<SpooledContent> open, string? wanted, CancellationToken cancellationToken)
    {
        JsonForm form;
        await using (var whole = await start.OpenAsync(open, cancellationToken)) form = await JsonSurvey.RunAsync(whole.Text, cancellationToken);

        ImportProfile profile;
        await using (var first = await start.OpenAsync(open, cancellationToken)) profile = await ChooseAsync(first.Text, form, wanted, cancellationToken);

        var content = await start.OpenAsync(open, cancellationToken);
        return new(profile, ImportHeader.OfJson(profile), new JsonRecordReader(content.Text, form, JsonFields.Of(profile)), content);
    }

    // The reader of XML finds out by itself how its text is encoded.
    private static async Task<ImportFile> OpenXmlAsync(Func<SpooledContent> open, string? wanted, CancellationToken cancellationToken)
    {
        string name;
        await using (var first = open()) name = CamtMessage.NameOf(first.Text);
        var profile = ProfileChoice.Of(wanted, Syntaxes.Xml, [], CamtMessage.IsRead(name) ? Camt053Profile.Message : name);
        if (!CamtMessage.IsRead(name)) throw new FileRejectedException(ReasonCode.FileCamt, $"The file is {RawText.Quote(Encoding.UTF8.GetBytes(name), isCutAlready: false).Text}; bank statements are camt.053.001.02 to .13.");

        CamtSurvey survey;
        await using (var whole = open()) survey = CamtSurvey.Run(whole.Text, cancellationToken);
        var content = open();
        return new(profile, ImportHeader.OfJson(profile), new CamtRecordReader(content.Text, survey, profile), content);
    }

    // The first records that can be read tell what the file is; one may lack what the next one has.
    private static async Task<ImportProfile> ChooseAsync(Stream stream, JsonForm form, string? wanted, CancellationToken cancellationToken)
    {
        var records = new JsonRecordReader(stream, form, new JsonFields([["object"]]));
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        string? objectType = null;
        for (var i = 0; i < RecordsLookedAt && await records.ReadAsync(cancellationToken); i++)
        {
            if (!records.HasFields) continue;
            names.UnionWith(records.Names);
            objectType ??= Encoding.UTF8.GetString(records.Field(0));
        }

        // An empty page tells by its shape alone whose it is.
        var isEmptyPage = names.Count == 0 && form.Shape == JsonShape.Page;
        return ProfileChoice.Of(wanted ?? (isEmptyPage ? StripeFamily.Name : null), Syntaxes.Json, [.. names], objectType);
    }
}
