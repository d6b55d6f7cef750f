using System.CommandLine;
using FastVlm.Embedded.Models;
using FastVlm.Embedded.Output;
using FastVlm.Onnx.Store;
using FastVlm.Onnx.Store.Catalogue;
using FastVlm.Onnx.Store.Hub;
using FastVlm.Pipeline;

namespace FastVlm.Embedded.Commands;

/// <summary><c>fastvlm models pull NAME</c>: fetch a public model from the hub, checked and whole.</summary>
internal static class ModelsPullCommand
{
    private static readonly Argument<string> Name = new("NAME") { Description = "A model of `fastvlm models list`." };
    private static readonly Option<string?> Dtype = new("--dtype")
    {
        Description = "Which of the model's precisions; `models list` names them.",
        HelpName = "DTYPE",
    };
    private static readonly Option<bool> Force = new("--force")
    {
        Description = "Fetch it although it is installed, at what the hub holds now.",
    };

    public static Command Build(CommandEnvironment environment)
    {
        var command = new Command("pull", "Fetch a public model, check it, and export it where it is a checkpoint.")
        {
            Name, Dtype, LicenceOptions.Accept, Force,
        };
        command.Runs(environment, RunAsync);
        return command;
    }

    private static async Task RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var name = context.Parsed.GetRequiredValue(Name);
        var catalogue = context.ReadCatalogue();
        var entry = catalogue.Find(name)
            ?? throw new FailureException(
                FailureKind.Usage,
                $"There is no public model '{name}'; choose one of {string.Join(", ", catalogue.Entries.Select(known => known.Name))}.");
        var dtype = entry.Choose(context.Parsed.GetValue(Dtype));
        if (!context.Parsed.GetValue(Force) && await IsInstalledAsync(context, entry, dtype, cancellationToken))
        {
            return;
        }

        using var hub = new HubClient(HubEndpoint.FromEnvironment(context.Environment.Variable), CommandEnvironment.Version);
        using var display = new TransferDisplay(context.Output, context.Environment.TimeProvider);
        var pull = new ModelPull(context, new ModelFetch(hub, new DownloadRetries(), context.Environment.TimeProvider), display);
        var accepted = context.Parsed.GetValue(LicenceOptions.Accept);
        var model = await pull.RunAsync(entry, dtype, accepted, cancellationToken);
        display.Dispose();
        InstalledReport.Write(context.Output, model, "pulled");
    }

    // The lock file is what the model must be: a second pull checks it instead of fetching again.
    private static async Task<bool> IsInstalledAsync(
        CommandContext context, CatalogueEntry entry, CatalogueDtype dtype, CancellationToken cancellationToken)
    {
        if (!context.Home.IsInstalled(entry.Name))
        {
            return false;
        }

        var there = ModelDirectory.Open(context.Home.ModelFolder(entry.Name));
        if (there.Dtype != dtype.Dtype)
        {
            context.Output.Remark($"'{entry.Name}' is installed as {there.Dtype}; it is replaced by {dtype.Dtype}.");
            return false;
        }

        await there.VerifyAsync(bytesRead: null, cancellationToken);
        InstalledReport.Write(context.Output, there, "alreadyInstalled");
        return true;
    }
}
