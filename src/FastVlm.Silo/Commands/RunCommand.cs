using System.CommandLine;
using System.Text.Json;
using FastVlm.Pipeline.Configuration;
using FastVlm.Silo.Platform;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FastVlm.Silo.Commands;

/// <summary><c>fastvlm-silo run</c>: one node of the cluster, until it is stopped.</summary>
internal static class RunCommand
{
    private static readonly Option<bool> Json = new("--json") { Description = "Tell programs: one JSON object per line on stdout." };

    private static readonly Option<bool> JsonLog = SiloOption.Flag("--json-log", "Write the log as JSON.");

    private static readonly Option<bool> Verbose = SiloOption.Flag("--verbose", "Log what is decided, too.");

    public static Command Build()
    {
        var command = new Command("run", "Run one node of the cluster. Every option may stand in the environment under its name in [].");
        foreach (var option in RunOptionSet.All)
        {
            command.Options.Add(option);
        }

        command.Options.Add(Json);
        command.Options.Add(JsonLog);
        command.Options.Add(Verbose);
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var settings = RunOptionSet.Read(parsed);
        using var logs = LoggerFactory.Create(logging => Configure(logging, parsed.GetValue(JsonLog), parsed.GetValue(Verbose)));
        await using var platform = await SiloPlatform.StartAsync(settings, logs, TimeProvider.System, cancellationToken);
        Tell(parsed, settings, platform);
        await platform.RunAsync(cancellationToken);
        await platform.DrainAsync(CancellationToken.None);
        return 0;
    }

    public static void Configure(ILoggingBuilder logging, bool json, bool verbose)
    {
        logging.SetMinimumLevel(verbose ? LogLevel.Debug : LogLevel.Information);
        logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("Npgsql", LogLevel.Warning);
        logging.AddFilter("Orleans", verbose ? LogLevel.Warning : LogLevel.Error);

        // While a node dies these tell at length of every message that it did not get; our own messages tell what it means.
        string[] categories = ["Orleans.Streams", "Orleans.Providers", "Orleans.Messaging", "Orleans.Runtime.Messaging", "Polly"];
        foreach (var chatty in categories)
        {
            logging.AddFilter(chatty, verbose ? LogLevel.Error : LogLevel.None);
        }
        if (json)
        {
            logging.AddJsonConsole(console => (console.UseUtcTimestamp, console.TimestampFormat) = (true, "O"));
        }
        else
        {
            logging.AddSimpleConsole(console =>
                (console.SingleLine, console.UseUtcTimestamp, console.TimestampFormat) = (true, true, "yyyy-MM-dd'T'HH:mm:ss.fff'Z' "));
        }

        // Programs read stdout.
        logging.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(
            console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }

    private static void Tell(ParseResult parsed, SiloSettings settings, SiloPlatform platform)
    {
        var output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(Json))
        {
            var up = new { Type = "up", Name = settings.Cluster.SiloName, platform.Addresses };
            output.WriteLine(JsonSerializer.Serialize(up, PlatformJson.Options));
            return;
        }

        output.WriteLine($"FastVLM node '{settings.Cluster.SiloName}' {SiloVersion.Text} of cluster '{settings.Cluster.ClusterId}'");
        foreach (var address in platform.Addresses)
        {
            output.WriteLine($"  {address}");
        }

        output.WriteLine("Stop with Ctrl-C: its cameras are handed over first.");
    }
}
