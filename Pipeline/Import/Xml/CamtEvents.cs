namespace Payments.Pipeline.Import.Xml;

/// <summary>What comes next in a message of bank statements.</summary>
internal abstract record CamtEvent;

/// <summary>A statement, or a page of one; its entries follow.</summary>
internal sealed record CamtStatement : CamtEvent
{
    public required int Line { get; init; }

    /// <summary>The bank's id of it.</summary>
    public required string Reference { get; init; }

    public long Sequence { get; init; }

    public int Page { get; init; } = 1;

    public bool IsLastPage { get; init; } = true;

    /// <summary>IBAN without blanks, or the bank's number.</summary>
    public required string Account { get; init; }

    public string? FromDay { get; init; }

    public string? ToDay { get; init; }

    public required IReadOnlyList<CamtBalance> Balances { get; init; }
}

/// <summary>A balance as it is told.</summary>
/// <param name="Code">OPBD, CLBD, ….</param>
/// <param name="Amount">Signed.</param>
/// <param name="Currency">Its currency.</param>
/// <param name="Day">Its day.</param>
internal sealed record CamtBalance(string Code, decimal Amount, string Currency, string? Day);

/// <summary>An entry; its transactions follow, then its end.</summary>
internal sealed record CamtEntry : CamtEvent
{
    public required int Line { get; init; }

    /// <summary>Signed: what it adds to the account.</summary>
    public required decimal Amount { get; init; }

    public required string Currency { get; init; }

    public required bool IsReversal { get; init; }

    public required string Status { get; init; }

    /// <summary>Only booked entries are money.</summary>
    public bool IsBooked => Status == "BOOK";

    public string? BookingDay { get; init; }

    public string? ValueDay { get; init; }

    public string? Reference { get; init; }

    public string? Code { get; init; }

    /// <summary>Signed: what the bank took for itself, as far as it says so of the entry.</summary>
    public decimal? Charges { get; init; }
}

/// <summary>A transaction of an entry.</summary>
internal sealed record CamtDetail : CamtEvent
{
    public required int Line { get; init; }

    /// <summary>Signed, in the entry's currency; null: not told in it.</summary>
    public decimal? Amount { get; init; }

    /// <summary>Signed, in another currency.</summary>
    public decimal? OriginalAmount { get; init; }

    public string? OriginalCurrency { get; init; }

    public decimal? Charges { get; init; }

    public string? BankReference { get; init; }

    public string? EndToEndId { get; init; }

    public string? InstructionId { get; init; }

    public string? TransactionId { get; init; }

    public string? Remittance { get; init; }

    public string? CreditorReference { get; init; }

    public string? CounterpartyName { get; init; }

    public string? CounterpartyAccount { get; init; }

    public string? Code { get; init; }
}

/// <summary>The end of an entry.</summary>
/// <param name="Remittance">What the bank says of the entry as a whole.</param>
internal sealed record CamtEntryEnd(string? Remittance) : CamtEvent;

/// <summary>The end of a statement.</summary>
internal sealed record CamtStatementEnd : CamtEvent;
