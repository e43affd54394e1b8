using Payments.Pipeline.Validate;

namespace Payments.Pipeline.Import;

/// <summary>Chooses the profile of a file: by the name that was asked for, or by what the file itself says.</summary>
internal static class ProfileChoice
{
    private const int ShownNames = 20;
    private const int ShownCharacters = 40;

    /// <summary>Chooses a profile.</summary>
    /// <param name="wanted">The name of a profile or of a family; null: the content tells.</param>
    /// <param name="syntax">What the file is.</param>
    /// <param name="names">Names of the header, or keys of the first record; none where there is no record.</param>
    /// <param name="objectType">What the first record says that it is.</param>
    /// <exception cref="FileRejectedException">None fits, or several do equally.</exception>
    public static ImportProfile Of(string? wanted, Syntaxes syntax, string[] names, string? objectType)
    {
        if (ImportProfiles.Find(wanted) is { } named)
        {
            return named.Syntaxes.HasFlag(syntax) ? named : throw Refusal($"The profile {named.Name} is not read from {syntax}.", [], []);
        }

        var offered = ImportProfiles.Public.Where(profile => (wanted is null || profile.Family == wanted) && profile.Syntaxes.HasFlag(syntax)).ToList();
        if (wanted is not null && names.Length == 0 && offered.Count > 0) return offered[0];
        if (offered.Find(profile => profile.ObjectType is not null && profile.ObjectType == objectType) is { } typed) return typed;

        var fitting = offered.Where(profile => Fits(profile, names)).GroupBy(profile => Unknown(profile, names)).MinBy(group => group.Key)?.ToList() ?? [];
        return fitting is [var only] ? only : throw Refusal(
            fitting.Count > 1 ? $"The file fits {string.Join(" and ", fitting.Select(profile => profile.Name))} equally."
            : names.Length == 0 ? "The file has no record that tells what it is."
            : "The file fits no profile.",
            objectType is null or "" ? names : [.. names, $"object = {objectType}"],
            offered);
    }

    // It has what must be there, and most of what it has is known: customer_id alone makes no file of customers.
    private static bool Fits(ImportProfile profile, string[] names) =>
        profile.ObjectType is null
        && profile.RequiredHeaders.All(header => names.Any(name => Same(header, name)))
        && Unknown(profile, names) * 2 <= names.Length;

    private static int Unknown(ImportProfile profile, string[] names) =>
        names.Count(name => !profile.Knows(name));

    private static bool Same(string expected, string name) => string.Equals(expected, name, StringComparison.OrdinalIgnoreCase);

    private static FileRejectedException Refusal(string what, string[] seen, List<ImportProfile> offered)
    {
        var shown = seen.Take(ShownNames).Select(name => RawText.Quote(System.Text.Encoding.UTF8.GetBytes(name.Length <= ShownCharacters ? name : name[..ShownCharacters]), isCutAlready: false).Text).Select(name => CardNumberText.Mask(name));
        var needs = offered.Select(profile => profile.ObjectType is { } type
            ? $"{profile.Name} (object = {type})"
            : $"{profile.Name} ({string.Join(", ", profile.RequiredHeaders)})");
        return new(ReasonCode.FileProfile, string.Join(' ', new[]
        {
            what,
            seen.Length == 0 ? "" : $"Seen: {string.Join(", ", shown)}{(seen.Length > ShownNames ? ", …" : "")}.",
            offered.Count > 0 ? $"Offered, with what each needs: {string.Join("; ", needs)}." : "",
            "Name one with profile=….",
        }.Where(sentence => sentence.Length > 0)));
    }
}
