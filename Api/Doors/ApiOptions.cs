using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Payments.Api.Doors;

/// <summary>Section <c>Api</c>: who may call, from where and how often.</summary>
internal sealed class ApiOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Api";

    /// <summary>The keys that open the API. Without any it serves loopback callers in Development only.</summary>
    [ValidateEnumeratedItems]
    public IList<ApiKey> Keys { get; } = [];

    /// <summary>Host names that a request may address, besides localhost, 127.0.0.1 and [::1]; <c>*.example.com</c> takes subdomains.</summary>
    public IList<string> Hosts { get; } = [];

    /// <summary>Web origins (<c>https://app.example.com</c>) whose pages may make state-changing calls, besides the API's own.</summary>
    public IList<string> Origins { get; } = [];

    /// <summary>State-changing calls that one caller may make in a minute.</summary>
    [Range(1, 1_000_000)]
    public int ChangesPerMinute { get; set; } = 1_200;

    /// <summary>Requests with payments that one caller may make in a minute.</summary>
    [Range(1, 100_000_000)]
    public int PaymentRequestsPerMinute { get; set; } = 600_000;

    /// <summary>Files that one caller may send at a time.</summary>
    [Range(1, 1_000)]
    public int UploadsPerCaller { get; set; } = 16;
}

/// <summary>A key, known by its hash only: reading the configuration opens nothing.</summary>
internal sealed class ApiKey
{
    /// <summary>Who uses it; appears in logs and traces.</summary>
    [Required]
    public string Name { get; set; } = "";

    /// <summary>SHA-256 of the key, 64 hexadecimal digits: <c>printf %s "$KEY" | sha256sum</c>.</summary>
    [Required, RegularExpression("^[0-9A-Fa-f]{64}$")]
    public string Sha256 { get; set; } = "";

    /// <summary>reader, operator or admin; each may do what those before it may.</summary>
    [Required, AllowedValues(Doors.Role.Reader, Doors.Role.Operator, Doors.Role.Admin)]
    public string Role { get; set; } = Doors.Role.Reader;
}

/// <summary>Generated from the annotations, those of the keys included.</summary>
[OptionsValidator]
internal sealed partial class ApiOptionsValidator : IValidateOptions<ApiOptions>;
