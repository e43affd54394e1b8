using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Running;

/// <summary>Where a project and its built assembly are.</summary>
internal sealed record ProjectAnnotation(string ProjectPath, string TargetPath) : IResourceAnnotation;
