using System.CommandLine;
using Payments.Bench;

var file = new Option<FileInfo?>("--file")
{
    Description = "A file of the handbook profile, .csv or .csv.gz (default: the cards file beside the repository, ../shared/data/cards).",
};
var cards = new Command("cards", "The cards file through a real worker, beside raw COPY of the same rows, then every contract view and function.") { file };
cards.SetAction((parsed, cancellationToken) => CardsBenchmark.RunAsync(parsed.GetValue(file) ?? CardsBenchmark.DefaultFile(), cancellationToken));

return await new RootCommand("Benchmarks of Payments. Each prints its figures beside a limit or a peer measured in the same run; compare ratios, not seconds.") { cards }
    .Parse(args)
    .InvokeAsync();
