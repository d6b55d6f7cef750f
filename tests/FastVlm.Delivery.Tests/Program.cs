using System.Globalization;
using Xunit.Runner.InProc.SystemConsole;

namespace FastVlm.Delivery.Tests;

/// <summary>The tests; or, with a first word, the program that the crash test starts and kills.</summary>
internal static class Program
{
    public static Task<int> Main(string[] args) => args switch
    {
        [PlantProgram.Name, var folder, var address, var secret, var incidents] =>
            PlantProgram.RunAsync(folder, new Uri(address), secret, int.Parse(incidents, CultureInfo.InvariantCulture)),
        _ => ConsoleRunner.Run(args),
    };
}
