namespace Payments.Api.Docs;

/// <summary>An answer that shows itself in the documentation: the example is compiled, so it cannot drift from the type.</summary>
internal interface IExample<TSelf>
    where TSelf : IExample<TSelf>
{
    /// <summary>A typical value.</summary>
    static abstract TSelf Example { get; }
}
