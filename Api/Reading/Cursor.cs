using System.Buffers.Text;
using System.Text.Json;
using Payments.Api.Parameters;

namespace Payments.Api.Reading;

/// <summary>The place of a row in an ordered list, as an opaque text for the query parameter <c>after</c>.</summary>
internal static class Cursor
{
    private const string Complaint = "is not a place in this list: take it from the Link header of the page before, or leave it out";

    /// <summary>The values of the row's sort key as a cursor.</summary>
    public static string Write(object?[] key) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(key));

    /// <summary>The sort key that a cursor stands for.</summary>
    /// <exception cref="InvalidParameterException">Not a cursor, or one of another list.</exception>
    public static object[] Read(string cursor, Type[] types)
    {
        try
        {
            var values = JsonSerializer.Deserialize<JsonElement[]>(Base64Url.DecodeFromChars(cursor));
            if (values is not null && values.Length == types.Length)
            {
                var key = values.Zip(types, (value, type) => value.Deserialize(type)).ToArray();
                // Only what Write makes: one spelling per place, instants in UTC.
                if (key.All(IsStorable) && Write(key) == cursor)
                {
                    return key!;
                }
            }
        }
        catch (Exception error) when (error is FormatException or JsonException)
        {
            // Falls through to the same complaint.
        }

        throw new InvalidParameterException("after", Complaint);
    }

    private static bool IsStorable(object? value) => value switch
    {
        null => false,
        string text => !text.Contains('\0'),
        DateTime instant => instant.Kind == DateTimeKind.Utc,
        _ => true,
    };
}
