using System.Globalization;
using System.Text;

namespace Payments.Pipeline.Tests.Import;

public sealed class CustomersAndMerchantsImportTests : IAsyncLifetime
{
    private ImportLab _lab = null!;

    public async Task InitializeAsync() => _lab = await ImportLab.OpenAsync();

    public async Task DisposeAsync() => await _lab.DisposeAsync();

    [Fact]
    public async Task An_id_is_enough_and_shows_as_the_name()
    {
        Assert.Equal((2, 2, 0, 0), (await _lab.ImportAsync("customers", "customer_id\nC1\nC2\n")).Counts);
        Assert.Equal((1, 1, 0, 0), (await _lab.ImportAsync("merchants", "merchant_id\nM1\n")).Counts);

        Assert.Equal(
            ["C1 C1", "C2 C2"],
            await _lab.QueryAsync<string>("select concat_ws(' ', customer_id, customer_name, email, country, credit_score, risk_category) from public.customers order by 1"));
        Assert.Equal(
            ["M1 M1 0.0000 ACTIVE"],
            await _lab.QueryAsync<string>("select concat_ws(' ', merchant_id, merchant_name, business_type, commission_rate, status, settles_from) from public.merchants"));
    }

    [Fact]
    public async Task The_first_file_of_many_customers_takes_time_by_their_number_and_not_by_its_square()
    {
        var file = new StringBuilder("customer_id,customer_name,email\n");
        for (var i = 0; i < 40_000; i++) file.Append(CultureInfo.InvariantCulture, $"C{i},Customer {i},customer{i}@example.com\n");
        var ticket = await _lab.AcceptAsync("customers", Encoding.UTF8.GetBytes(file.ToString()));

        // Compared each with each they took 35 s on a machine with nothing else to do; now it is one or two.
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await _lab.RunAsync(ticket, patience.Token);

        Assert.Equal((40_000, 40_000, 0, 0), (await _lab.ReportAsync(ticket.ImportId)).Counts);
    }

    [Fact]
    public async Task What_was_staged_is_given_back_with_its_space_and_what_others_have_staged_stays()
    {
        const string pages = "select concat_ws(' ', pg_relation_size('staging.customers'), (select sum(pg_relation_size(oid)) from pg_class where relname ~ '^payments_lane_'))";
        await _lab.ImportAsync("customers", "customer_id\nC1\n");
        await _lab.ImportAsync("merchants", "merchant_id\nM1\n");
        await _lab.ImportAsync("payments", "payment_id,customer_id,merchant_id,amount,currency,payment_method,status,payment_date\nP1,C1,M1,1.00,USD,WALLET,SUCCESS,2025-02-03T10:00:00Z\n");
        Assert.Equal(["0 0"], await _lab.QueryAsync<string>(pages));

        await _lab.QueryAsync<long>("insert into staging.customers (batch_id, record_number, line_number, customer_id, given) values (0, 1, 1, 'another import''s', '{}') returning record_number");
        await _lab.ImportAsync("customers", "customer_id\nC2\n");

        Assert.Equal(["another import's"], await _lab.QueryAsync<string>("delete from staging.customers returning customer_id"));
    }

    [Fact]
    public async Task Columns_that_a_file_lacks_stay_as_they_are_and_the_same_again_is_a_duplicate()
    {
        const string file = """
            customer_id,customer_name,email,country,registration_date,credit_score,created_at
            C1,Ann,ann@example.com,AT,2024-05-01,720,2024-05-01T10:00:00Z
            C2,Bob,bob@example.com,DE,2024-05-02,719,
            C3,Cleo,,,,599,
            """;
        Assert.Equal((3, 3, 0, 0), (await _lab.ImportAsync("customers", file)).Counts);
        Assert.Equal((2, 1, 1, 0), (await _lab.ImportAsync("customers", "country,customer_id\nCH,C1\nDE,C2\n")).Counts);

        Assert.Equal(
            ["C1 Ann ann@example.com CH 2024-05-01 720 LOW", "C2 Bob bob@example.com DE 2024-05-02 719 MEDIUM", "C3 Cleo 599 HIGH"],
            await _lab.QueryAsync<string>("select concat_ws(' ', customer_id, customer_name, email, country, registration_date, credit_score, risk_category) from public.customers order by 1"));
    }

    [Fact]
    public async Task Customers_are_validated_strictly()
    {
        var report = await _lab.ImportAsync("customers", $"""
            customer_id,customer_name,email,phone,country,registration_date,credit_score,risk_category
            ,,,,,,,
            C 1,a,a,b,c,2024-13-01,abc,low
            C2,{new string('n', 201)},a@b@c,{new string('p', 51)},{new string('c', 101)},01.02.2024,299,HIGH
            C3,x,@b,,,,851,
            C4,x,a@b.example,,,,850,
            """);

        Assert.Equal((5, 1, 0, 4), report.Counts);
        Assert.Equal("customer_id.missing", report.ReasonsOf(1));
        Assert.Equal("customer_id.format email.format registration_date.invalid credit_score.format risk_category.unknown", report.ReasonsOf(2));
        Assert.Equal("customer_name.too_long email.format phone.too_long country.too_long registration_date.format credit_score.out_of_range", report.ReasonsOf(3));
        Assert.Equal("email.format credit_score.out_of_range", report.ReasonsOf(4));
    }

    [Fact]
    public async Task An_address_of_another_customer_is_refused_in_the_store_and_in_the_file()
    {
        await _lab.ImportAsync("customers", "customer_id,email\nC1,a@x.example\n");
        var report = await _lab.ImportAsync("customers", """
            customer_id,email,credit_score
            C2,a@x.example,abc
            C1,a@x.example,700
            C3,b@x.example,700
            C4,b@x.example,700
            """);

        Assert.Equal((4, 2, 0, 2), report.Counts);
        Assert.Equal(["email.taken credit_score.format", "email.taken"], [report.ReasonsOf(1), report.ReasonsOf(4)]);
        Assert.Equal(["C1 a@x.example", "C3 b@x.example"], await _lab.QueryAsync<string>("select concat_ws(' ', customer_id, email) from public.customers order by 1"));
    }

    [Fact]
    public async Task Merchants_are_validated_strictly()
    {
        var report = await _lab.ImportAsync("merchants", """
            merchant_id,business_type,commission_rate,status,active_from,active_until,settles_from
            M1,TRAVEL,2.5,ACTIVE,2024-01-01,,2024-01-01
            M2,FISHING,2.5%,CLOSED,,,
            M3,,100.0001,,2024-01-01,2024-01-01,
            M4,,0.00001,,2024-02-01,2024-01-01,never
            M5,,100,,,2024-01-01,
            """);

        Assert.Equal((5, 2, 0, 3), report.Counts);
        Assert.Equal("business_type.unknown commission_rate.format status.unknown", report.ReasonsOf(2));
        Assert.Equal("commission_rate.out_of_range active_until.not_after_start", report.ReasonsOf(3));
        Assert.Equal("commission_rate.precision active_until.not_after_start settles_from.format", report.ReasonsOf(4));

        var later = await _lab.ImportAsync("merchants", "merchant_id,active_from\nM5,2024-01-01\nM1,2024-01-02\n");
        Assert.Equal((2, 1, 0, 1), later.Counts);
        Assert.Equal("active_until.not_after_start", later.ReasonsOf(1));
        Assert.Equal(
            ["M1 TRAVEL 2.5000 ACTIVE 2024-01-02 2024-01-01", "M5 100.0000 ACTIVE 2024-01-01"],
            await _lab.QueryAsync<string>("select concat_ws(' ', merchant_id, business_type, commission_rate, status, active_from, active_until, settles_from) from public.merchants order by 1"));
    }

    [Fact]
    public async Task A_customer_that_moves_takes_the_counted_payments_along()
    {
        await _lab.ImportAsync("customers", "customer_id,country\nC1,AT\n");
        await _lab.ImportAsync("merchants", "merchant_id\nM1\n");
        await _lab.ImportAsync("payments", ImportLab.PaymentsHeader + "P1,C1,M1,5,USD,PAYPAL,SUCCESS,2025-03-01\n");
        await _lab.ImportAsync("customers", "customer_id,country\nC1,CH\n");

        Assert.Equal(["CH 1 5.000"], await _lab.QueryAsync<string>("select concat_ws(' ', customer_country, transaction_count, total_amount) from rollup.payment_days where transaction_count > 0"));
    }

    [Fact]
    public async Task Sample_data_is_marked()
    {
        await _lab.ImportAsync("generated_customers", "customer_id\nC1\n");
        await _lab.ImportAsync("generated_merchants", "merchant_id\nM1\n");
        var report = await _lab.ImportAsync("generated", ImportLab.PaymentsHeader.TrimEnd() + ",processing_time_seconds,failure_reason\n" + """
            P1,C1,M1,5,USD,PAYPAL,FAILED,2025-03-01,12,card declined
            P2,C1,M1,5,USD,PAYPAL,SUCCESS,2025-03-01,,
            """);

        Assert.Equal((2, 2, 0, 0), report.Counts);
        Assert.Equal(["P1 t 12 card declined", "P2 t"], await _lab.QueryAsync<string>("select concat_ws(' ', payment_id, is_generated, processing_time_seconds, failure_reason) from public.payments order by 1"));
        Assert.Equal([(true, true)], await _lab.QueryAsync<(bool, bool)>("select (select bool_and(is_generated) from public.customers), (select bool_and(is_generated) from public.merchants)"));
    }
}
