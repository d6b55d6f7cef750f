using FastVlm.Silo.Tests.Failover;
using Xunit.Runner.InProc.SystemConsole;

namespace FastVlm.Silo.Tests;

/// <summary>The tests; or, with a first word, the measurement that <c>./bench failover</c> prints.</summary>
internal static class Program
{
    public static Task<int> Main(string[] args) => args is [FailoverProgram.Name] ? FailoverProgram.RunAsync() : ConsoleRunner.Run(args);
}
