using System.CommandLine;
using FastVlm.Embedded.Models;
using FastVlm.Onnx.Store;

namespace FastVlm.Embedded.Commands;

/// <summary><c>fastvlm models licence NAME</c>: what a model may be used for.</summary>
internal static class ModelsLicenceCommand
{
    private static readonly Argument<string> Model = new("NAME|DIR")
    {
        Description = "Any model of `fastvlm models list`, or a model directory.",
    };

    public static Command Build(CommandEnvironment environment)
    {
        var command = new Command("licence", "Show a model's licence.") { Model };
        command.Aliases.Add("license");
        command.Runs(environment, Run);
        return command;
    }

    private static Task Run(CommandContext context, CancellationToken cancellationToken)
    {
        var asked = context.Parsed.GetRequiredValue(Model);
        var facts = !context.Home.IsInstalled(asked) && context.ReadCatalogue().Find(asked) is { } entry
            ? new Facts(entry.Name, entry.Licence, entry.LicenceNotice, null, null)
            : OfReference(ModelReference.Find(asked, context.Home, context.Shipped));
        context.Output.Event(new { Type = "licence", facts.Model, facts.Licence, facts.Notice, facts.Text, facts.AcceptedAt });
        context.Output.Line($"{facts.Model}: {facts.Licence}");
        foreach (var paragraph in new[] { facts.Notice, facts.Text }.OfType<string>())
        {
            context.Output.Line($"\n{paragraph.TrimEnd()}");
        }

        if (facts.AcceptedAt is { } accepted)
        {
            context.Output.Line($"\nAccepted on this machine at {accepted:u}.");
        }

        return Task.CompletedTask;
    }

    private static Facts OfReference(ModelReference reference)
    {
        var text = Path.Combine(reference.Path, "LICENSE") is var file && File.Exists(file) ? File.ReadAllText(file) : null;
        if (reference is ModelReference.Checkpoint)
        {
            return new Facts(reference.Name, CheckpointLicence.Of(reference.Path), null, text, null);
        }

        var model = ModelDirectory.Open(reference.Path);
        return new Facts(model.Name, model.Licence, model.LicenceNotice, text, model.Lock?.LicenceAcceptedAt);
    }

    private sealed record Facts(string Model, string Licence, string? Notice, string? Text, DateTimeOffset? AcceptedAt);
}
