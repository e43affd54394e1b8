namespace Payments.Api.Doors;

/// <summary>What a caller may do; each role may do what those before it may. The policies have the same names.</summary>
internal static class Role
{
    /// <summary>Sees reports and what runs did.</summary>
    public const string Reader = "reader";

    /// <summary>Also sends files, starts runs and sees refused records.</summary>
    public const string Operator = "operator";

    /// <summary>Also changes the schema.</summary>
    public const string Admin = "admin";
}
