namespace Payments.Pipeline.Import;

/// <summary>A profile for people.</summary>
/// <param name="Name">What requests call it.</param>
/// <param name="Version">Raised when the meaning of a column changes.</param>
/// <param name="Family">The name that leaves the choice among several profiles to the objects in the file.</param>
/// <param name="Records">What its records become: payments, customers, merchants, ….</param>
/// <param name="Syntaxes">csv, json (JSON Lines, an object, a list, or a page as Stripe answers it).</param>
/// <param name="ObjectType">The value of <c>object</c> that its records have.</param>
/// <param name="Columns">What is read of a record.</param>
public sealed record ProfileDescription(
    string Name,
    int Version,
    string? Family,
    string Records,
    IReadOnlyList<string> Syntaxes,
    string? ObjectType,
    IReadOnlyList<ProfileColumn> Columns)
{
    internal static ProfileDescription Of(ImportProfile profile) => new(
        profile.Name,
        profile.Version,
        profile.Family,
        profile.Layout.Subject,
        [.. Enum.GetValues<Syntaxes>().Where(syntax => profile.Syntaxes.HasFlag(syntax)).Select(syntax => syntax.ToString().ToLowerInvariant())],
        profile.ObjectType,
        [.. profile.Columns.Select(column => new ProfileColumn(column.Name, column.Paths, column.IsRequired, column.Rule.Shape))]);
}

/// <summary>A column of a profile.</summary>
/// <param name="Name">What reason codes call it.</param>
/// <param name="Sources">The name in a CSV header, the key or path in a JSON object; the first of several that has a value.</param>
/// <param name="Required">Whether every record must have it.</param>
/// <param name="Rule">What its values are.</param>
public sealed record ProfileColumn(string Name, IReadOnlyList<string> Sources, bool Required, string Rule);
