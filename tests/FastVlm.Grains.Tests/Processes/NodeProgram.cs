using System.Globalization;
using FastVlm.Grains.Hosting;
using FastVlm.Grains.Members;
using FastVlm.Grains.Tests.Live;
using FastVlm.Pipeline.Live;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FastVlm.Grains.Tests.Processes;

/// <summary>
/// A node in a process of its own. Tells on standard output what it sees, each line with the time in Unix microseconds:
/// <c>state TIME NAME STATE</c> and <c>event TIME CAMERA SENT</c>; publishes events all the time, where told to. Stops when
/// standard input ends.
/// </summary>
internal static class NodeProgram
{
    public const string Name = "node";

    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);

    public static async Task<int> RunAsync(string name, string roles, int port, string database, double within, string publishing)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.AddSimpleConsole(o => (o.SingleLine, o.TimestampFormat) = (true, "HH:mm:ss.fff "));
        builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(o => o.LogToStandardErrorThreshold = 0);
        builder.UseOrleans(silo => silo.UseFastVlmCluster(new ClusterOptions
        {
            ConnectionString = database,
            SiloName = name,
            Roles = SiloRoleNames.Read(roles),
            Devices = SiloRoleNames.Read(roles).HasFlag(SiloRoles.Gpu) ? ["cpu0"] : [],
            SiloPort = port,
            DetectFailureWithin = TimeSpan.FromSeconds(within),
        }));
        using var host = builder.Build();
        await host.StartAsync();
        using var stop = new CancellationTokenSource();
        var tasks = new[]
        {
            TellStatesAsync(host.Services.GetRequiredService<ClusterMembers>(), stop.Token),
            TellEventsAsync(host.Services.GetRequiredService<LiveFeed>(), stop.Token),
            PublishAsync(host.Services.GetRequiredService<ILiveFeed>(), name, publishing, stop.Token),
        };
        Tell("ready", name, "");
        while (await Console.In.ReadLineAsync(stop.Token) is not null)
        {
            // Nothing is said but the end.
        }

        // A node must not outlive its test, whatever holds it up.
        using var limit = new Timer(_ => Environment.Exit(3), state: null, StopLimit, Timeout.InfiniteTimeSpan);
        await stop.CancelAsync();
        await Task.WhenAll(tasks).ContinueWith(_ => { }, TaskScheduler.Default);
        await host.StopAsync();
        return 0;
    }

    private static async Task TellStatesAsync(ClusterMembers members, CancellationToken cancellationToken)
    {
        var before = ClusterView.Empty;
        await foreach (var view in members.WatchAsync(cancellationToken))
        {
            foreach (var member in view.Members.Where(m => before.Find(m.Name)?.State != m.State || before.Find(m.Name)?.Card != m.Card))
            {
                Tell("state", member.Name, $"{member.State}{(member.Card is null ? "?" : "")}");
            }

            before = view;
        }
    }

    private static async Task TellEventsAsync(LiveFeed feed, CancellationToken cancellationToken)
    {
        using var subscription = feed.Subscribe(new LiveFilter(Cameras: null, Text: true), after: null);
        while (true)
        {
            foreach (var liveEvent in (await subscription.ReadAsync(cancellationToken)).Events.OfType<CameraStateEvent>())
            {
                Tell("event", liveEvent.CameraId!.Value.Value, liveEvent.Status.Reason!);
            }
        }
    }

    /// <summary>"200x20": a round of 20 cameras every 200 ms.</summary>
    private static async Task PublishAsync(ILiveFeed feed, string name, string publishing, CancellationToken cancellationToken)
    {
        var (period, cameras) = publishing.Split('x') is [var p, var c]
            ? (int.Parse(p, CultureInfo.InvariantCulture), int.Parse(c, CultureInfo.InvariantCulture))
            : (0, 0);
        if (period == 0)
        {
            return;
        }

        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(period), TimeProvider.System);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            for (var camera = 0; camera < cameras; camera++)
            {
                feed.Publish(TestEvents.Reporting($"{name}-{camera}", Now().ToString(CultureInfo.InvariantCulture)));
            }
        }
    }

    private static void Tell(string what, string who, string detail) => Console.Out.WriteLine($"{what} {Now()} {who} {detail}");

    public static long Now() => (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}
