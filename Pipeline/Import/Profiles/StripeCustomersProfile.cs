using Payments.Pipeline.Load;
using Payments.Pipeline.Validate;

namespace Payments.Pipeline.Import.Profiles;

/// <summary>Stripe's customers, upserted by id: what an object does not say stays as it is.</summary>
internal static class StripeCustomersProfile
{
    public static ImportProfile Profile { get; } = new(
        "stripe_customers",
        Version: 1,
        StagingLayout.Customers,
        [
            StripeFamily.Object("customer"),
            new("id", "customer_id", Rules.Id),
            new("name", "customer_name", Rules.Text(200), IsRequired: false),
            new("email", Rules.Email, isRequired: false),
            new("phone", Rules.Text(50), isRequired: false),
            new("address.country", "country", Rules.Text(100), IsRequired: false) { Paths = ["address.country", "shipping.address.country"] },
            new("created", "registration_date", Day(), IsRequired: false),
            new("created", "created_at", StripeFamily.Created, IsRequired: false),
        ])
    {
        Syntaxes = Syntaxes.Json,
        ObjectType = "customer",
        Family = StripeFamily.Name,
        IgnoresOthers = true,
        RemarksWhenFalse = StripeFamily.Remarks,
    };

    private static Rule Day() => StripeFamily.Created with
    {
        Read = (text, row, context) =>
        {
            var fault = StripeFamily.ReadSeconds(text, context, out var instant);
            if (fault == Fault.None) row.Date(DateOnly.FromDateTime(PostgresInstant.ToDateTime(instant)));
            return fault;
        },
    };
}
