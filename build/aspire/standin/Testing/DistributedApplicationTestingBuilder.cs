namespace Aspire.Hosting.Testing;

/// <summary>Builds an app host under test.</summary>
public interface IDistributedApplicationTestingBuilder : IDistributedApplicationBuilder, IAsyncDisposable
{
    /// <summary>Makes the application, which the test then starts.</summary>
    Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken = default);
}

/// <summary>Runs an app host's program up to where it builds the application, and hands its builder to a test.</summary>
public static class DistributedApplicationTestingBuilder
{
    /// <summary>Makes a builder of an application that only the test describes.</summary>
    /// <param name="args">The command line, which is part of the configuration.</param>
    public static IDistributedApplicationTestingBuilder Create(params string[] args) =>
        new TestingBuilder(null, new DistributedApplicationBuilder(args, null, isTest: true));

    /// <summary>Runs the program that a type is part of.</summary>
    /// <typeparam name="TEntryPoint">Such as <c>Projects.AppHost</c>.</typeparam>
    /// <exception cref="InvalidOperationException">The program ended without building an application.</exception>
    public static Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(CancellationToken cancellationToken = default)
        where TEntryPoint : class => CreateAsync<TEntryPoint>([], cancellationToken);

    /// <summary>Runs the program that a type is part of.</summary>
    /// <typeparam name="TEntryPoint">Such as <c>Projects.AppHost</c>.</typeparam>
    /// <param name="args">The program's command line.</param>
    /// <param name="cancellationToken">Gives up waiting for the program.</param>
    /// <exception cref="InvalidOperationException">The program ended without building an application.</exception>
    public static async Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(string[] args, CancellationToken cancellationToken = default)
        where TEntryPoint : class => await TestedEntryPoint.RunAsync(typeof(TEntryPoint).Assembly, args, cancellationToken);
}
