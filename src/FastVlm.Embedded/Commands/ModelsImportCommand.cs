using System.CommandLine;
using FastVlm.Embedded.Models;
using FastVlm.Embedded.Output;
using FastVlm.Onnx.Store;

namespace FastVlm.Embedded.Commands;

/// <summary><c>fastvlm models import DIR</c>: bring a model from a folder or a stick, with the checks of a download.</summary>
internal static class ModelsImportCommand
{
    private static readonly Argument<string> Folder = new("DIR")
    {
        Description = "A model directory, e.g. one that `pull` made on another machine, or a checkpoint directory.",
    };
    private static readonly Option<string?> Name = new("--name")
    {
        Description = "Name of the model here; default: what its record or its folder says.",
        HelpName = "NAME",
    };

    private static readonly Option<string?> Dtype = new Option<string?>("--dtype")
    {
        Description = "Precision to export a checkpoint to; default fp32.",
    }.AcceptOnlyFromAmong(DtypeNames.All);

    public static Command Build(CommandEnvironment environment)
    {
        var command = new Command("import",
            "Copy a model from a folder, with the same checks as a download (for machines without internet).")
        {
            Folder, Name, Dtype, LicenceOptions.Accept,
        };
        command.Runs(environment, RunAsync);
        return command;
    }

    private static async Task RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var folder = context.Parsed.GetRequiredValue(Folder);
        var name = context.Parsed.GetValue(Name);
        var dtype = context.Parsed.GetValue(Dtype);
        var accepted = context.Parsed.GetValue(LicenceOptions.Accept);
        var model = ModelReference.IsCheckpoint(folder)
            ? await new CheckpointImport(context).RunAsync(
                new ModelReference.Checkpoint(
                    ModelName.FromFolder(folder), Path.GetFullPath(folder)), name, dtype, accepted, cancellationToken)
            : await new ModelImport(context).RunAsync(folder, name, accepted, cancellationToken);
        InstalledReport.Write(context.Output, model, "imported");
    }
}
