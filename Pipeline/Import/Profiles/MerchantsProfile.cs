using Payments.Pipeline.Validate;

namespace Payments.Pipeline.Import.Profiles;

/// <summary>Merchants, upserted by id: columns that the file lacks stay as they are.</summary>
internal static class MerchantsProfile
{
    public static ImportProfile Profile { get; } = new(
        "merchants",
        Version: 1,
        StagingLayout.Merchants,
        [
            new("merchant_id", Rules.Id),
            new("merchant_name", Rules.Text(200), isRequired: false),
            new("business_type", Rules.OneOf(Words.BusinessTypes), isRequired: false),
            new("country", Rules.Text(100), isRequired: false),
            new("commission_rate", Rules.Percent, isRequired: false),
            new("status", Rules.OneOf(Words.MerchantStatuses), isRequired: false),
            new("created_at", Rules.PastInstant, isRequired: false),
            new("active_from", Rules.Day, isRequired: false),
            new("active_until", Rules.Day, isRequired: false),
            new("settles_from", Rules.Day, isRequired: false),
        ]);
}
