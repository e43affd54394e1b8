using Payments.Pipeline.Validate;

namespace Payments.Pipeline.Import.Profiles;

/// <summary>Sample data: our own formats, marked as generated, and for payments also what a processor would tell.</summary>
internal static class GeneratedProfiles
{
    public static ImportProfile Payments { get; } = PaymentsProfile.Profile with
    {
        Name = "generated",
        Columns =
        [
            .. PaymentsProfile.Profile.Columns.Where(column => !column.IsSecret),
            new("processing_time_seconds", Rules.Integer(0, 86_400), isRequired: false),
            new("failure_reason", Rules.Text(200), isRequired: false),
        ],
        IsGenerated = true,
    };

    public static ImportProfile Customers { get; } = CustomersProfile.Profile with { Name = "generated_customers", IsGenerated = true };

    public static ImportProfile Merchants { get; } = MerchantsProfile.Profile with { Name = "generated_merchants", IsGenerated = true };
}
