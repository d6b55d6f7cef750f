using System.CommandLine;
using System.Net;
using FastVlm.Embedded.Models;
using FastVlm.Embedded.Platform;
using FastVlm.Embedded.Watching;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Inference;
using FastVlm.Video.Cameras;
using FastVlm.Video.Jpeg;
using FastVlm.Video.Live;

namespace FastVlm.Embedded.Commands;

/// <summary><c>fastvlm up</c>: the whole platform in this process, until it is stopped.</summary>
internal static class UpCommand
{
    public static Command Build(CommandEnvironment environment)
    {
        var command = new Command("up", "Serve the platform: cameras, rules, incidents, webhooks and the dashboard.");
        UpOptionSet.AddTo(command);
        ModelOptionSet.AddTo(command);
        command.Runs(environment, RunAsync);
        return command;
    }

    private static async Task RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var options = UpOptionSet.Read(context);
        using var model = await LoadedModel.LoadAsync(ModelOptionSet.Read(context.Parsed), context, cancellationToken);
        var logs = new MessageLogger(context.Output, context.Parsed.GetValue(CommonOptions.Verbose));
        var time = context.Environment.TimeProvider;
        var figures = new LookFigures(time);
        var places = new CameraPlaces(context.Shipped.DemoFolder, options.MediaDirectory);
        var frameSidePx = Math.Max(model.Description.InputSizePx, PlatformLimits.FrameSidePxMin);
        var live = new LiveVideo(time);
        var sources = new CameraSources(places, frameSidePx, time, logs) { Live = live };
        var encoder = new JpegEncoder();
        using var tester = new FfmpegCameraTester(sources, encoder);
        var parts = new PlatformParts
        {
            Model = model,
            Figures = figures,
            Models = new PlatformModels(context, model, figures),
            Sources = sources,
            CameraTester = tester,
            LiveVideo = live,
            Encoder = encoder,
            TimeProvider = time,
            Logger = logs,
        };
        await using var platform = await EmbeddedPlatform.StartAsync(options, parts, cancellationToken);
        Tell(context, platform, model);
        await platform.RunAsync(cancellationToken);
    }

    private static void Tell(CommandContext context, EmbeddedPlatform platform, LoadedModel model)
    {
        context.Output.Event(new
        {
            Type = "up",
            Addresses = platform.Addresses,
            Data = platform.DataDirectory,
            Model = model.Description.Name,
            model.Description.Licence,
        });
        context.Output.Line($"FastVLM platform {CommandEnvironment.Version} with {model.Description.Name} on {model.Description.Device}");
        foreach (var address in platform.Addresses)
        {
            context.Output.Line($"  dashboard  {address}");
        }

        context.Output.Line($"  data       {platform.DataDirectory}");
        context.Output.Line("Stop with Ctrl-C.");
    }
}

/// <summary>The options of <c>fastvlm up</c>.</summary>
internal static class UpOptionSet
{
    private const string UrlsDefault = "http://localhost:8080";

    private static readonly Option<string> Data = new("--data")
    {
        Description = "Folder of database, evidence, keys and media; made when absent.",
        DefaultValueFactory = _ => "data",
        HelpName = "DIR",
    };

    private static readonly Option<string> Urls = new("--urls")
    {
        Description = "Where to listen, several with ';'. Other than this machine's own address needs --access-token-file.",
        DefaultValueFactory = _ => UrlsDefault,
        HelpName = "URLS",
    };

    private static readonly Option<string?> PublicUrl = new("--public-url")
    {
        Description = "Address of the dashboard as people reach it: for links in webhooks, and accepted as host name.",
        HelpName = "URL",
    };

    private static readonly Option<string?> AccessTokenFile = new("--access-token-file")
    {
        Description = "A file whose first line everybody must give who uses dashboard or API.",
        HelpName = "FILE",
    };

    private static readonly Option<bool> InsecureNoToken = new("--insecure-no-token")
    {
        Description = "Listen on other addresses without an access token: everybody who reaches them is an administrator.",
    };

    private static readonly Option<string?> Configuration = new("--config")
    {
        Description = "Configuration file, read again whenever it changes (default: fastvlm.yaml in the data folder).",
        HelpName = "FILE",
    };

    private static readonly Option<bool> NoDemo = new("--no-demo")
    {
        Description = "Start an empty installation without the demonstration cameras.",
    };

    private static readonly Option<bool> AllowLoopbackWebhooks = new("--allow-loopback-webhooks")
    {
        Description = "Webhooks may be posted to this machine itself (never to the platform's own ports).",
    };

    public static void AddTo(Command command)
    {
        command.Options.Add(Data);
        command.Options.Add(Urls);
        command.Options.Add(PublicUrl);
        command.Options.Add(AccessTokenFile);
        command.Options.Add(InsecureNoToken);
        command.Options.Add(Configuration);
        command.Options.Add(NoDemo);
        command.Options.Add(AllowLoopbackWebhooks);
    }

    /// <exception cref="FailureException">Usage: an option is wrong.</exception>
    public static PlatformOptions Read(CommandContext context)
    {
        var parsed = context.Parsed;
        var data = Path.GetFullPath(parsed.GetRequiredValue(Data));
        var urls = parsed.GetRequiredValue(Urls).Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var listen = urls.Select(ParseListenUrl).ToList();
        var token = parsed.GetValue(AccessTokenFile) is { } file ? ReadToken(file) : null;
        if (token is null && !parsed.GetValue(InsecureNoToken) && listen.FirstOrDefault(url => !IsOwnMachine(url.Host)) is { } open)
        {
            throw new FailureException(
                FailureKind.Usage,
                $"--urls {open.OriginalString} lets other machines in; give --access-token-file, "
                + "or --insecure-no-token to let everybody in.");
        }

        return new PlatformOptions
        {
            DataDirectory = data,
            Urls = urls.Length > 0
                ? urls
                : throw new FailureException(FailureKind.Usage, $"--urls is empty; give for example {UrlsDefault}."),
            Ports = [.. listen.Select(url => url.Port)],
            PublicUrl = parsed.GetValue(PublicUrl) is { } text ? ParseUrl(text, "--public-url") : listen[0],
            AccessToken = token,
            ConfigurationFile = parsed.GetValue(Configuration) ?? Path.Combine(data, "fastvlm.yaml"),
            AllowLoopbackWebhooks = parsed.GetValue(AllowLoopbackWebhooks),
            DemoClips = new CameraPlaces(context.Shipped.DemoFolder, data).DemoClips,
            SeedDemo = !parsed.GetValue(NoDemo),
        };
    }

    // What the web server reads as "every address".
    private static Uri ParseListenUrl(string text) => ParseUrl(
        text.Replace("://*", "://0.0.0.0", StringComparison.Ordinal).Replace("://+", "://0.0.0.0", StringComparison.Ordinal), "--urls");

    private static Uri ParseUrl(string text, string option) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? uri
            : throw new FailureException(FailureKind.Usage, $"{option} '{text}' is no address; write for example {UrlsDefault}.");

    private static bool IsOwnMachine(string host) =>
        host == "localhost" || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private static string ReadToken(string file)
    {
        const int charactersMin = 16;
        try
        {
            var token = File.ReadLines(file).FirstOrDefault()?.Trim() ?? "";
            return token.Length >= charactersMin
                ? token
                : throw new FailureException(
                    FailureKind.Usage,
                    $"The access token in '{file}' has {token.Length} characters; at least {charactersMin} are needed, "
                    + "e.g. from: openssl rand -hex 24.");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new FailureException(FailureKind.Usage, $"The access token '{file}' cannot be read: {unreadable.Message}", unreadable);
        }
    }
}
