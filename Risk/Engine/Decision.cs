namespace Payments.Risk.Engine;

/// <summary>What to do with a payment. In the API and the database its name in capitals.</summary>
public enum Decision
{
    /// <summary>Nothing speaks against it.</summary>
    Approve,

    /// <summary>A person should look at it.</summary>
    Review,

    /// <summary>It should not go through.</summary>
    Block,
}
