using System.Runtime.CompilerServices;
using System.Text;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A value known at run time.</summary>
public interface IValueProvider
{
    /// <summary>The value.</summary>
    ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default);
}

/// <summary>A value that the publish manifest refers to by an expression.</summary>
public interface IManifestExpressionProvider
{
    /// <summary>The expression, in braces.</summary>
    string ValueExpression { get; }
}

/// <summary>Text with holes that are filled when a resource starts.</summary>
public sealed class ReferenceExpression : IValueProvider, IManifestExpressionProvider
{
    private readonly IReadOnlyList<object> _parts;

    private ReferenceExpression(IReadOnlyList<object> parts) => _parts = parts;

    /// <inheritdoc/>
    public string ValueExpression => string.Concat(_parts.Select(part => part is IManifestExpressionProvider hole ? hole.ValueExpression : part));

    /// <summary>The values in the holes.</summary>
    public IReadOnlyList<IValueProvider> ValueProviders => [.. _parts.OfType<IValueProvider>()];

    /// <summary>Makes one from an interpolated string.</summary>
    public static ReferenceExpression Create(in ExpressionInterpolatedStringHandler handler) => new(handler.Parts);

    /// <inheritdoc/>
    public async ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default)
    {
        var text = new StringBuilder();
        foreach (var part in _parts)
            text.Append(part is IValueProvider hole ? await hole.GetValueAsync(cancellationToken) : part);
        return text.ToString();
    }

    /// <summary>Collects the parts of an interpolated string.</summary>
    [InterpolatedStringHandler]
    public readonly ref struct ExpressionInterpolatedStringHandler
    {
        internal readonly List<object> Parts;

        /// <summary>Called by the compiler.</summary>
        public ExpressionInterpolatedStringHandler(int literalLength, int formattedCount) => Parts = new(2 * formattedCount + 1);

        /// <summary>Called by the compiler.</summary>
        public readonly void AppendLiteral(string value) => Parts.Add(value);

        /// <summary>Called by the compiler.</summary>
        public readonly void AppendFormatted(string? value) => Parts.Add(value ?? "");

        /// <summary>Called by the compiler.</summary>
        public readonly void AppendFormatted<T>(T valueProvider)
            where T : IValueProvider, IManifestExpressionProvider => Parts.Add(valueProvider);

        /// <summary>Called by the compiler.</summary>
        public readonly void AppendFormatted<T>(IResourceBuilder<T> valueProvider)
            where T : IResource, IValueProvider, IManifestExpressionProvider => Parts.Add(valueProvider.Resource);
    }
}
