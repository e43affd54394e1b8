namespace Payments.Pipeline.Quality;

/// <summary>The days that later payments are held against.</summary>
/// <param name="Source">model or first_days.</param>
/// <param name="From">First UTC day.</param>
/// <param name="To">Last UTC day, included.</param>
/// <param name="ModelsVersion">The models when it was chosen.</param>
internal sealed record ReferenceWindow(string Source, DateOnly From, DateOnly To, long ModelsVersion)
{
    /// <summary>Whether it is the same choice of days.</summary>
    public bool IsSameAs(ReferenceWindow other) => (Source, From, To) == (other.Source, other.From, other.To);
}
