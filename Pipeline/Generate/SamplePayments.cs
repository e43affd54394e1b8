namespace Payments.Pipeline.Generate;

/// <summary>The sample payments: each day is a function of seed, sizes and day.</summary>
/// <remarks>
/// <para>Success depends on the customer's risk category (95, 85, 65 %). Of the others 60 % failed, 28 % were refunded and 12 % are
/// pending; what is pending stays so, since a day does not change with the date of the run.</para>
/// <para>About one payment in fifty belongs to a burst: six attempts of a HIGH risk customer within minutes at night, small ones in
/// crypto currency or large ones by card, the first four failed. They are what scores 70 and more. The success rate of the
/// other HIGH risk payments makes up for them.</para>
/// </remarks>
internal sealed class SamplePayments
{
    private const int BurstAttempts = 6;
    private const int BurstFailures = 4;
    private const int PaymentsPerBurst = 320;
    private const int BurstSuccessPermille = 400;

    private static readonly byte[][] Methods =
        [.. new[] { "CREDIT_CARD", "DEBIT_CARD", "BANK_TRANSFER", "PAYPAL", "WALLET", "CRYPTO" }.Select(Ascii)];

    private static readonly byte[][] Statuses = [.. new[] { "SUCCESS", "FAILED", "PENDING", "REFUNDED" }.Select(Ascii)];

    private static readonly byte[][] FailureReasons =
    [
        .. new[]
        {
            "", "insufficient funds", "fraud detection triggered", "daily limit exceeded", "network timeout",
            "authentication failed", "card declined", "invalid card details",
        }.Select(Ascii),
    ];

    private readonly GenerateOptions _options;
    private readonly SampleRoster _roster;
    private readonly SampleDays _days;
    private readonly int[] _successPermille;
    private readonly byte[] _customerPrefix;
    private readonly byte[] _merchantPrefix;

    /// <summary>Prepares what all days share.</summary>
    public SamplePayments(GenerateOptions options)
    {
        _options = options;
        _roster = new(options);
        _days = new(options);
        _successPermille = [950, 850, HighRiskSuccessPermille()];
        _customerPrefix = Ascii(SampleIds.CustomerPrefix(options.Seed));
        _merchantPrefix = Ascii(SampleIds.MerchantPrefix(options.Seed));
    }

    /// <summary>Number of payments of a day.</summary>
    public int CountOn(DateOnly day) => _days.CountOn(day);

    /// <summary>The id of the day's last payment; null when it has none.</summary>
    public string? LastIdOn(DateOnly day) =>
        CountOn(day) is > 0 and var count ? $"{SampleIds.PaymentPrefix(_options, day)}{count:D6}" : null;

    /// <summary>Writes the header of a file of days.</summary>
    public static void WriteHeader(CsvBytes csv)
    {
        csv.Raw("payment_id,customer_id,merchant_id,amount,currency,payment_method,status,payment_date,"u8);
        csv.Raw("processing_time_seconds,failure_reason\n"u8);
    }

    /// <summary>Writes a day's payments.</summary>
    public void WriteDay(DateOnly day, CsvBytes csv)
    {
        var draw = new SampleDraw(_options.Seed, SampleSubject.Day, day.DayNumber);
        var count = CountOn(day);
        var line = new DayLine(this, day, csv);
        var bursts = _roster.HighRiskCustomers.Length == 0 ? 0 : (count + draw.Below(PaymentsPerBurst)) / PaymentsPerBurst;
        bursts = int.Min(bursts, count / BurstAttempts);
        for (var burst = 0; burst < bursts; burst++)
        {
            WriteBurst(ref draw, ref line);
        }

        var others = count - (bursts * BurstAttempts);
        for (var number = 0; number < others; number++)
        {
            line.Write(Draw(ref draw, SampleClock.Draw(ref draw, number, others)));
        }
    }

    private SamplePayment Draw(ref SampleDraw draw, int second)
    {
        var customer = draw.Pick(_roster.Customers);
        var method = DrawMethod(ref draw);
        var status = draw.Chance(_successPermille[(int)_roster.Risks[customer]])
            ? SampleStatus.Success
            : draw.Below(100) switch { < 60 => SampleStatus.Failed, < 88 => SampleStatus.Refunded, _ => SampleStatus.Pending };
        return Finish(ref draw, new()
        {
            Customer = customer,
            Merchant = draw.Pick(_roster.Merchants),
            Cents = SampleAmounts.Draw(ref draw),
            Method = method,
            Status = status,
            Second = second,
        });
    }

    private void WriteBurst(ref SampleDraw draw, ref DayLine line)
    {
        var customer = draw.Pick(_roster.HighRiskCustomers);
        var merchant = draw.Pick(_roster.Merchants);
        var second = draw.Below(5 * 3_600);
        var isSmall = draw.Chance(650);
        for (var attempt = 0; attempt < BurstAttempts; attempt++)
        {
            line.Write(Finish(ref draw, new()
            {
                Customer = customer,
                Merchant = merchant,
                Cents = isSmall ? 10_00 + draw.Below(90_00) : 5_000_01 + draw.Below(7_000_00),
                Method = isSmall ? SampleMethod.Crypto : SampleMethod.CreditCard,
                Status = attempt >= BurstFailures && draw.Chance(BurstSuccessPermille) ? SampleStatus.Success : SampleStatus.Failed,
                Second = second,
            }));
            second += 20 + draw.Below(280);
        }
    }

    private static SampleMethod DrawMethod(ref SampleDraw draw) => draw.Below(100) switch
    {
        < 35 => SampleMethod.CreditCard,
        < 60 => SampleMethod.DebitCard,
        < 74 => SampleMethod.PayPal,
        < 86 => SampleMethod.BankTransfer,
        < 97 => SampleMethod.Wallet,
        _ => SampleMethod.Crypto,
    };

    // What follows from method and status: how long it took (unknown while pending), and why it failed (cards have more ways).
    private static SamplePayment Finish(ref SampleDraw draw, SamplePayment payment)
    {
        var isCard = payment.Method is SampleMethod.CreditCard or SampleMethod.DebitCard;
        return payment with
        {
            ProcessingSeconds = payment.Status == SampleStatus.Pending
                ? null
                : payment.Method switch
                {
                    SampleMethod.BankTransfer => 30 + draw.Below(570),
                    SampleMethod.Crypto => 60 + draw.Below(1_140),
                    _ => 1 + draw.Below(9),
                },
            FailureReason = payment.Status == SampleStatus.Failed
                ? 1 + draw.Below(isCard ? FailureReasons.Length - 1 : FailureReasons.Length - 3)
                : 0,
        };
    }

    // x, so that bursts (share b of all payments, of which s succeed) and x of the other HIGH risk payments make 65 %.
    private int HighRiskSuccessPermille()
    {
        if (_roster.HighRiskCustomers.Length == 0)
        {
            return 650;
        }

        const double burst = (double)BurstAttempts / PaymentsPerBurst;
        const double burstSuccess = (BurstAttempts - BurstFailures) * BurstSuccessPermille / (1_000.0 * BurstAttempts);
        var other = (1 - burst) * _roster.HighRiskCustomers.Length / _roster.Customers.Length;
        return int.Min(950, (int)(1_000 * ((0.65 * (burst + other)) - (burst * burstSuccess)) / other));
    }

    private static byte[] Ascii(string text) => System.Text.Encoding.ASCII.GetBytes(text);

    /// <summary>Writes the payments of one day, numbered in their order.</summary>
    private struct DayLine(SamplePayments sample, DateOnly day, CsvBytes csv)
    {
        private readonly byte[] _prefix = Ascii(SampleIds.PaymentPrefix(sample._options, day));
        private readonly byte[] _date = Ascii(day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));
        private int _number;

        public void Write(in SamplePayment payment)
        {
            csv.Raw(_prefix);
            csv.Digits(++_number, 6);
            csv.Byte(',');
            csv.Raw(sample._customerPrefix);
            csv.Digits(payment.Customer + 1, 5);
            csv.Byte(',');
            csv.Raw(sample._merchantPrefix);
            csv.Digits(payment.Merchant + 1, 3);
            csv.Byte(',');
            csv.Digits(payment.Cents / 100, 1);
            csv.Byte('.');
            csv.Digits(payment.Cents % 100, 2);
            csv.Raw(",USD,"u8);
            csv.Raw(Methods[(int)payment.Method]);
            csv.Byte(',');
            csv.Raw(Statuses[(int)payment.Status]);
            csv.Byte(',');
            csv.Raw(_date);
            csv.Byte('T');
            csv.Digits(payment.Second / 3_600, 2);
            csv.Byte(':');
            csv.Digits(payment.Second / 60 % 60, 2);
            csv.Byte(':');
            csv.Digits(payment.Second % 60, 2);
            csv.Raw("Z,"u8);
            if (payment.ProcessingSeconds is { } seconds)
            {
                csv.Digits(seconds, 1);
            }

            csv.Byte(',');
            csv.Raw(FailureReasons[payment.FailureReason]);
            csv.EndRecord();
        }
    }
}
