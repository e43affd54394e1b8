using System.Text.RegularExpressions;
using DbUp.Engine;

namespace Payments.Database.Tests;

/// <summary>What functions leave to each other outside of tables and parameters: temporary tables and advisory locks. Read from the code itself.</summary>
public sealed partial class SessionStateTests
{
    private static readonly IReadOnlyList<Function> Functions = [.. SqlScripts.Code.Select(Function.Of)];
    private static readonly ILookup<string, Function> ByName = Functions.ToLookup(function => function.Name);

    // Calls that the stages make one after the other in one session: what the first has made, the second finds.
    private static readonly (string First, string Second)[] Pairs =
    [
        ("validate_processor_lines", "upsert_processor_lines"),
        ("validate_payout_records", "upsert_payout_records"),
        ("validate_bank_records", "upsert_bank_records"),
        ("resolve_lines", "match_lines"),
        ("survey_month", "complete_archive"),
    ];

    [Fact]
    public void A_temporary_table_has_the_prefix_and_one_maker()
    {
        var made = Functions.SelectMany(function => function.Makes.Select(table => (table, function.Name))).ToList();

        Assert.All(made, one => Assert.StartsWith("temp_", one.table, StringComparison.Ordinal));
        var tables = made.Select(one => one.table).ToList();
        Assert.Equal(tables.Distinct(), tables);
        Assert.Empty(Functions.SelectMany(function => function.Uses).Except(tables));
    }

    [Fact]
    public void Whoever_calls_a_reader_of_a_temporary_table_has_it_made()
    {
        var called = Functions.SelectMany(function => function.Calls).ToHashSet(StringComparer.Ordinal);
        var missing = Functions
            .Where(function => !called.Contains(function.Name))
            .SelectMany(root => Needed(root, []).Except(MadeBefore(root)).Select(table => $"{root.Name}: {table}"));

        Assert.Empty(missing);
    }

    [Fact]
    public void The_stages_make_both_calls_of_a_pair()
    {
        Assert.All(Pairs, pair => Assert.NotEmpty(Needed(ByName[pair.Second].Single(), []).Intersect(Made(ByName[pair.First].Single(), []))));
    }

    [Fact]
    public void Advisory_locks_have_names()
    {
        var numbers = Functions
            .Where(function => function.Name != "lock_key")
            .SelectMany(function => Numbered().Matches(function.Code).Select(match => $"{function.Name}: {match.Value}"));
        var unknown = Functions.SelectMany(function => LockName().Matches(function.Code).Select(match => match.Groups[1].Value))
            .Except(KnownLock().Matches(ByName["lock_key"].Single().Code).Select(match => match.Groups[1].Value));

        Assert.Empty(numbers);
        Assert.Empty(unknown);
    }

    [Fact]
    public void No_two_locks_have_one_number()
    {
        var numbers = LockNumber().Matches(ByName["lock_key"].Single().Code).Select(match => match.Groups[1].Value).ToList();

        Assert.NotEmpty(numbers);
        Assert.Equal(numbers.Distinct(), numbers);
    }

    // What calls in the same session have made by then.
    private static IEnumerable<string> MadeBefore(Function root) =>
        Pairs.Where(pair => pair.Second == root.Name).SelectMany(pair => Made(ByName[pair.First].Single(), []));

    // What a function and those that it calls make.
    private static HashSet<string> Made(Function function, HashSet<string> seen)
    {
        if (!seen.Add(function.Name)) return [];
        return [.. function.Makes, .. function.Calls.SelectMany(name => ByName[name]).SelectMany(called => Made(called, seen))];
    }

    // What it and those that it calls use, and nobody among them makes.
    private static List<string> Needed(Function function, HashSet<string> seen)
    {
        if (!seen.Add(function.Name)) return [];
        var used = function.Uses.Concat(function.Calls.SelectMany(name => ByName[name]).SelectMany(called => Needed(called, seen)));
        return [.. used.Except(Made(function, [])).Distinct()];
    }

    [GeneratedRegex(@"--.*")]
    private static partial Regex Comment();

    [GeneratedRegex(@"create temporary table (\w+)")]
    private static partial Regex Making();

    [GeneratedRegex(@"\btemp_\w+")]
    private static partial Regex Using();

    [GeneratedRegex(@"pipeline\.(\w+)\s*\(")]
    private static partial Regex Calling();

    [GeneratedRegex(@"advisory_\w*lock\w*\(\s*(\d|hashtextextended\([^;]*,\s*\d)")]
    private static partial Regex Numbered();

    [GeneratedRegex(@"lock_key\('(\w+)'\)")]
    private static partial Regex LockName();

    [GeneratedRegex(@"when '(\w+)' then")]
    private static partial Regex KnownLock();

    [GeneratedRegex(@"then return (\d+)")]
    private static partial Regex LockNumber();

    private sealed record Function(string Name, string Code)
    {
        public IReadOnlyList<string> Makes { get; } = [.. Making().Matches(Code).Select(match => match.Groups[1].Value)];

        public IReadOnlyList<string> Uses { get; } = [.. Using().Matches(Code).Select(match => match.Value).Distinct()];

        // Not itself: its name stands where it is made.
        public IReadOnlyList<string> Calls { get; } =
        [
            .. Calling().Matches(Code).Select(match => match.Groups[1].Value).Distinct()
                .Where(name => !Code.Contains($"function pipeline.{name}(", StringComparison.Ordinal)),
        ];

        public static Function Of(SqlScript script) => new(Path.GetFileNameWithoutExtension(script.Name), Comment().Replace(script.Contents, ""));
    }
}
