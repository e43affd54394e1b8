using Payments.Pipeline.Validate;

namespace Payments.Pipeline.Import.Profiles;

/// <summary>Customers, upserted by id: columns that the file lacks stay as they are.</summary>
internal static class CustomersProfile
{
    public static ImportProfile Profile { get; } = new(
        "customers",
        Version: 1,
        StagingLayout.Customers,
        [
            new("customer_id", Rules.Id),
            new("customer_name", Rules.Text(200), isRequired: false),
            new("email", Rules.Email, isRequired: false),
            new("phone", Rules.Text(50), isRequired: false),
            new("country", Rules.Text(100), isRequired: false),
            new("registration_date", Rules.Day, isRequired: false),
            new("credit_score", Rules.Integer(300, 850), isRequired: false),
            new("risk_category", Rules.OneOf(Words.RiskCategories), isRequired: false),
            new("created_at", Rules.PastInstant, isRequired: false),
        ]);
}
