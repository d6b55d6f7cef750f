using System.CommandLine;
using FastVlm.Embedded.Models;
using FastVlm.Embedded.Output;
using FastVlm.Export.Synthesis;

namespace FastVlm.Embedded.Commands;

/// <summary><c>fastvlm models synth</c>: the architecture with random weights, for benchmarks.</summary>
internal static class ModelsSynthCommand
{
    private static readonly Option<string> Size = new Option<string>("--size")
    {
        Description = "Dimensions of the model.",
        Required = true,
    }.AcceptOnlyFromAmong([.. SyntheticModel.Sizes]);

    private static readonly Option<int> Seed = new("--seed")
    {
        Description = "Seed of the weights.",
        DefaultValueFactory = _ => 1,
        HelpName = "N",
    };

    public static Command Build(CommandEnvironment environment)
    {
        var command = new Command("synth", "Write a model with seeded random weights, for benchmarks: right speed, no sense.")
        {
            Size, ExportOptionSet.Out, ExportOptionSet.Dtype, ExportOptionSet.AllPositionLogits, Seed,
        };
        command.Runs(environment, RunAsync);
        return command;
    }

    private static async Task RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var options = new SyntheticOptions
        {
            Size = context.Parsed.GetRequiredValue(Size),
            OutputDirectory = context.Parsed.GetRequiredValue(ExportOptionSet.Out),
            Dtype = DtypeNames.Parse(context.Parsed.GetValue(ExportOptionSet.Dtype)),
            AllPositionLogits = context.Parsed.GetValue(ExportOptionSet.AllPositionLogits),
            Seed = context.Parsed.GetValue(Seed),
        };
        ExportedReport.Write(context.Output, await ExportRun.SynthesiseAsync(options, context, cancellationToken));
    }
}
