using System.CommandLine;
using FastVlm.Embedded.Models;
using FastVlm.Embedded.Output;
using FastVlm.Onnx.Store;
using FastVlm.Pipeline;

namespace FastVlm.Embedded.Commands;

/// <summary><c>fastvlm models verify NAME|DIR</c>: read every file again and compare.</summary>
internal static class ModelsVerifyCommand
{
    private static readonly Argument<string> Model = new("NAME|DIR") { Description = "An installed model or a model directory." };

    public static Command Build(CommandEnvironment environment)
    {
        var command = new Command("verify", "Read every file of a model again and compare size and SHA-256 with the record.") { Model };
        command.Runs(environment, RunAsync);
        return command;
    }

    private static async Task RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        // A checkpoint carries no record; what commands run is its exported copy, and that one does.
        var asked = context.Parsed.GetRequiredValue(Model);
        var shelf = new ModelShelf(context);
        var reference = shelf.Find(asked);
        var model = reference is ModelReference.Checkpoint
            ? await shelf.TakeAsync(asked, dtype: null, cancellationToken)
            : ModelDirectory.Open(reference.Path);
        var bytes = await model.VerifyAsync(bytesRead: null, cancellationToken);
        if (model.RecordedFiles.Count == 0)
        {
            throw new FailureException(
                FailureKind.ModelInvalid,
                $"Model directory '{model.FullPath}' carries no record to compare with; `fastvlm models import "
                + $"{reference.Path}` makes one.");
        }

        context.Output.Event(
            new { Type = "verified", model.Name, model.Licence, Path = model.FullPath, Files = model.RecordedFiles.Count, Bytes = bytes });
        context.Output.Line(
            $"{model.Name} ({model.Licence}): all {model.RecordedFiles.Count} files, {Quantities.Bytes(bytes)}, are as recorded.");
    }
}
