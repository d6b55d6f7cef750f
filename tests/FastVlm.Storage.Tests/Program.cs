using Xunit.Runner.InProc.SystemConsole;

namespace FastVlm.Storage.Tests;

/// <summary>The tests; or, with a first word, one of the programs that the crash test and docs/storage.md start.</summary>
internal static class Program
{
    public static Task<int> Main(string[] args) => args switch
    {
        [AppendingProgram.Name, var folder, var run] => AppendingProgram.RunAsync(folder, run),
        [MeasuringProgram.Name, .. var arguments] => MeasuringProgram.RunAsync(arguments),
        [PostgresMeasuringProgram.Name, .. var arguments] => PostgresMeasuringProgram.RunAsync(arguments),
        _ => ConsoleRunner.Run(args),
    };
}
