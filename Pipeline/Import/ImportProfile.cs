using Payments.Pipeline.Validate;

namespace Payments.Pipeline.Import;

/// <summary>A column of a file.</summary>
/// <param name="Header">Its name in a CSV header, its key in a JSON object; case does not count.</param>
/// <param name="Name">The contract's name for it, which reason codes carry.</param>
/// <param name="Rule">What its values must be.</param>
/// <param name="IsRequired">Whether the header must have it and every record must fill it.</param>
internal sealed record ImportColumn(string Header, string Name, Rule Rule, bool IsRequired = true)
{
    /// <summary>A column that the file calls by the contract's name.</summary>
    public ImportColumn(string name, Rule rule, bool isRequired = true)
        : this(name, name, rule, isRequired)
    {
    }

    /// <summary>Where a JSON object has its value: the first of these paths that has one. <c>guest_{id}</c> is the value of <c>id</c> behind <c>guest_</c>.</summary>
    public IReadOnlyList<string> Paths { get => field ?? [Header]; init; }

    /// <summary>Paths of a JSON object, or names of a CSV header, that the rule looks at besides (<see cref="RecordContext.Input"/>, in this order).</summary>
    public IReadOnlyList<string> Inputs { get; init; } = [];

    /// <summary>Its value where a record has none.</summary>
    public Func<ImportOptions, string>? Default { get; init; }

    /// <summary>A CSV file has no such column: the rule makes the value out of others (<see cref="Inputs"/>, there names of the header).</summary>
    public bool IsComposed { get; init; }

    /// <summary>Nothing of its values may be kept as it came: the file does not stay, and all that looks like a number is masked.</summary>
    public bool IsSecret { get; init; }

    /// <summary>A column that is made out of others.</summary>
    public static ImportColumn Composed(string name, Rule rule, params string[] inputs) => new(name, rule, isRequired: false) { IsComposed = true, Inputs = inputs };

    /// <summary>All that can be wrong with its values.</summary>
    public IEnumerable<Fault> Faults => IsRequired && Default is null ? [Fault.Missing, .. Rule.Faults] : Rule.Faults;
}

/// <summary>Ways of writing records that a profile can be read from.</summary>
[Flags]
internal enum Syntaxes
{
    Csv = 1,

    /// <summary>JSON Lines, and JSON documents: an object, a list, a page.</summary>
    Json = 2,

    /// <summary>An XML document, read by a reader of its own.</summary>
    Xml = 4,
}

/// <summary>Who tells whether a payment was fraud, and when that is known: never to the payment's own score.</summary>
/// <param name="Name">The label's source.</param>
/// <param name="KnownAfter">How long after the payment; null: when it is imported.</param>
/// <param name="TellsGenuine">Whether a no is a word about the payment too, not just the absence of a yes.</param>
internal sealed record LabelSource(string Name, TimeSpan? KnownAfter, bool TellsGenuine);

/// <summary>A format: declared once, matched by header names or keys.</summary>
/// <param name="Name">What requests call it.</param>
/// <param name="Version">Raised when the meaning of a column changes.</param>
/// <param name="Layout">Where its records are staged.</param>
/// <param name="Columns">Its columns, in any order. One that the layout has no place for is judged, and not kept.</param>
internal sealed record ImportProfile(string Name, int Version, StagingLayout Layout, IReadOnlyList<ImportColumn> Columns)
{
    /// <summary>What its files may be.</summary>
    public Syntaxes Syntaxes { get; init; } = Syntaxes.Csv | Syntaxes.Json;

    /// <summary>The value of <c>object</c> by which its records say what they are (Stripe); null: their keys say it.</summary>
    public string? ObjectType { get; init; }

    /// <summary>The name under which the profile of a file is chosen among several by <see cref="ObjectType"/>.</summary>
    public string? Family { get; init; }

    /// <summary>What every record has although no column says it, by the contract's names.</summary>
    public IReadOnlyDictionary<string, string> Constants { get; init; } = new Dictionary<string, string>();

    /// <summary>Columns that a CSV header must have although records may leave them empty.</summary>
    public IReadOnlyList<string> Needed { get; init; } = [];

    /// <summary>Columns that belong to the format and are not read: no warning about them.</summary>
    public IReadOnlyList<string> Ignored { get; init; } = [];

    /// <summary>Records may have any other keys: no warning about them.</summary>
    public bool IgnoresOthers { get; init; }

    /// <summary>Paths whose value false is worth a warning, with its code.</summary>
    public IReadOnlyDictionary<string, string> RemarksWhenFalse { get; init; } = new Dictionary<string, string>();

    /// <summary>What <c>is_fraud</c> means, where records tell it.</summary>
    public LabelSource? Labels { get; init; }

    /// <summary>Unknown customers and merchants are made, with the id as name.</summary>
    public bool CreatesReferences { get; init; }

    /// <summary>Rows are sample data, which one command removes; such a profile is not offered to clients.</summary>
    public bool IsGenerated { get; init; }

    /// <summary>Records come over the API, not in files: such a profile is not offered for files.</summary>
    public bool IsLive { get; init; }

    /// <summary>Of reports of processors: every payout line has its lines in the same file, so that one without them is broken.</summary>
    public bool HasWholePayouts { get; init; }

    /// <summary>Names that a CSV header must have.</summary>
    public IEnumerable<string> RequiredHeaders => Columns.Where(column => column is { IsRequired: true, IsComposed: false }).Select(column => column.Header).Concat(Needed);

    /// <summary>Whether a name of a header, or a key, belongs to the format.</summary>
    public bool Knows(string name) =>
        Columns.Any(column => (!column.IsComposed && Same(column.Header, name)) || (column.IsComposed && column.Inputs.Any(input => Same(input, name))))
        || Ignored.Any(ignored => Same(ignored, name));

    private static bool Same(string expected, string name) => string.Equals(expected, name, StringComparison.OrdinalIgnoreCase);
}
