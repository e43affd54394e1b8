using System.CommandLine;
using System.Security.Cryptography;
using Payments.Bench;
using Payments.Faults;

var file = new Option<FileInfo?>("--file")
{
    Description = "A file of the handbook profile, .csv or .csv.gz (default: the cards file beside the repository, ../shared/data/cards).",
};
var cards = new Command("cards", "The cards file through a real worker, beside raw COPY of the same rows, then every contract view and function.") { file };
cards.SetAction((parsed, cancellationToken) => CardsBenchmark.RunAsync(parsed.GetValue(file) ?? CardsBenchmark.DefaultFile(), cancellationToken));

var payments = new Option<long[]>("--payments")
{
    Description = "Sizes, each loaded into an empty database.",
    AllowMultipleArgumentsPerToken = true,
    DefaultValueFactory = _ => [500_000, 5_000_000, 20_000_000],
};
var customers = new Option<int>("--customers") { Description = "Customers, at every size.", DefaultValueFactory = _ => 200_000 };
var merchants = new Option<int>("--merchants") { Description = "Merchants, at every size.", DefaultValueFactory = _ => 2_000 };
var shuffled = new Option<bool>("--shuffled") { Description = "Ids and instants at random over two years instead of in the order of time." };
var settle = new Option<long>("--settle-at-most") { Description = "Sizes up to this one are settled too.", DefaultValueFactory = _ => 5_000_000 };
var cost = new Option<bool>("--cost") { Description = "Prints what the import costs inside PostgreSQL: statements, rows and bytes by table, WAL. It is slower then." };
var scale = new Command("scale", "Payments at several sizes through a real worker, beside raw COPY of the same rows, then every contract view and function.")
{
    payments, customers, merchants, shuffled, settle, cost,
};
scale.SetAction((parsed, cancellationToken) => ScaleBenchmark.RunAsync(
    new(
        parsed.GetValue(payments)!, parsed.GetValue(customers), parsed.GetValue(merchants), parsed.GetValue(shuffled), parsed.GetValue(settle),
        TimeProvider.System.GetUtcNow().UtcDateTime.Date, parsed.GetValue(cost)),
    cancellationToken));

var size = new Option<long>("--payments") { Description = "Payments of each round.", DefaultValueFactory = _ => 100_000 };
var rounds = new Option<int>("--rounds") { Description = "Rounds, of which the best counts.", DefaultValueFactory = _ => 3 };
var recorded = new Option<double>("--recorded") { Description = "The ratio to compare with: a best below three quarters of it is a warning, one below half of it a failure.", Required = true };
var ratio = new Command("ratio", "The import beside raw COPY of the same rows, and nothing else: whether it has lost its speed.") { size, rounds, recorded };
ratio.SetAction((parsed, cancellationToken) => ScaleBenchmark.CompareAsync(
    new([parsed.GetValue(size)], Customers: 40_000, Merchants: 2_000, IsShuffled: false, SettleAtMost: 0, TimeProvider.System.GetUtcNow().UtcDateTime.Date),
    parsed.GetValue(rounds), parsed.GetValue(recorded), cancellationToken));

var kills = new Option<int>("--kills") { Description = "Processes to kill with SIGKILL.", DefaultValueFactory = _ => 200 };
var seed = new Option<int?>("--seed") { Description = "Of workload and faults; a random one, printed, when not given." };
var faults = new Command("faults", "A workload under kill -9 of worker, API and PostgreSQL, cut connections and full disks, beside the same one undisturbed.") { kills, seed };
faults.SetAction(async (parsed, cancellationToken) =>
    await FaultRun.RunAsync(new(parsed.GetValue(seed) ?? RandomNumberGenerator.GetInt32(int.MaxValue), parsed.GetValue(kills)), cancellationToken) ? 0 : 1);

return await new RootCommand("Benchmarks of Payments. Each prints its figures beside a limit or a peer measured in the same run; compare ratios, not seconds.") { cards, scale, ratio, faults, ForestBenchmark.Command(), RuleBenchmark.Command(), RiskBenchmark.Command(), RescoreBenchmark.Command(), FeatureBenchmark.Command(), ReconcileBenchmark.Command(), ReportBenchmark.Command(), ApiBenchmark.Command(), SlaBenchmark.Command(), SettleBenchmark.Command() }
    .Parse(args)
    .InvokeAsync();
