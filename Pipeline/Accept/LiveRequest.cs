using System.Diagnostics;

namespace Payments.Pipeline.Accept;

/// <summary>A request on its way into the store.</summary>
/// <param name="payments">Its payments, none of them with complaints.</param>
/// <param name="key">Its name; null where it has none.</param>
/// <param name="compose">Makes the answer that is kept under the key.</param>
/// <param name="cancellationToken">Whoever asked is gone; while the request waits, that takes it back.</param>
internal sealed class LiveRequest(
    IReadOnlyList<LivePayment> payments, RequestKey? key, Func<IReadOnlyList<AcceptedPayment>, KeptAnswer>? compose, CancellationToken cancellationToken)
{
    private readonly TaskCompletionSource<AcceptResult> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The caller's span; none without tracing.</summary>
    public ActivityContext Origin { get; } = Activity.Current?.Context ?? default;

    public IReadOnlyList<LivePayment> Payments => payments;

    public RequestKey? Key => key;

    /// <summary>What became of it.</summary>
    public Task<AcceptResult> Done => _done.Task;

    /// <summary>Whether nobody waits for it any more; asked before its transaction begins.</summary>
    public bool IsGivenUp => cancellationToken.IsCancellationRequested && _done.TrySetCanceled(cancellationToken);

    public KeptAnswer Compose(IReadOnlyList<AcceptedPayment> accepted) => compose!(accepted);

    public void Complete(AcceptResult result) => _done.TrySetResult(result);

    public void Fail(Exception error) => _done.TrySetException(error);
}
