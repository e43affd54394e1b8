namespace Payments.Pipeline.Tests.Reconcile;

/// <summary>An item that waits for its other side.</summary>
internal sealed class WaitingItem(bool isActual, string key, string party, decimal amount, DateOnly day, params string[] names)
{
    public bool IsActual { get; } = isActual;

    public string Key { get; } = key;

    public string Party { get; } = party;

    public decimal Amount { get; } = amount;

    public DateOnly Day { get; } = day;

    public string[] Names { get; } = names;

    /// <summary>0 waits, 1 matched, 2 tied, 3 named but not adding up.</summary>
    public int State { get; set; }
}

/// <summary>
/// The rules of matching payouts and bank lines as a person would follow them with a pencil: everything is tried with everything, nothing is clever. What the set-based
/// statements find has to be this.
/// </summary>
internal sealed class MatchingOracle(IReadOnlyList<WaitingItem> items, int days)
{
    private const int LongestRun = 60;
    private const int MostCandidates = 12;
    private const int LargestSubset = 4;

    private readonly HashSet<WaitingItem> _named = [];

    /// <summary>Matches, as the lab writes them.</summary>
    public List<string> Matches { get; } = [];

    /// <summary>Items that nothing was found for, but those of a proposal by reference.</summary>
    public IEnumerable<WaitingItem> Alone => items.Where(item => item.State != 1 && !_named.Contains(item));

    public MatchingOracle Match()
    {
        ByReference();
        for (var isChanged = true; isChanged;)
        {
            foreach (var item in items.Where(item => item.State == 2)) item.State = 0;
            for (var distance = 0; distance <= days; distance++) ByAmount(distance);
            var before = Matches.Count;
            foreach (var (method, solve) in ((string, Func<WaitingItem, List<WaitingItem>, List<List<WaitingItem>>>)[])[("days", WholeDays), ("run", Runs), ("subset", Subsets)])
            {
                BySum(method, true, solve);
                BySum(method, false, solve);
            }

            isChanged = Matches.Count > before;
        }

        Matches.Sort(StringComparer.Ordinal);
        return this;
    }

    private IEnumerable<WaitingItem> Waiting(bool isActual) => items.Where(item => item.IsActual == isActual && item.State == 0);

    private void Pair(string method, IEnumerable<WaitingItem> actual, IEnumerable<WaitingItem> expected)
    {
        foreach (var item in actual.Concat(expected)) item.State = 1;
        Matches.Add($"{method} {Names(expected)} = {Names(actual)}");
        static string Names(IEnumerable<WaitingItem> side) => string.Join('+', side.Select(item => item.Key).Order(StringComparer.Ordinal));
    }

    private void ByReference()
    {
        var links = (from actual in items where actual.IsActual from expected in items where !expected.IsActual && actual.Names.Contains(expected.Key) select (actual, expected)).ToList();
        List<WaitingItem> NamedBy(WaitingItem actual) => [.. links.Where(link => link.actual == actual).Select(link => link.expected)];
        List<WaitingItem> Naming(WaitingItem expected) => [.. links.Where(link => link.expected == expected).Select(link => link.actual)];
        var linked = links.SelectMany(link => (WaitingItem[])[link.actual, link.expected]).Distinct().ToList();

        foreach (var actual in linked.Where(item => item.IsActual))
        {
            var named = NamedBy(actual);
            if (named.All(expected => Naming(expected).Count == 1) && named.Sum(expected => expected.Amount) == actual.Amount) Pair("reference", [actual], named);
        }

        foreach (var expected in linked.Where(item => !item.IsActual))
        {
            var naming = Naming(expected);
            if (naming.Count > 1 && naming.All(actual => NamedBy(actual).Count == 1) && naming.Sum(actual => actual.Amount) == expected.Amount) Pair("reference", naming, [expected]);
        }

        foreach (var expected in linked.Where(item => item is { IsActual: false, State: 0 } && Naming(item).Count > 1))
        {
            var first = Naming(expected).Where(actual => actual.State == 0 && NamedBy(actual).Count == 1 && actual.Amount == expected.Amount)
                .OrderBy(actual => actual.Day).ThenBy(actual => actual.Key, StringComparer.Ordinal).FirstOrDefault();
            if (first is not null) Pair("reference", [first], [expected]);
        }

        foreach (var actual in linked.Where(item => item is { IsActual: true, State: 0 }))
        {
            var named = NamedBy(actual);
            if (named.All(expected => expected.State == 0 && Naming(expected).Count == 1)) _named.UnionWith([actual, .. named]);
        }

        foreach (var expected in linked.Where(item => item is { IsActual: false, State: 0 }))
        {
            var naming = Naming(expected);
            if (naming.Count > 1 && naming.All(actual => actual.State == 0 && NamedBy(actual).Count == 1)) _named.UnionWith([expected, .. naming]);
        }

        foreach (var item in linked.Concat(items.Where(item => item.Names.Length > 0)).Where(item => item.State == 0)) item.State = 3;
    }

    private void ByAmount(int distance)
    {
        bool Fit(WaitingItem actual, WaitingItem expected) =>
            actual.Party == expected.Party && actual.Amount == expected.Amount && Math.Abs(actual.Day.DayNumber - expected.Day.DayNumber) == distance;
        var near = (from actual in Waiting(true) from expected in Waiting(false) where Fit(actual, expected) select (actual, expected)).ToList();
        foreach (var (actual, expected) in near)
        {
            if (near.Count(pair => pair.actual == actual) == 1 && near.Count(pair => pair.expected == expected) == 1) Pair("amount", [actual], [expected]);
        }

        foreach (var item in near.SelectMany(pair => (WaitingItem[])[pair.actual, pair.expected]).Where(item => item.State == 0)) item.State = 2;
    }

    private void BySum(string method, bool ofActual, Func<WaitingItem, List<WaitingItem>, List<List<WaitingItem>>> solve)
    {
        var solutions = new List<(WaitingItem Whole, List<WaitingItem> Parts)>();
        foreach (var whole in Waiting(ofActual).Where(item => item.Amount != 0))
        {
            var parts = Waiting(!ofActual)
                .Where(part => part.Amount != 0 && part.Party == whole.Party && Math.Abs(part.Day.DayNumber - whole.Day.DayNumber) <= days)
                .OrderBy(part => part.Day).ThenBy(part => part.Key, StringComparer.Ordinal).ToList();
            solutions.AddRange(solve(whole, parts).Select(solution => (whole, solution)));
        }

        var found = solutions.Where(solution =>
            solutions.Count(other => other.Whole == solution.Whole) == 1
            && !solutions.Any(other => other.Whole != solution.Whole && other.Parts.Intersect(solution.Parts).Any())).ToList();
        foreach (var (whole, parts) in found) Pair(method, ofActual ? [whole] : parts, ofActual ? parts : [whole]);
        foreach (var item in solutions.SelectMany(solution => solution.Parts.Append(solution.Whole)).Where(item => item.State == 0)) item.State = 2;
    }

    private static List<List<WaitingItem>> WholeDays(WaitingItem whole, List<WaitingItem> parts) =>
    [
        .. from first in parts.Select(part => part.Day).Distinct()
           from last in parts.Select(part => part.Day).Distinct()
           where first <= last
           let chosen = parts.Where(part => part.Day >= first && part.Day <= last).ToList()
           where chosen.Count > 1 && chosen.Sum(part => part.Amount) == whole.Amount
           select chosen,
    ];

    private static List<List<WaitingItem>> Runs(WaitingItem whole, List<WaitingItem> parts) => parts.Count > LongestRun
        ? []
        :
        [
            .. from first in Enumerable.Range(0, parts.Count)
               from last in Enumerable.Range(0, parts.Count)
               where first < last
               let chosen = parts[first..(last + 1)]
               where chosen.Sum(part => part.Amount) == whole.Amount
               select chosen,
        ];

    private static List<List<WaitingItem>> Subsets(WaitingItem whole, List<WaitingItem> parts) => parts.Count > MostCandidates
        ? []
        :
        [
            .. from bits in Enumerable.Range(0, 1 << parts.Count)
               let size = System.Numerics.BitOperations.PopCount((uint)bits)
               where size is >= 2 and <= LargestSubset
               let chosen = parts.Where((_, place) => (bits >> place & 1) == 1).ToList()
               where chosen.Sum(part => part.Amount) == whole.Amount
               select chosen,
        ];
}
