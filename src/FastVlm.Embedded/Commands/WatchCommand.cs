using System.CommandLine;
using FastVlm.Embedded.Watching;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Configuration;
using FastVlm.Video;
using FastVlm.Video.Sources;

namespace FastVlm.Embedded.Commands;

/// <summary><c>fastvlm watch SOURCE</c>: captions as they come, and alerts.</summary>
internal static class WatchCommand
{
    private const string Demo = "demo";
    private const string DemoAlert = "part dropped";
    private static readonly TimeSpan EveryDefault = TimeSpan.FromSeconds(1);

    public static Command Build(CommandEnvironment environment)
    {
        var command = new Command("watch", "Caption a camera or a video as it plays, and raise alerts.");
        WatchOptionSet.AddTo(command);
        AlertOptionSet.AddTo(command);
        ModelOptionSet.AddTo(command);
        command.Runs(environment, (context, cancellationToken) =>
            new WatchRun(context, Read(context)).RunAsync(cancellationToken));
        return command;
    }

    /// <exception cref="FailureException">An option is wrong, or there is no such file.</exception>
    private static WatchPlan Read(CommandContext context)
    {
        var parsed = context.Parsed;
        var named = parsed.GetRequiredValue(WatchOptionSet.Source);
        var isDemo = named == Demo && !Path.Exists(named);
        var source = VideoSource.Parse(isDemo ? context.Shipped.RequireDemoClip() : named);
        var phrases = parsed.GetValue(AlertOptionSet.Alert) is { Length: > 0 } given ? given : isDemo ? [DemoAlert] : [];
        var camera = new CameraId(parsed.GetValue(WatchOptionSet.Camera) ?? (isDemo ? Demo : WatchPlan.CameraNameOf(source)));
        return new WatchPlan
        {
            Source = source,
            SourceTitle = isDemo ? "the demonstration clip" : source.Redacted,
            CameraId = camera,
            Prompt = parsed.GetRequiredValue(WatchOptionSet.Prompt),
            Every = parsed.GetValue(WatchOptionSet.Every) ?? EveryDefault,
            Rules = WatchRules.Build(camera, phrases, RequirePositive(parsed.GetValue(AlertOptionSet.Confirm), "--confirm")),
            Webhook = ReadWebhook(parsed),
            Transport = parsed.GetValue(WatchOptionSet.Transport) == "udp" ? RtspTransport.Udp : RtspTransport.Tcp,
            Duration = parsed.GetValue(WatchOptionSet.Duration),
            PlaysInRealTime = parsed.GetValue(WatchOptionSet.Pace) is { } pace ? pace == "real" : isDemo,
            KeepTrying = parsed.GetValue(WatchOptionSet.KeepTrying),
            MaxNewTokens = RequirePositive(parsed.GetValue(WatchOptionSet.MaxNewTokens), "--max-new-tokens"),
            Model = ModelOptionSet.Read(parsed),
        };
    }

    private static int RequirePositive(int value, string option) =>
        value > 0 ? value : throw new FailureException(FailureKind.Usage, $"{option} is {value}; it must be 1 or more.");

    private static WebhookPlan? ReadWebhook(ParseResult parsed)
    {
        var secretFile = parsed.GetValue(AlertOptionSet.WebhookSecretFile);
        if (parsed.GetValue(AlertOptionSet.Webhook) is not { } address)
        {
            return secretFile is null
                ? null
                : throw new FailureException(FailureKind.Usage, "--webhook-secret-file signs what --webhook posts; give --webhook too.");
        }

        return Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? new WebhookPlan(uri, secretFile is null ? [] : [ReadSecret(secretFile)])
            : throw new FailureException(FailureKind.Usage, "--webhook needs an address that begins with http:// or https://.");
    }

    private static SecretText ReadSecret(string file)
    {
        try
        {
            var text = File.ReadAllText(file).Trim();
            WebhookSecret.Parse(text);
            return new SecretText(text);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new FailureException(FailureKind.Usage, $"The webhook secret '{file}' cannot be read: {unreadable.Message}", unreadable);
        }
    }
}
