using System.CommandLine;

namespace FastVlm.Embedded.Commands;

/// <summary><c>fastvlm models …</c>: the models of this machine and where they come from.</summary>
internal static class ModelsCommand
{
    public static Command Build(CommandEnvironment environment)
    {
        var command = new Command("models", "List, fetch, check and make models.")
        {
            ModelsListCommand.Build(environment),
            ModelsPullCommand.Build(environment),
            ModelsImportCommand.Build(environment),
            ModelsVerifyCommand.Build(environment),
            ModelsLicenceCommand.Build(environment),
            ModelsExportCommand.Build(environment),
            ModelsSynthCommand.Build(environment),
        };
        command.ShowsHelp();
        return command;
    }
}
