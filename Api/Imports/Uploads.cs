using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Options;
using Payments.Api.Doors;
using Payments.Pipeline.Import;
using BadHttpRequestException = Microsoft.AspNetCore.Http.BadHttpRequestException;

namespace Payments.Api.Imports;

/// <summary>Keeps uploads within bounds: how large, how slow and how long each may be, and how many at a time a caller may make.</summary>
internal sealed class Uploads(IOptions<ImportOptions> limits, IOptions<ApiOptions> api, TimeProvider clock) : IDisposable
{
    private readonly PartitionedRateLimiter<HttpContext> _slots = PartitionedRateLimiter.Create<HttpContext, string>(context =>
        RateLimitPartition.GetConcurrencyLimiter(ChangeLimit.CallerOf(context), _ => new() { PermitLimit = api.Value.UploadsPerCaller }));

    /// <summary>Receives a file.</summary>
    /// <param name="context">The request.</param>
    /// <param name="receive">Reads the body; its token ends with the time that an upload may take.</param>
    /// <exception cref="BadHttpRequestException">The caller makes too many uploads already (429), or this one is too slow or takes too long (408).</exception>
    /// <exception cref="FileTooLargeException">The request says that it is larger than the limit; it is not read.</exception>
    public async Task<T> ReceiveAsync<T>(HttpContext context, Func<CancellationToken, Task<T>> receive)
    {
        using var slot = _slots.AttemptAcquire(context);
        if (!slot.IsAcquired)
        {
            throw new BadHttpRequestException(
                $"{api.Value.UploadsPerCaller} files of yours are being received; send the next one when one of them is through (Api:UploadsPerCaller).",
                StatusCodes.Status429TooManyRequests);
        }

        // A form's other parts are in the length too, but they are small; the spool counts exactly.
        var (options, isForm) = (limits.Value, context.Request.HasFormContentType);
        if (!isForm && context.Request.ContentLength > options.MaxFileBytes) throw new FileTooLargeException(options.MaxFileBytes);
        SetPace(context, options);
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(options.MaxUploadSeconds), clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, context.RequestAborted);
        try
        {
            return await receive(either.Token);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested)
        {
            throw new BadHttpRequestException(
                $"The upload took longer than {options.MaxUploadSeconds} s (Import:MaxUploadSeconds); nothing of it was kept.", StatusCodes.Status408RequestTimeout);
        }
        catch (BadHttpRequestException slow) when (slow.StatusCode == StatusCodes.Status408RequestTimeout)
        {
            throw new BadHttpRequestException(
                $"The upload came slower than {options.MinBytesPerSecond} bytes a second (Import:MinBytesPerSecond); nothing of it was kept.",
                StatusCodes.Status408RequestTimeout,
                slow);
        }
    }

    public void Dispose() => _slots.Dispose();

    private static void SetPace(HttpContext context, ImportOptions options)
    {
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is not { } pace) return;
        pace.MinDataRate = options.MinBytesPerSecond == 0
            ? null
            : new MinDataRate(options.MinBytesPerSecond, TimeSpan.FromSeconds(options.GraceSeconds));
    }
}
