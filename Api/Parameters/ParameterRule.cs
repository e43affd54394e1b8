using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Microsoft.AspNetCore.Mvc;

namespace Payments.Api.Parameters;

/// <summary>What a query parameter must look like, as its declaration in the handler says: type, <see cref="RangeAttribute"/>, <see cref="AllowedValuesAttribute"/>, and no default where it is required.</summary>
internal sealed class ParameterRule
{
    private const string First = "from";
    private const string Last = "to";
    private const int LongestText = 500;
    private const int LongestQuote = 60;

    private readonly Type _type;
    private readonly RangeAttribute? _range;
    private readonly string[]? _allowed;

    private ParameterRule(ParameterInfo parameter, string name)
    {
        Name = name;
        _type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
        _range = parameter.GetCustomAttribute<RangeAttribute>();
        _allowed = parameter.GetCustomAttribute<AllowedValuesAttribute>()?.Values.OfType<string>().ToArray();
        IsRequired = !parameter.HasDefaultValue
            && new NullabilityInfoContext().Create(parameter).WriteState == NullabilityState.NotNull;
    }

    /// <summary>The parameter's name in the query.</summary>
    public string Name { get; }

    /// <summary>Whether a request without it is refused.</summary>
    public bool IsRequired { get; }

    /// <summary>The rules of a handler's query parameters.</summary>
    public static ParameterRule[] Of(MethodInfo handler) =>
    [
        .. from parameter in handler.GetParameters()
           let query = parameter.GetCustomAttribute<FromQueryAttribute>()
           where query is not null
           select new ParameterRule(parameter, query.Name ?? parameter.Name!),
    ];

    /// <summary>What is wrong with the values given, as the end of a sentence; null when nothing is.</summary>
    public string? Complaint(string?[] values) => values switch
    {
        [] => IsRequired ? $"is required: {Wanted()}" : null,
        [{ } value] => IsValid(value) ? null : $"must be {Wanted()}, but is '{Quote(value)}'",
        _ => "is given more than once: give it one value",
    };

    /// <summary>Whether it is the first day of a time whose last day the other one is.</summary>
    public bool IsFirstOf(ParameterRule other) =>
        _type == typeof(DateOnly) && other._type == typeof(DateOnly) && Name.EndsWith(First, StringComparison.Ordinal) && other.Name == Name[..^First.Length] + Last;

    /// <summary>The day that a query gives it; null without one.</summary>
    public DateOnly? DayOf(IQueryCollection query) => query[Name] is [{ } value] && TryDay(value, out var day) ? day : null;

    private static bool TryDay(string value, out DateOnly day) => DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out day);

    private bool IsValid(string value) =>
        _allowed is not null ? _allowed.Contains(value, StringComparer.Ordinal)
        : _type == typeof(DateOnly) ? TryDay(value, out _)
        : _type == typeof(int) ? int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) && IsInRange(whole)
        : _type == typeof(long) ? long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var large) && IsInRange(large)
        : _type == typeof(decimal) ? IsDecimal(value, out var number) && IsInRange(number)
        : _type == typeof(bool) ? value is "true" or "false"
        : value.Length > 0 && RequestTexts.Fits(value, LongestText);

    private static bool IsDecimal(string value, out decimal number) =>
        decimal.TryParse(value, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number);

    private bool IsInRange(IConvertible value) => _range?.IsValid(value) ?? true;

    private string Wanted() =>
        _allowed is not null ? $"one of {string.Join(", ", _allowed)}"
        : _type == typeof(DateOnly) ? "a date as YYYY-MM-DD, for example 2026-01-31"
        : _type == typeof(int) || _type == typeof(long) ? "a whole number" + Limits()
        : _type == typeof(decimal) ? "a number" + Limits()
        : _type == typeof(bool) ? "true or false"
        : $"a text of 1 to {LongestText} characters";

    private string Limits() => _range is null ? "" : string.Create(CultureInfo.InvariantCulture, $" from {_range.Minimum} to {_range.Maximum}");

    private static string Quote(string value) => value.Length <= LongestQuote ? value : value[..LongestQuote] + "…";
}
