using System.CommandLine;
using FastVlm.Embedded.Models;
using FastVlm.Embedded.Output;
using FastVlm.Export;
using FastVlm.Export.Verification;
using FastVlm.Pipeline;

namespace FastVlm.Embedded.Commands;

/// <summary><c>fastvlm models export</c>: a checkpoint becomes a model directory, and is compared with a reference.</summary>
internal static class ModelsExportCommand
{
    private static readonly Option<string> Checkpoint = new("--checkpoint")
    {
        Description = "A folder with config.json and safetensors (Apple's or fast_vlm names, any size).",
        HelpName = "DIR",
        Required = true,
    };

    private static readonly Option<string?> Verify = new("--verify")
    {
        Description = "Compare with the tensors and tokens of this expected.safetensors.",
        HelpName = "EXPECTED",
    };

    private static readonly Option<string?> Name = new("--name")
    {
        Description = "Name in the manifest; default: that of the output folder.",
        HelpName = "NAME",
    };

    public static Command Build(CommandEnvironment environment)
    {
        var command = new Command("export", "Export a checkpoint to the three ONNX graphs of a model directory.")
        {
            Checkpoint, ExportOptionSet.Out, ExportOptionSet.Dtype, Verify, ExportOptionSet.AllPositionLogits, Name,
        };
        command.Runs(environment, RunAsync);
        return command;
    }

    private static async Task RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var checkpoint = context.Parsed.GetRequiredValue(Checkpoint);
        var dtype = DtypeNames.Parse(context.Parsed.GetValue(ExportOptionSet.Dtype));
        var report = await ExportRun.ExportAsync(
            new ExportOptions
            {
                CheckpointDirectory = checkpoint,
                OutputDirectory = context.Parsed.GetRequiredValue(ExportOptionSet.Out),
                Dtype = dtype,
                AllPositionLogits = context.Parsed.GetValue(ExportOptionSet.AllPositionLogits),
                Name = context.Parsed.GetValue(Name),
                Licence = Directory.Exists(checkpoint) ? CheckpointLicence.Of(checkpoint) : "unknown",
                Source = checkpoint,
            },
            context,
            cancellationToken);
        ExportedReport.Write(context.Output, report);
        if (context.Parsed.GetValue(Verify) is { } expected)
        {
            OnnxRuntimeStart.Prepare();
            var verification = await Task.Run(
                () => ModelVerifier.Verify(report.Directory, expected, dtype, cancellationToken), CancellationToken.None);
            VerificationTable.Write(context.Output, verification);
            if (!verification.Passed)
            {
                throw new FailureException(
                    FailureKind.VerificationFailed,
                    $"Model directory '{report.Directory}' does not compute what '{expected}' holds; do not use it.");
            }
        }
    }
}
