using FastVlm.Silo.Tests.Failover;
using FastVlm.Silo.Tests.Measurements;
using Xunit.Runner.InProc.SystemConsole;

namespace FastVlm.Silo.Tests;

/// <summary>The tests; or, with a first word, a measurement whose figures the documents quote.</summary>
internal static class Program
{
    public static Task<int> Main(string[] args) => args switch
    {
        [FailoverProgram.Name] => FailoverProgram.RunAsync(),
        [FrameHopMeasurement.Name, var clip] => FrameHopMeasurement.RunAsync(clip),
        [PictureQualityMeasurement.Name, var model, .. var sources] => PictureQualityMeasurement.RunAsync(model, sources),
        _ => ConsoleRunner.Run(args),
    };
}
