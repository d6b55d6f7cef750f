using System.CommandLine;
using FastVlm.Embedded.Watching;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Rules;
using FastVlm.Video;
using FastVlm.Video.Sources;

namespace FastVlm.Embedded.Commands;

/// <summary><c>fastvlm watch SOURCE</c>: captions as they come, and alerts.</summary>
internal static class WatchCommand
{
    private const string Demo = "demo";
    private const string DemoAlert = "part dropped";

    private static readonly Argument<string> Source = new("SOURCE")
    {
        Description = "rtsp://…, rtsps://…, http(s)://…, a video file, a folder of pictures, or `demo`.",
    };

    private static readonly Option<string> Prompt = new("--prompt")
    {
        Description = "What to ask about each frame.",
        DefaultValueFactory = _ => PromptDefaults.Prompt,
        HelpName = "TEXT",
    };

    private static readonly Option<TimeSpan?> Every = new("--every")
    {
        Description = "Time between two captions, e.g. 500ms or 2s; 0 is as often as the model can.",
        DefaultValueFactory = _ => TimeSpan.FromSeconds(1),
        CustomParser = DurationOption.Parse,
        HelpName = "TIME",
    };

    private static readonly Option<string[]> Alert = new("--alert")
    {
        Description = "Raise an alert when a caption says this; may be repeated. For the demo: 'part dropped'.",
        HelpName = "PHRASE",
    };

    private static readonly Option<int> Confirm = new("--confirm")
    {
        Description = "Matching captions in a row before an alert; 2 forgives a single wrong caption.",
        DefaultValueFactory = _ => 1,
        HelpName = "N",
    };

    private static readonly Option<string?> Webhook = new("--webhook")
    {
        Description = "POST alerts as JSON to this address.",
        HelpName = "URL",
    };

    private static readonly Option<string?> WebhookSecretFile = new("--webhook-secret-file")
    {
        Description = "Sign them with the secret in this file (whsec_…).",
        HelpName = "FILE",
    };

    private static readonly Option<string> Transport = new Option<string>("--transport")
    {
        Description = "How RTSP packets travel.",
        DefaultValueFactory = _ => "tcp",
    }.AcceptOnlyFromAmong("tcp", "udp");

    private static readonly Option<TimeSpan?> Duration = new("--duration")
    {
        Description = "Stop after this time, e.g. 30s; default: at the end of a file, never for a camera.",
        CustomParser = DurationOption.Parse,
        HelpName = "TIME",
    };

    private static readonly Option<string?> Pace = new Option<string?>("--pace")
    {
        Description =
            "Play a file as a camera would (real) or as fast as the model takes it (max). Default: real for the demo, max for files.",
    }.AcceptOnlyFromAmong("real", "max");

    private static readonly Option<bool> KeepTrying = new("--keep-trying")
    {
        Description = "Wait also for a camera that cannot be reached at the start. (One that was seen once is always waited for.)",
    };

    private static readonly Option<string?> Camera = new("--camera")
    {
        Description = "Name of the camera in captions and alerts; default: from the source.",
        HelpName = "NAME",
    };

    private static readonly Option<int> MaxNewTokens = new("--max-new-tokens", "--max_new_tokens")
    {
        Description = "Length of a caption at most.",
        DefaultValueFactory = _ => 96,
        HelpName = "N",
    };

    public static Command Build(CommandEnvironment environment)
    {
        var command = new Command("watch", "Caption a camera or a video as it plays, and raise alerts.")
        {
            Source, Prompt, Every, Alert, Confirm, Webhook, WebhookSecretFile, Transport, Duration, Pace, KeepTrying, Camera, MaxNewTokens,
        };
        ModelOptionSet.AddTo(command);
        command.Runs(environment, (context, cancellationToken) =>
            new WatchRun(context, Read(context)).RunAsync(cancellationToken));
        return command;
    }

    /// <exception cref="FailureException">An option is wrong, or there is no such file.</exception>
    private static WatchPlan Read(CommandContext context)
    {
        var parsed = context.Parsed;
        var named = parsed.GetRequiredValue(Source);
        var isDemo = named == Demo && !Path.Exists(named);
        var source = VideoSource.Parse(isDemo ? context.Shipped.RequireDemoClip() : named);
        var phrases = parsed.GetValue(Alert) is { Length: > 0 } given ? given : isDemo ? [DemoAlert] : [];
        return new WatchPlan
        {
            Source = source,
            SourceTitle = isDemo ? "the demonstration clip" : source.Redacted,
            CameraId = new CameraId(parsed.GetValue(Camera) ?? (isDemo ? Demo : WatchPlan.CameraNameOf(source))),
            Prompt = parsed.GetRequiredValue(Prompt),
            Every = parsed.GetValue(Every)!.Value,
            Rules = [.. phrases.Select(PhraseRule.Parse)],
            Policy = new AlertPolicyOptions { RaiseAfterMatches = RequirePositive(parsed.GetValue(Confirm), "--confirm") },
            Webhook = ReadWebhook(parsed),
            Transport = parsed.GetValue(Transport) == "udp" ? RtspTransport.Udp : RtspTransport.Tcp,
            Duration = parsed.GetValue(Duration),
            PlaysInRealTime = parsed.GetValue(Pace) is { } pace ? pace == "real" : isDemo,
            KeepTrying = parsed.GetValue(KeepTrying),
            MaxNewTokens = RequirePositive(parsed.GetValue(MaxNewTokens), "--max-new-tokens"),
            Model = ModelOptionSet.Read(parsed),
        };
    }

    private static int RequirePositive(int value, string option) =>
        value > 0 ? value : throw new FailureException(FailureKind.Usage, $"{option} is {value}; it must be 1 or more.");

    private static WebhookPlan? ReadWebhook(ParseResult parsed)
    {
        var secretFile = parsed.GetValue(WebhookSecretFile);
        if (parsed.GetValue(Webhook) is not { } address)
        {
            return secretFile is null
                ? null
                : throw new FailureException(FailureKind.Usage, "--webhook-secret-file signs what --webhook posts; give --webhook too.");
        }

        return Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? new WebhookPlan(uri, secretFile is null ? [] : [WebhookSecret.Parse(ReadSecret(secretFile))])
            : throw new FailureException(FailureKind.Usage, "--webhook needs an address that begins with http:// or https://.");
    }

    private static string ReadSecret(string file)
    {
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new FailureException(FailureKind.Usage, $"The webhook secret '{file}' cannot be read: {unreadable.Message}", unreadable);
        }
    }
}
