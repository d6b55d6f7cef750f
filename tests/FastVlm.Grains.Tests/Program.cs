using Xunit.Runner.InProc.SystemConsole;

namespace FastVlm.Grains.Tests;

/// <summary>The tests; or, with a first word, the node that the tests of several processes start and kill.</summary>
internal static class Program
{
    public static Task<int> Main(string[] args) => args switch
    {
        _ => ConsoleRunner.Run(args),
    };
}
