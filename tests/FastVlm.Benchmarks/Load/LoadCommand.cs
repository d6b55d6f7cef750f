using System.CommandLine;
using System.Globalization;

namespace FastVlm.Benchmarks.Load;

/// <summary><c>./bench load</c>.</summary>
internal static class LoadCommand
{
    private static readonly Option<int> Cameras = Number("--cameras", 200, "Cameras whose frames are made in this process.");
    private static readonly Option<int> Rtsp = Number("--rtsp", 0, "Cameras of the RTSP test server, one ffmpeg process each.");
    private static readonly Option<double> Minutes = Share("--minutes", 5, "How long to measure.");
    private static readonly Option<double> WarmUp = Share("--warm-up-seconds", 20, "Not measured, at the start.");
    private static readonly Option<double> FrameRate = Share("--frames-per-second", 5, "What a camera sends.");
    private static readonly Option<double> LookRate = Share("--looks-per-second", 1, "What the model looks at, per camera.");
    private static readonly Option<double> ModelTime = Share("--model-ms", 2, "What the scripted model takes for a look, in milliseconds.");
    private static readonly Option<int> Rules = Number("--rules", 100, "Rules that judge every caption.");
    private static readonly Option<int> LooksPerEvent = Number("--looks-per-event", 60, "A camera has an event once in so many looks.");
    private static readonly Option<int> Watchers = Number("--watchers", 3, "Browsers that watch every camera with streaming text.");

    private static readonly Option<string> Size = new("--size")
    {
        Description = "Size of the frames.",
        DefaultValueFactory = _ => "512x288",
        HelpName = "WxH",
    };

    private static readonly Option<string?> Data = new("--data")
    {
        Description = "Where the platform keeps its data (default: a temporary folder, removed at the end).",
        HelpName = "DIR",
    };

    public static Command Build()
    {
        var command = new Command("load", "Run the platform with many cameras and a scripted model, and measure it.")
        {
            Cameras, Rtsp, Minutes, WarmUp, FrameRate, Size, LookRate, ModelTime, Rules, LooksPerEvent, Watchers, Data,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var report = await LoadRun.RunAsync(Read(parsed), parsed.InvocationConfiguration.Error, cancellationToken);
            await parsed.InvocationConfiguration.Output.WriteAsync(report);
        });
        return command;
    }

    private static LoadPlan Read(ParseResult parsed)
    {
        var sides = parsed.GetRequiredValue(Size).Split('x');
        return new LoadPlan
        {
            SyntheticCameras = parsed.GetValue(Cameras),
            RtspCameras = parsed.GetValue(Rtsp),
            Duration = TimeSpan.FromMinutes(parsed.GetValue(Minutes)),
            WarmUp = TimeSpan.FromSeconds(parsed.GetValue(WarmUp)),
            FramesPerSecond = parsed.GetValue(FrameRate),
            WidthPx = int.Parse(sides[0], CultureInfo.InvariantCulture),
            HeightPx = int.Parse(sides[1], CultureInfo.InvariantCulture),
            LooksPerSecond = parsed.GetValue(LookRate),
            ModelTime = TimeSpan.FromMilliseconds(parsed.GetValue(ModelTime)),
            Rules = parsed.GetValue(Rules),
            LooksPerEvent = parsed.GetValue(LooksPerEvent),
            Watchers = parsed.GetValue(Watchers),
            DataDirectory = parsed.GetValue(Data),
        };
    }

    private static Option<int> Number(string name, int value, string description) =>
        new(name) { Description = description, DefaultValueFactory = _ => value, HelpName = "N" };

    private static Option<double> Share(string name, double value, string description) =>
        new(name) { Description = description, DefaultValueFactory = _ => value, HelpName = "X" };
}
