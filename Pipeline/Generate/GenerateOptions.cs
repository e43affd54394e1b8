using System.ComponentModel.DataAnnotations;

namespace Payments.Pipeline.Generate;

/// <summary>Sizes and seed of the sample data, from the configuration section <c>Generate</c>.</summary>
public sealed record GenerateOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Generate";

    /// <summary>The seed whose customers and merchants have the plain ids <c>CUST00001</c> and <c>MERCH001</c>.</summary>
    public const int DefaultSeed = 42;

    /// <summary>Whether ETL runs fill the database with samples; off unless the AppHost started that database itself.</summary>
    public bool Enabled { get; init; }

    /// <summary>Whether an empty database is filled at start, without being asked, where <see cref="Enabled"/> allows samples at all. Default true.</summary>
    public bool FirstRun { get; init; } = true;

    /// <summary>Everything generated is a function of it; data of different seeds live beside each other.</summary>
    public int Seed { get; init; } = DefaultSeed;

    /// <summary>Customers, 1 to 10,000,000.</summary>
    [Range(1, 10_000_000)]
    public int Customers { get; init; } = 500;

    /// <summary>Merchants, 1 to 1,000,000.</summary>
    [Range(1, 1_000_000)]
    public int Merchants { get; init; } = 50;

    /// <summary>Payments in any <see cref="Days"/> consecutive days, 0 to 1,000,000,000.</summary>
    [Range(0, 1_000_000_000)]
    public int Payments { get; init; } = 5_000;

    /// <summary>Length of the window that ends with yesterday, in UTC days, 1 to 1,825.</summary>
    [Range(1, 1_825)]
    public int Days { get; init; } = 90;
}
