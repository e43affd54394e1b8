using System.Text;
using Payments.Testing;

namespace Payments.Pipeline.Tests.Import.Reports;

/// <summary>Bank statements are taken when they add up, and refused with the figures when they do not.</summary>
public sealed class BankStatementsTests
{
    private const string Statements = """
        select concat_ws(' ', account_iban, account_currency, statement_reference, sequence, page, opening_balance, closing_balance, opening_day, closing_day, line_count)
        from reconciliation.bank_statements order by statement_id
        """;

    private const string Lines = """
        select concat_ws(' ', entry_number, detail_number, amount, currency, booking_date, value_date, coalesce(end_to_end_id, '-'), coalesce(replace(remittance, E'\n', '|'), '-'),
            coalesce(counterparty_name, '-'), coalesce(counterparty_account, '-'), coalesce(transaction_code, '-'), is_reversal::text, status)
        from reconciliation.bank_lines order by bank_line_id
        """;

    [SkippableFact]
    public async Task The_statement_file_that_adds_up_is_taken_once()
    {
        await using var lab = await ImportLab.OpenAsync();
        var file = await File.ReadAllBytesAsync(SharedData.Require("camt053", "camt053.v2.multi.statement.xml"));
        var first = await lab.ImportAsync(null, file, "statement.xml");

        Assert.Equal((null, "camt053", "completed", (4, 4, 0, 0)), (first.Detail, first.Profile, first.Status, first.Counts));
        Assert.Equal(
            [
                "NL26VAYB8060476890 EUR 253EURNL26VAYB8060476890 12312 1 18.150 27.000 2014-12-30 2014-12-31 1",
                "NL26VAYB8060476890 EUR 254EURNL26VAYB8060476890 0 1 27.000 20.000 2014-12-30 2014-12-31 1",
            ],
            await lab.QueryAsync<string>(Statements));
        Assert.Equal(
            [
                "1 0 8.850 EUR 2014-12-31 2015-01-02 000000001 Transaction Description 1 - - 544 false BOOK",
                "1 0 -7.000 EUR 2014-12-31 2015-01-02 000000002 Transaction Description 2 Company Name 2 NL56AGDH9619008421 544 false BOOK",
            ],
            await lab.QueryAsync<string>(Lines));
        Assert.Equal((4, 0, 4, 0), (await lab.ImportAsync("camt053", file, "statement.xml")).Counts);
    }

    [SkippableTheory]
    [InlineData(
        "camt053.v2.minimal.xml",
        "file.balance",
        "Line 26: statement 253EURNL26VAYB8060476890, EUR: opening balance 18.15, 1 booked entries 8.85 = 27.00, no closing balance. Line 26: statement 253EURNL26VAYB8060476890, SEK: no opening balance, 0 booked entries 0, closing balance -27.00.")]
    [InlineData(
        "camt053.v4.xml",
        "file.balance",
        "Line 30: statement 253EURNL26VAYB8060476890, page 2, EUR: opening balance 18.15, 1 booked entries 8.85 = 27.00, no closing balance. Line 30: statement 253EURNL26VAYB8060476890, page 2, SEK: no opening balance, 0 booked entries 0, closing balance -27.00.")]
    [InlineData("camt053.v2.wrong.xml", "file.camt", "The message has no statement (Stmt).")]
    public async Task Statement_files_that_do_not_add_up_are_refused_with_the_figures(string name, string code, string detail)
    {
        await using var lab = await ImportLab.OpenAsync();
        var report = await lab.ImportAsync(null, await File.ReadAllBytesAsync(SharedData.Require("camt053", name)), name);

        Assert.Equal(("rejected", code, detail, (0, 0, 0, 0)), (report.Status, report.FileRejected, report.Detail, report.Counts));
        Assert.Empty(await lab.QueryAsync<string>(Statements));
    }
}
