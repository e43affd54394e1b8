using Payments.Api.Parameters;
using Payments.Pipeline.Import;

namespace Payments.Api.Quarantine;

/// <summary>What values of corrections must be.</summary>
internal static class Corrections
{
    private const int LongestValue = 1000;

    /// <summary>The values under the names that the profile gives its columns.</summary>
    /// <param name="values">By names whose case does not count.</param>
    /// <param name="profile">The profile of the file that is corrected.</param>
    /// <param name="parameter">What the request calls them.</param>
    /// <exception cref="InvalidParameterException">A column is unknown or given twice, or a value is none that a file could have.</exception>
    public static Dictionary<string, string> Check(IEnumerable<KeyValuePair<string, string>> values, string profile, string parameter)
    {
        var columns = ImportProfiles.CorrectableColumns(profile);
        var unknown = values.Select(value => value.Key).Where(name => !columns.Contains(name, StringComparer.OrdinalIgnoreCase)).ToList();
        if (unknown.Count > 0)
        {
            throw new InvalidParameterException(
                parameter, $"has {string.Join(", ", unknown)}, which the profile {profile} does not know; its columns are {string.Join(", ", columns)}");
        }

        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, text) in values)
        {
            if (text.Length > LongestValue || text.Contains('\0'))
            {
                throw new InvalidParameterException(parameter, $"has a value for {name} that is longer than {LongestValue} characters, or has U+0000");
            }

            var column = columns.First(known => known.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (!texts.TryAdd(column, text)) throw new InvalidParameterException(parameter, $"has {column} more than once");
        }

        return texts;
    }
}
