namespace Payments.Risk.Engine;

/// <summary>Which payments of many are given the reasons of their scores.</summary>
public enum Explaining
{
    /// <summary>Those that need a look (<see cref="Assessment.NeedsLook"/>).</summary>
    WhereNeeded,

    /// <summary>Every one.</summary>
    Always,

    /// <summary>None: only scores are asked for.</summary>
    Never,
}
