namespace Payments.Pipeline.Generate;

/// <summary>A sample payment before it is written: what was drawn, in the smallest form.</summary>
internal readonly record struct SamplePayment(
    int Customer,
    int Merchant,
    int Cents,
    SampleMethod Method,
    SampleStatus Status,
    int Second,
    int? ProcessingSeconds,
    int FailureReason);

/// <summary>The contract's payment methods.</summary>
internal enum SampleMethod : byte
{
    CreditCard,
    DebitCard,
    BankTransfer,
    PayPal,
    Wallet,
    Crypto,
}

/// <summary>The contract's payment statuses.</summary>
internal enum SampleStatus : byte
{
    Success,
    Failed,
    Pending,
    Refunded,
}
