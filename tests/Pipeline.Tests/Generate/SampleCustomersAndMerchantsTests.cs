using Payments.Pipeline.Generate;

namespace Payments.Pipeline.Tests.Generate;

public sealed class SampleCustomersAndMerchantsTests
{
    private static readonly GenerateOptions Default = new();

    [Fact]
    public void The_first_customers_are_the_same_whatever_their_number()
    {
        var few = SampleText.Customers(Default);
        var many = SampleText.Customers(Default with { Customers = 2_000, Payments = 9 });

        Assert.StartsWith(few, many);
    }

    [Fact]
    public void The_first_merchants_are_the_same_whatever_their_number()
    {
        Assert.StartsWith(SampleText.Merchants(Default), SampleText.Merchants(Default with { Merchants = 1_000 }));
    }

    [Fact]
    public void Customers_have_ids_and_e_mails_of_their_own_and_the_risk_category_of_their_credit_score()
    {
        var customers = SampleText.Lines(SampleText.Customers(Default with { Customers = 20_000 }));

        Assert.Equal("CUST00001", customers[0][0]);
        Assert.Equal("CUST20000", customers[^1][0]);
        Assert.Equal(20_000, customers.Select(customer => customer[2]).Distinct().Count());
        Assert.All(customers, customer =>
        {
            Assert.Matches("^[a-z]+\\.[a-z]+\\.cust[0-9]{5}@example\\.com$", customer[2]);
            var score = int.Parse(customer[6]);
            Assert.InRange(score, 300, 850);
            Assert.Equal(score >= 720 ? "LOW" : score >= 600 ? "MEDIUM" : "HIGH", customer[7]);
            Assert.InRange(DateOnly.ParseExact(customer[5], "yyyy-MM-dd"), new(2015, 1, 1), new(2019, 12, 31));
        });
        Assert.InRange(customers.Count(customer => customer[7] == "HIGH"), 2_000, 3_200);
        Assert.InRange(customers.Count(customer => customer[7] == "LOW"), 6_400, 7_800);
    }

    [Fact]
    public void Merchants_take_1_5_to_5_percent_and_some_have_closed()
    {
        var merchants = SampleText.Lines(SampleText.Merchants(Default));

        Assert.Equal(50, merchants.Count);
        Assert.Equal(("MERCH001", "MERCH050"), (merchants[0][0], merchants[^1][0]));
        Assert.Equal(4, merchants.Count(merchant => merchant[5] is "INACTIVE" or "SUSPENDED"));
        Assert.All(merchants, merchant =>
        {
            Assert.InRange(decimal.Parse(merchant[4]), 1.5m, 5.0m);
            Assert.Equal(merchant[5] == "ACTIVE", merchant[7] == "");
            Assert.Equal(merchant[6], merchant[8]);
            if (merchant[7] != "")
            {
                Assert.InRange(DateOnly.ParseExact(merchant[7], "yyyy-MM-dd"), new(2018, 1, 2), SampleDays.Earliest);
            }
        });
    }
}
