using System.ComponentModel.DataAnnotations;

namespace Payments.Pipeline.Models;

/// <summary>Section <c>Training</c>: what models learn from.</summary>
public sealed class TrainingSettings
{
    /// <summary>The section's name.</summary>
    public const string Section = "Training";

    /// <summary>Days of payments that a model learns from. Default 28.</summary>
    [Range(2, 3650)]
    public int Days { get; set; } = 28;

    /// <summary>Later days on which it is compared with the live one. Default 7.</summary>
    [Range(1, 365)]
    public int ComparedDays { get; set; } = 7;

    /// <summary>Days that a fraud is given to become known before a payment without a word counts as legitimate. Default 7.</summary>
    [Range(0, 365)]
    public int MaturityDays { get; set; } = 7;

    /// <summary>Known frauds without which nothing is learned from labels. Default 50.</summary>
    [Range(10, 1_000_000)]
    public int LeastFrauds { get; set; } = 50;

    /// <summary>Known frauds on the later days without which models are not compared by labels. Default 20.</summary>
    [Range(1, 1_000_000)]
    public int LeastComparedFrauds { get; set; } = 20;

    /// <summary>Payments to learn from at the most; of more, legitimate ones are left out at random. Default 150,000.</summary>
    [Range(1_000, 10_000_000)]
    public int MostPayments { get; set; } = 150_000;
}
