using System.CommandLine;
using FastVlm.Embedded.Models;
using FastVlm.Embedded.Output;

namespace FastVlm.Embedded.Commands;

/// <summary><c>fastvlm models import DIR</c>: bring a model from a folder or a stick, with the checks of a download.</summary>
internal static class ModelsImportCommand
{
    private static readonly Argument<string> Folder = new("DIR")
    {
        Description = "A model directory, e.g. one that `pull` made on another machine.",
    };
    private static readonly Option<string?> Name = new("--name")
    {
        Description = "Name of the model here; default: what its record or its folder says.",
        HelpName = "NAME",
    };

    public static Command Build(CommandEnvironment environment)
    {
        var command = new Command("import",
            "Copy a model from a folder, with the same checks as a download (for machines without internet).")
        {
            Folder, Name, LicenceOptions.Accept,
        };
        command.Runs(environment, RunAsync);
        return command;
    }

    private static async Task RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var model = await new ModelImport(context).RunAsync(
            context.Parsed.GetRequiredValue(Folder),
            context.Parsed.GetValue(Name),
            context.Parsed.GetValue(LicenceOptions.Accept),
            cancellationToken);
        InstalledReport.Write(context.Output, model, "imported");
    }
}
