using System.Globalization;
using FastVlm.Grains.Tests.Processes;
using FastVlm.Grains.Tests.Wire;
using Xunit.Runner.InProc.SystemConsole;

namespace FastVlm.Grains.Tests;

/// <summary>The tests; or, with a first word, the node that the tests of several processes start and kill.</summary>
internal static class Program
{
    public static Task<int> Main(string[] args) => args switch
    {
        [NodeProgram.Name, var name, var roles, var port, var database, var within, var publishing] => NodeProgram.RunAsync(
            name,
            roles,
            int.Parse(port, CultureInfo.InvariantCulture),
            database,
            double.Parse(within, CultureInfo.InvariantCulture),
            publishing),
        [FailureMeasurement.Name, var rounds, var busy, var quiet] => FailureMeasurement.RunAsync(
            int.Parse(rounds, CultureInfo.InvariantCulture),
            int.Parse(busy, CultureInfo.InvariantCulture),
            int.Parse(quiet, CultureInfo.InvariantCulture)),
        [WireFiles.Name, var folder] => Task.FromResult(WireFiles.Write(folder)),
        _ => ConsoleRunner.Run(args),
    };
}
