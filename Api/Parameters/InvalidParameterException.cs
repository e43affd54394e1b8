namespace Payments.Api.Parameters;

/// <summary>A parameter that the rules of its own type let through is wrong after all; becomes a 400 that names it.</summary>
/// <param name="parameter">The parameter's name in the request.</param>
/// <param name="complaint">What is wrong and how to put it right, as the end of a sentence that begins with the name.</param>
internal sealed class InvalidParameterException(string parameter, string complaint) : Exception($"{parameter} {complaint}.")
{
    /// <summary>The parameter's name in the request.</summary>
    public string Parameter => parameter;
}
