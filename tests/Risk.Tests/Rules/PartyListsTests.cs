using Payments.Risk.Rules;
using static Payments.Risk.Tests.Rules.RuleSubjects;

namespace Payments.Risk.Tests.Rules;

public sealed class PartyListsTests
{
    [Fact]
    public void Customers_merchants_and_countries_are_found_on_their_lists()
    {
        Assert.Equal(PartyList.Block, Lists(Blocked(PartyKind.Customer, "CUST-1")).Find(Subject(), Now)?.List);
        Assert.Equal(PartyList.Block, Lists(Blocked(PartyKind.Merchant, "MERCH-1")).Find(Subject(), Now)?.List);
        Assert.Equal(PartyList.Block, Lists(Blocked(PartyKind.Country, "de")).Find(Subject(), Now)?.List);
        Assert.Equal(PartyList.Block, Lists(Blocked(PartyKind.Country, "US")).Find(Subject(), Now)?.List);
        Assert.Equal(PartyList.Allow, Lists(Allowed(PartyKind.Customer, "CUST-1")).Find(Subject(), Now)?.List);
        Assert.Null(Lists(Blocked(PartyKind.Customer, "MERCH-1"), Blocked(PartyKind.Merchant, "CUST-1"), Blocked(PartyKind.Customer, "cust-1")).Find(Subject(), Now));
        Assert.Null(PartyLists.Empty.Find(Subject(), Now));
    }

    [Fact]
    public void Nobody_vouches_for_what_is_bought_in_a_country()
    {
        Assert.NotNull(Lists(Allowed(PartyKind.Country, "DE")).Find(Subject(), Now));
        Assert.Null(Lists(Allowed(PartyKind.Country, "US")).Find(Subject(), Now));
        Assert.Null(Lists(Blocked(PartyKind.Country, "DE")).Find(Subject(customerCountry: null, merchantCountry: null), Now));
    }

    [Fact]
    public void A_block_goes_before_an_allowance() =>
        Assert.Equal(PartyList.Block, Lists(Allowed(PartyKind.Customer, "CUST-1"), Blocked(PartyKind.Country, "US"), Allowed(PartyKind.Merchant, "MERCH-1")).Find(Subject(), Now)?.List);

    [Fact]
    public void Entries_end_when_they_expire()
    {
        var lists = Lists(Allowed(PartyKind.Customer, "CUST-1"), Blocked(PartyKind.Customer, "CUST-1") with { ExpiresAt = Now });

        Assert.Equal(PartyList.Block, lists.Find(Subject(), Now.AddTicks(-1))?.List);
        Assert.Equal(PartyList.Allow, lists.Find(Subject(), Now)?.List);
    }

    [Fact]
    public void Of_several_entries_the_longest_counts()
    {
        var lists = Lists(Blocked(PartyKind.Customer, "CUST-1") with { ExpiresAt = Now.AddHours(2) }, Blocked(PartyKind.Customer, "CUST-1") with { ExpiresAt = Now.AddHours(1) });

        Assert.NotNull(lists.Find(Subject(), Now.AddHours(1)));
        Assert.Null(lists.Find(Subject(), Now.AddHours(2)));
    }

    [Fact]
    public void A_suppressed_rule_is_not_asked_about_its_party()
    {
        var rules = new RuleSet([Rule("R", "amount > 1", id: 1), Rule("S", "amount > 1", id: 2)]);
        var lists = new PartyLists([], [new RuleSuppression("R", PartyKind.Customer, "CUST-1", Now.AddHours(1)), new("S", PartyKind.Country, "de", null)]);
        var tally = rules.Count(new Dictionary<long, RuleActivity>());

        Assert.Empty(rules.Evaluate(Subject(), Now, lists, tally).Live);
        Assert.Equal(["R"], rules.Evaluate(Subject(), Now.AddHours(1), lists, tally).Live.Select(rule => rule.Code));
        Assert.Equal(["R", "S"], rules.Evaluate(Subject(customer: "CUST-2", customerCountry: "US"), Now, lists, tally).Live.Select(rule => rule.Code));
        Assert.Equal([new RuleActivity(3, 2, 0), new(3, 1, 0)], tally.Counts());
    }

    [Fact]
    public void A_listed_party_says_why()
    {
        var reason = (Blocked(PartyKind.Customer, "CUST-1") with { Reason = "Chargebacks in May." }).Explain(90);

        Assert.Equal(("BLOCK_LIST", "list", "The customer CUST-1 is blocked: Chargebacks in May.", 90.0), (reason.Code, reason.Kind, reason.Text, reason.Contribution));
    }

    private static PartyLists Lists(params ListedParty[] parties) => new(parties, []);

    private static ListedParty Blocked(PartyKind kind, string party) => new(PartyList.Block, kind, party, "because", null);

    private static ListedParty Allowed(PartyKind kind, string party) => new(PartyList.Allow, kind, party, "because", null);
}
