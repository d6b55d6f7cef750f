using System.CommandLine;
using System.CommandLine.Help;
using FastVlm.Embedded.Models;
using FastVlm.Embedded.Output;
using FastVlm.Onnx.Store;
using FastVlm.Onnx.Store.Catalogue;

namespace FastVlm.Embedded.Commands;

/// <summary>What one run of a command works with.</summary>
internal sealed class CommandContext(CommandEnvironment environment, ParseResult parsed)
{
    public CommandEnvironment Environment { get; } = environment;

    public ParseResult Parsed { get; } = parsed;

    public CommandOutput Output { get; } = new(environment, parsed.GetValue(CommonOptions.Json));

    public ModelHome Home { get; } = ModelHome.FromEnvironment(environment.Variable);

    public ShippedModels Shipped { get; } = new(environment.ApplicationFolder);

    /// <summary>Manifests that ship with the program, then those of the site.</summary>
    public ModelCatalogue ReadCatalogue() => ModelCatalogue.Read(Shipped.CatalogueFolder, Home.CatalogueFolder);
}

/// <summary>Binds commands to what they run.</summary>
internal static class CommandBinding
{
    public static void Runs(this Command command, CommandEnvironment environment, Func<CommandContext, CancellationToken, Task> run) =>
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await run(new CommandContext(environment, parsed), cancellationToken);
            return 0;
        });

    /// <summary>A command that only groups others shows its help.</summary>
    public static void ShowsHelp(this Command command) => command.SetAction(parsed => new HelpAction().Invoke(parsed));
}
