using System.Reflection;

namespace Aspire.Hosting.Testing;

/// <summary>An app host's program that runs inside a test and stands still where it builds the application.</summary>
internal sealed class TestedEntryPoint
{
    private static readonly AsyncLocal<TestedEntryPoint?> Running = new();

    private readonly TaskCompletionSource<DistributedApplicationBuilder> _built = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<DistributedApplication> _application = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _mayBuild = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private TestedEntryPoint(Assembly assembly) => Assembly = assembly;

    /// <summary>The program under test that this code is part of.</summary>
    public static TestedEntryPoint? Current => Running.Value;

    public Assembly Assembly { get; }

    public static async Task<IDistributedApplicationTestingBuilder> RunAsync(Assembly assembly, string[] args, CancellationToken cancellationToken)
    {
        var test = new TestedEntryPoint(assembly);
        new Thread(() => test.Run(args)) { IsBackground = true, Name = $"{assembly.GetName().Name} under test" }.Start();
        return new TestingBuilder(test, await test._built.Task.WaitAsync(cancellationToken));
    }

    /// <summary>Called by the program: hands the builder to the test and waits until that builds.</summary>
    public DistributedApplication Build(DistributedApplicationBuilder builder)
    {
        _built.TrySetResult(builder);
        _mayBuild.Task.GetAwaiter().GetResult();
        var application = builder.BuildHost();
        _application.TrySetResult(application);
        return application;
    }

    public async Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken)
    {
        _mayBuild.TrySetResult();
        return await _application.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Lets a program go that was only looked at.</summary>
    public async Task AbandonAsync()
    {
        if (_mayBuild.TrySetException(new AbandonedException()))
            await _ended.Task;
    }

    private void Run(string[] args)
    {
        Running.Value = this;
        try
        {
            var entryPoint = Assembly.EntryPoint ?? throw new InvalidOperationException($"{Assembly.GetName().Name} has no entry point.");
            var result = entryPoint.Invoke(null, entryPoint.GetParameters().Length == 0 ? null : [args]);
            (result as Task)?.GetAwaiter().GetResult();
            Fail(new InvalidOperationException("The entry point exited without building an application."));
        }
#pragma warning disable CA1031 // the test gets it
        catch (Exception e)
#pragma warning restore CA1031
        {
            Fail((e as TargetInvocationException)?.InnerException ?? e);
        }

        _ended.SetResult();

        void Fail(Exception e)
        {
            _built.TrySetException(e);
            _application.TrySetException(e);
            _ = _application.Task.Exception;
        }
    }

    private sealed class AbandonedException() : Exception("The test built no application.");
}
