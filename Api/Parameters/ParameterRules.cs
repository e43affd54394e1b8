using System.Globalization;
using System.Reflection;
using Payments.Api.Problems;

namespace Payments.Api.Parameters;

/// <summary>The query parameters that an endpoint knows; whatever else a request brings is a mistake that it should hear of.</summary>
internal sealed class ParameterRules(ParameterRule[] rules)
{
    /// <summary>Gives every endpoint of the group the rules that its handler declares.</summary>
    public static void AddTo(IEndpointConventionBuilder group) => group.Add(endpoint =>
    {
        if (endpoint.Metadata.OfType<MethodInfo>().FirstOrDefault() is { } handler)
        {
            endpoint.Metadata.Add(new ParameterRules(ParameterRule.Of(handler)));
        }
    });

    /// <summary>Answers 400 with all that is wrong before a handler sees the request; runs behind routing and authorisation.</summary>
    public static async Task CheckAsync(HttpContext context, RequestDelegate next)
    {
        var errors = context.GetEndpoint()?.Metadata.GetMetadata<ParameterRules>()?.Complaints(context.Request.Query);
        await (errors is { Count: > 0 } ? Problem.InvalidParameters(errors).ExecuteAsync(context) : next(context));
    }

    private Dictionary<string, string[]> Complaints(IQueryCollection query)
    {
        var errors = new Dictionary<string, string[]>();
        foreach (var rule in rules)
        {
            if (rule.Complaint([.. query[rule.Name]]) is { } complaint)
            {
                errors[rule.Name] = [$"{rule.Name} {complaint}."];
            }
        }

        foreach (var (first, last) in rules.SelectMany(rule => rules.Where(rule.IsFirstOf).Select(other => (rule, other))))
        {
            // Its empty answer would look like a fact.
            if (errors.ContainsKey(first.Name) || errors.ContainsKey(last.Name) || first.DayOf(query) is not { } from || last.DayOf(query) is not { } to || to >= from) continue;
            errors[last.Name] = [string.Create(CultureInfo.InvariantCulture, $"{last.Name} must not be before {first.Name}, {from:yyyy-MM-dd}.")];
        }

        foreach (var name in query.Keys.Where(name => !rules.Any(rule => rule.Name.Equals(name, StringComparison.OrdinalIgnoreCase))))
        {
            errors[name] = [$"{name} is not known here: {Known()}."];
        }

        return errors;
    }

    private string Known() => rules.Length == 0
        ? "this endpoint takes no parameters"
        : $"the parameters are {string.Join(", ", rules.Select(rule => rule.Name))}";
}
