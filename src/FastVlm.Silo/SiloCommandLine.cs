using System.CommandLine;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Storage;
using FastVlm.Silo.Commands;

namespace FastVlm.Silo;

/// <summary>The command line of <c>fastvlm-silo</c>: parses, runs one command, and turns what comes of it into an exit code.</summary>
internal static class SiloCommandLine
{
    /// <summary>Without a command it shows what there is.</summary>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var root = new RootCommand("One node of a FastVlm cluster. Its roles are configuration: camera, gpu, web.") 
        {
            RunCommand.Build(), SimulateCommand.Build(),
        };
        var parsed = root.Parse(arguments is [] ? ["--help"] : arguments);
        var configuration = new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false,

            // The command's own drain takes as long as it needs.
            ProcessTerminationTimeout = TimeSpan.FromMinutes(2),
        };
        try
        {
            return parsed.Errors is [var error, ..]
                ? throw new FailureException(FailureKind.Usage, $"{error.Message.TrimEnd('.')}; see `fastvlm-silo --help`.")
                : await parsed.InvokeAsync(configuration, CancellationToken.None);
        }
        catch (FailureException failure)
        {
            return Report(failure.Message, failure.Kind);
        }
        catch (StorageException failure)
        {
            return Report(failure.Message, FailureKind.DataUnusable);
        }
    }

    private static int Report(string message, FailureKind kind)
    {
        Console.Error.WriteLine($"fastvlm-silo: {message}");
        return (int)kind;
    }
}
