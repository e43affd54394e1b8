namespace Payments.Pipeline.Import;

/// <summary>A file as a whole cannot be read; nothing of it has been written.</summary>
/// <param name="code">One of <see cref="Validate.ReasonCode.OfFiles"/>.</param>
/// <param name="detail">What exactly, for people.</param>
internal sealed class FileRejectedException(string code, string detail) : Exception(detail)
{
    public string Code => code;
}
