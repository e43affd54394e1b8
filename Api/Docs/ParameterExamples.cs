using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace Payments.Api.Docs;

/// <summary>A value for every parameter without which a request cannot be sent, so that the documentation page and its curl commands have one.</summary>
internal static class ParameterExamples
{
    // The last entry that fits counts: a parameter's name alone, or behind the part of the path that it follows.
    private static readonly (string Parameter, JsonNode Value)[] All =
    [
        ("id", 1),
        ("version", 1),
        ("fee_id", 1),
        ("import_id", 1),
        ("record_number", 1),
        ("report_date", "2026-01-31"),
        ("start_date", "2026-01-01"),
        ("end_date", "2026-01-31"),
        ("transaction_date", "2026-01-31T14:03:27Z"),
        ("month", "2025-01"),
        ("merchant_id", "MERCH-007"),
        ("severity", "HIGH"),
        ("issue", "failed-job"),
        ("day", "2031-06-09"),
        ("merchants/{id}", "MERCH-007"),
        ("payments/{id}", "PAY-000123"),
        ("settlements/{id}", "STL-20260131-USD-MERCH-007"),
        ("incidents/{id}", "STL-20260131-USD-MERCH-007"),
        ("calendars/{code}", "TARGET2"),
        ("rules/{code}", "NIGHT"),
    ];

    /// <summary>Gives an operation's required parameters their examples.</summary>
    public static void AddTo(OpenApiOperation operation, string? path)
    {
        foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>() ?? [])
        {
            if (parameter is not { Required: true, Example: null }) continue;
            var inPath = $"{{{parameter.Name}}}";
            var example = All.LastOrDefault(known => known.Parameter == parameter.Name
                || (known.Parameter.EndsWith(inPath, StringComparison.Ordinal) && path?.Contains($"/{known.Parameter}", StringComparison.Ordinal) == true));
            parameter.Example = example.Value?.DeepClone();
        }
    }
}
