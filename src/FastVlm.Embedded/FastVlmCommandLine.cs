using System.CommandLine;
using FastVlm.Embedded.Commands;
using FastVlm.Embedded.Output;
using FastVlm.Pipeline;

namespace FastVlm.Embedded;

/// <summary>The command line: parses, runs one command, and turns whatever comes of it into an exit code.</summary>
internal sealed class FastVlmCommandLine(CommandEnvironment environment)
{
    private static readonly string[] MainJob = ["up"];

    public async Task<int> RunAsync(string[] arguments, StopSignals stop)
    {
        var tree = CommandTree.Build(environment);
        var parsed = tree.Root.Parse(arguments.Length == 0 ? MainJob : arguments);
        var output = new CommandOutput(environment, parsed.GetValue(CommonOptions.Json));
        var verbose = parsed.GetValue(CommonOptions.Verbose);
        try
        {
            if (parsed.Errors is [var error, ..])
            {
                throw new FailureException(
                    FailureKind.Usage, $"{OnOneLine(error.Message)}; see `{NameOf(parsed.CommandResult)} --help`.");
            }

            var configuration = new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
                Output = environment.Out,
                Error = environment.Error,
            };
            var code = await parsed.InvokeAsync(configuration, stop.Token);
            return stop.ExitCode ?? code;
        }
        catch (OperationCanceledException) when (stop.ExitCode is { } code)
        {
            return code;
        }
#pragma warning disable CA1031 // The one place where every failure becomes a sentence and an exit code.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return FailureReport.Write(output, exception, verbose);
        }
    }

    private static string OnOneLine(string message) =>
        string.Join(' ', message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).TrimEnd('.');

    private static string NameOf(System.CommandLine.Parsing.CommandResult command)
    {
        var names = new Stack<string>();
        for (System.CommandLine.Parsing.SymbolResult? result = command; result is not null; result = result.Parent)
        {
            if (result is System.CommandLine.Parsing.CommandResult named)
            {
                names.Push(named.Command.Name);
            }
        }

        return string.Join(' ', names);
    }
}
