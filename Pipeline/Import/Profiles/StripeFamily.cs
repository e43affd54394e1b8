namespace Payments.Pipeline.Import.Profiles;

/// <summary>What the profiles of Stripe's objects have in common.</summary>
internal static class StripeFamily
{
    /// <summary>The name by which clients leave the choice among them to the objects' type.</summary>
    public const string Name = "stripe";
}
