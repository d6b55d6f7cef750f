using System.CommandLine;
using System.Text.Json;
using FastVlm.Cluster.Benchmarks;

var cameras = new Option<int>("--cameras") { DefaultValueFactory = _ => 200, Description = "Cameras that always want another look." };
var rate = new Option<double>("--looks-per-second") { DefaultValueFactory = _ => 30, Description = "Looks of each camera at most." };
var captions = new Option<int>("--captions") { DefaultValueFactory = _ => 5000, Description = "How many to measure in each process." };
var warmUp = new Option<int>("--warm-up-captions") { DefaultValueFactory = _ => 3000, Description = "Not measured, at its start." };
var rules = new Option<int>("--rules") { DefaultValueFactory = _ => 20, Description = "Rules that judge every caption." };
var rounds = new Option<int>("--rounds") { DefaultValueFactory = _ => 3, Description = "Runs of each process, interleaved." };
Option[] load = [cameras, rate, captions, warmUp, rules, rounds];
var edition = new Option<string>("--edition") { DefaultValueFactory = _ => "cluster", Description = "embedded or cluster." };
var onDisk = new Option<bool>("--on-disk") { Description = "With its database." };
var modelMs = new Option<double>("--model-ms") { Description = "What a look takes." };

var root = new RootCommand("Compares the path through the grains with the embedded one; docs/scale.md has the figures.");
foreach (var option in load)
{
    root.Options.Add(option);
}

root.SetAction(async (parsed, _) =>
{
    Cell[] cells =
    [
        .. from model in (double[])[0, 2]
           from disk in (bool[])[false, true]
           from which in (string[])["embedded", "cluster"]
           select new Cell(which, disk, model),
    ];
    var options = Read(parsed);
    var runs = cells.ToDictionary(cell => cell, _ => new List<CellFigures>());
    for (var round = 1; round <= options.Rounds; round++)
    {
        foreach (var cell in cells)
        {
            runs[cell].Add(await cell.RunAsync(options));
            parsed.InvocationConfiguration.Error.WriteLine($"Round {round}: {cell.Name}, {cell.ModelMs} ms: {runs[cell][^1]}");
        }
    }

    parsed.InvocationConfiguration.Output.Write(ClusterReport.Write(runs));
});

var one = new Command("cell", "Measures one edition in this process.") { edition, onDisk, modelMs };
foreach (var option in load)
{
    one.Options.Add(option);
}

one.SetAction(async (parsed, _) =>
{
    var cell = new Cell(parsed.GetRequiredValue(edition), parsed.GetValue(onDisk), parsed.GetValue(modelMs));
    var figures = await cell.MeasureAsync(Read(parsed));
    parsed.InvocationConfiguration.Output.Write(JsonSerializer.Serialize(figures));
});
root.Subcommands.Add(one);
return await root.Parse(args).InvokeAsync();

BenchOptions Read(ParseResult parsed) => new(
    parsed.GetValue(cameras), parsed.GetValue(rate), parsed.GetValue(captions), parsed.GetValue(warmUp), parsed.GetValue(rules),
    parsed.GetValue(rounds));
