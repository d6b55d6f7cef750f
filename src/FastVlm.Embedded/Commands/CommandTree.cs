using System.CommandLine;

namespace FastVlm.Embedded.Commands;

/// <summary>All commands of <c>fastvlm</c>.</summary>
internal sealed record CommandTree(RootCommand Root)
{
    public static CommandTree Build(CommandEnvironment environment)
    {
        var root = new RootCommand(
            "FastVLM platform: captions and alerts from cameras, on this machine. Without arguments: up.");
        root.Options.Add(CommonOptions.Json);
        root.Options.Add(CommonOptions.Verbose);
        root.Subcommands.Add(UpCommand.Build(environment));
        root.Subcommands.Add(WatchCommand.Build(environment));
        root.Subcommands.Add(PredictCommand.Build(environment));
        root.Subcommands.Add(ModelsCommand.Build(environment));
        root.ShowsHelp();
        return new CommandTree(root);
    }
}
