using Payments.Api.Docs;
using Payments.Pipeline.Import;

namespace Payments.Api.Imports;

/// <summary>A format that files may have.</summary>
/// <param name="Name">What <c>profile=</c> calls it.</param>
/// <param name="Version">Raised when the meaning of a column changes.</param>
/// <param name="Family">The name that leaves the choice among several profiles to the objects in the file.</param>
/// <param name="Records">What its records become: payments, customers, merchants, ….</param>
/// <param name="Syntaxes">csv, json (JSON Lines, an object, a list, or a page as Stripe answers it).</param>
/// <param name="ObjectType">The value of <c>object</c> that its records have; null where their keys tell what they are.</param>
/// <param name="Columns">What is read of a record.</param>
internal sealed record Profile(
    string Name,
    int Version,
    string? Family,
    string Records,
    IReadOnlyList<string> Syntaxes,
    string? ObjectType,
    IReadOnlyList<ProfileColumn> Columns) : IExample<Profile>
{
    /// <inheritdoc/>
    public static Profile Example { get; } = new(
        "payments", 1, null, "payments", ["csv", "json"], null, [new("payment_id", ["payment_id"], true, "1 to 50 letters, digits, `_` or `-`")]);

    /// <summary>Formats that files may have.</summary>
    /// <remarks>Without <c>profile=</c> a file is matched with them by its header, its keys, or the type of its objects.</remarks>
    public static IEnumerable<Profile> List() =>
    [
        .. ImportProfiles.Describe().Select(profile => new Profile(
            profile.Name, profile.Version, profile.Family, profile.Records, profile.Syntaxes, profile.ObjectType, profile.Columns)),
    ];
}
