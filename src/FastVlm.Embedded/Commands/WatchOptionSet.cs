using System.CommandLine;

namespace FastVlm.Embedded.Commands;

/// <summary>What <c>fastvlm watch</c> can be told of its source and its captions.</summary>
internal static class WatchOptionSet
{
    public static Argument<string> Source { get; } = new("SOURCE")
    {
        Description = "rtsp://…, rtsps://…, http(s)://…, a video file, a folder of pictures, or `demo`.",
    };

    public static Option<string> Prompt { get; } = new("--prompt")
    {
        Description = "What to ask about each frame.",
        DefaultValueFactory = _ => PromptDefaults.Prompt,
        HelpName = "TEXT",
    };

    public static Option<TimeSpan?> Every { get; } = new("--every")
    {
        Description = "Time between two captions, e.g. 500ms or 2s; 0 is as often as the model can. Default: 1s.",
        CustomParser = DurationOption.Parse,
        HelpName = "TIME",
    };

    public static Option<string> Transport { get; } = new Option<string>("--transport")
    {
        Description = "How RTSP packets travel.",
        DefaultValueFactory = _ => "tcp",
    }.AcceptOnlyFromAmong("tcp", "udp");

    public static Option<TimeSpan?> Duration { get; } = new("--duration")
    {
        Description = "Stop after this time, e.g. 30s; default: at the end of a file, never for a camera.",
        CustomParser = DurationOption.Parse,
        HelpName = "TIME",
    };

    public static Option<string?> Pace { get; } = new Option<string?>("--pace")
    {
        Description =
            "Play a file as a camera would (real) or as fast as the model takes it (max). Default: real for the demo, max for files.",
    }.AcceptOnlyFromAmong("real", "max");

    public static Option<bool> KeepTrying { get; } = new("--keep-trying")
    {
        Description = "Wait also for a camera that cannot be reached at the start. (One that was seen once is always waited for.)",
    };

    public static Option<string?> Camera { get; } = new("--camera")
    {
        Description = "Name of the camera in captions and alerts; default: from the source.",
        HelpName = "NAME",
    };

    public static Option<int> MaxNewTokens { get; } = new("--max-new-tokens", "--max_new_tokens")
    {
        Description = "Length of a caption at most.",
        DefaultValueFactory = _ => 96,
        HelpName = "N",
    };

    public static void AddTo(Command command)
    {
        command.Arguments.Add(Source);
        foreach (var option in (Option[])[
            Prompt, Every, Transport, Duration, Pace, KeepTrying, Camera, MaxNewTokens])
        {
            command.Options.Add(option);
        }
    }
}
