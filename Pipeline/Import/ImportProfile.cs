using Payments.Pipeline.Validate;

namespace Payments.Pipeline.Import;

/// <summary>A column of a file.</summary>
/// <param name="Header">Its name in the header; case does not count.</param>
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

    /// <summary>All that can be wrong with its values.</summary>
    public IEnumerable<Fault> Faults => IsRequired ? [Fault.Missing, .. Rule.Faults] : Rule.Faults;
}

/// <summary>A format: declared once, matched by header names.</summary>
/// <param name="Name">What requests call it.</param>
/// <param name="Version">Raised when the meaning of a column changes.</param>
/// <param name="Layout">Where its records are staged.</param>
/// <param name="Columns">Its columns, in any order.</param>
internal sealed record ImportProfile(string Name, int Version, StagingLayout Layout, IReadOnlyList<ImportColumn> Columns)
{
    /// <summary>What every record has although no column says it, by the contract's names.</summary>
    public IReadOnlyDictionary<string, string> Constants { get; init; } = new Dictionary<string, string>();

    /// <summary>Columns that belong to the format and are not read: no warning about them.</summary>
    public IReadOnlyList<string> Ignored { get; init; } = [];

    /// <summary>Unknown customers and merchants are made, with the id as name.</summary>
    public bool CreatesReferences { get; init; }

    /// <summary>Rows are sample data, which one command removes; such a profile is not offered to clients.</summary>
    public bool IsGenerated { get; init; }
}
