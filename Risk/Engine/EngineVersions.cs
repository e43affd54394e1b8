namespace Payments.Risk.Engine;

/// <summary>Which rules and models an engine goes by: numbers that every change raises (<c>risk.versions</c>).</summary>
/// <param name="Rules">Rules, lists, suppressions and thresholds.</param>
/// <param name="Models">Models and their calibration.</param>
public readonly record struct EngineVersions(long Rules, long Models);
