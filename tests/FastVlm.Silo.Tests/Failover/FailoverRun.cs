using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using FastVlm.TestKit;
using FastVlm.TestKit.Rtsp;
using FastVlm.TestKit.Scenarios;

namespace FastVlm.Silo.Tests.Failover;

/// <summary>
/// A plant's worst day, for real: three nodes as processes of their own over PostgreSQL, cameras from real RTSP servers, the
/// shipped model. One node is killed; when all is well again, all three are restarted one after the other. Says how long
/// cameras were without captions, and checks in the database and at the receiver that every promise was kept.
/// </summary>
internal sealed class FailoverRun : IAsyncDisposable
{
    private const int Cameras = 12;
    private const int CaptionsAtFirst = 3;

    private readonly SiloCluster _cluster;
    private readonly TimedReceiver _receiver = new();
    private readonly List<RtspTestServer> _cameras = [];
    private readonly PlantLedger _ledger;
    private readonly StringBuilder _report = new();

    private FailoverRun(SiloCluster cluster)
    {
        _cluster = cluster;
        _ledger = new PlantLedger(cluster.Database);
    }

    /// <summary>What was measured, as a table.</summary>
    public string Report => _report.ToString();

    /// <summary>From the kill to the first caption elsewhere, of the camera that waited longest.</summary>
    public TimeSpan TakenOverAfter { get; private set; }

    /// <summary>Promises that were broken, in words.</summary>
    public IReadOnlyList<string> Violations { get; private set; } = [];

    public static async Task<FailoverRun> StartAsync()
    {
        var run = new FailoverRun(await SiloCluster.StartAsync(nodes: 3));
        var video = await DemoModel.LineVideoAsync();
        for (var number = 0; number < Cameras; number++)
        {
            run._cameras.Add(RtspTestServer.Start(new RtspTestServerOptions { VideoPath = video, FramesPerSecond = 15 }));
        }

        return run;
    }

    public async Task RunAsync()
    {
        await SetUpAsync();
        await KillOneAsync();
        await RestartAllAsync();
        await UntilAsync(async () => (await _ledger.UndeliveredAsync()).Count == 0, "every delivery to arrive");
        Violations = [.. await _ledger.ViolationsAsync(), .. await MissingAtReceiverAsync()];
        Say($"captions {await _ledger.CountAsync("caption")}, incidents {await _ledger.CountAsync("incident")}, "
            + $"deliveries {await _ledger.CountAsync("delivery")}, accepted twice {_receiver.Accepted.Count(entry => entry.Value > 1)}, "
            + $"broken promises {Violations.Count}");
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        foreach (var camera in _cameras)
        {
            await camera.DisposeAsync();
        }

        await _receiver.DisposeAsync();
    }

    private async Task SetUpAsync()
    {
        using var api = new ApiClient(_cluster.Address);
        await api.PostAsync("api/webhooks", new JsonObject { ["name"] = "MES", ["url"] = _receiver.Address.AbsoluteUri });
        await api.PostAsync("api/rules", new JsonObject { ["name"] = "Part dropped", ["expression"] = "part dropped" });
        foreach (var camera in _cameras)
        {
            await api.PostAsync("api/cameras", new JsonObject { ["name"] = $"Line {camera.Port}", ["url"] = camera.Url });
        }

        await CaptionedAsync(api, report => report >= CaptionsAtFirst);
        var nodes = (await api.GetAsync("api/nodes")).AsArray();
        Say($"{Cameras} cameras on {nodes.Count} nodes: "
            + string.Join(", ", nodes.Select(node => $"{(string)node!["name"]!} reads {(int)node["cameraCount"]!}")));

        // Incidents are open when the node dies, and others are on their way.
        await api.WaitForAsync("api/incidents?kind=rule&state=open", list => list.AsArray().Count > 0, "an open incident");
    }

    private async Task KillOneAsync()
    {
        var before = await _ledger.NewestFeedsAsync();
        var killedAt = TimeProvider.System.GetUtcNow();
        await _cluster.KillAsync(0);
        using var api = new ApiClient(_cluster.Address);
        var moved = new Dictionary<string, TimeSpan>();
        await UntilAsync(
            async () =>
            {
                var now = await _ledger.NewestFeedsAsync();
                foreach (var (camera, feed) in now.Where(entry => entry.Value.Epoch > before[entry.Key].Epoch))
                {
                    moved.TryAdd(camera, feed.StoredAt - killedAt);
                }

                return (await StatesOf(api)).All(state => state == "live") && moved.Count > 0;
            },
            "every camera to be live on the nodes that are left");
        TakenOverAfter = moved.Values.Max();
        Say($"kill -9 of one node: {moved.Count} cameras were captioned elsewhere after "
            + $"{Seconds(moved.Values.Min())} to {Seconds(TakenOverAfter)} s (median {Seconds(Median(moved.Values))} s)");
        Violations = await _ledger.ViolationsAsync();
        await _cluster.StartNodeAsync(0);
    }

    private async Task RestartAllAsync()
    {
        var begin = TimeProvider.System.GetUtcNow();
        for (var node = 0; node < _cluster.Count; node++)
        {
            var stop = TimeProvider.System.GetTimestamp();
            var code = await _cluster.StopAsync(node);
            var stopped = TimeProvider.System.GetElapsedTime(stop);
            await _cluster.StartNodeAsync(node);
            using var api = new ApiClient(_cluster.AddressOf(node));
            await CaptionedAsync(api, captions => captions > 0);
            Say($"restart of {_cluster.NameOf(node)}: stopped in {Seconds(stopped)} s with exit code {code}");
        }

        var gaps = await _ledger.LongestGapsAsync(begin);
        Say($"longest time without a caption of a camera during the restarts: {Seconds(gaps.Values.Max())} s "
            + $"(median of the cameras {Seconds(Median(gaps.Values))} s)");
    }

    private async Task<IEnumerable<string>> MissingAtReceiverAsync() =>
    [
        .. (await _ledger.DeliveredIdsAsync()).Where(id => !_receiver.Accepted.ContainsKey(id))
            .Select(id => $"delivery {id} counts as delivered and never reached the receiver"),
        .. _receiver.Overlaps.Select(id => $"delivery {id} was tried twice at once"),
    ];

    private static Task<JsonNode> CaptionedAsync(ApiClient api, Func<int, bool> isEnough) => api.WaitForAsync(
        "api/cameras",
        cameras => cameras.AsArray().All(camera => isEnough((int?)camera!["report"]?["counters"]?["framesCaptioned"] ?? 0)),
        "captions of every camera");

    private static async Task<IReadOnlyList<string?>> StatesOf(ApiClient api) =>
        [.. (await api.GetAsync("api/cameras")).AsArray().Select(camera => (string?)camera!["report"]?["status"]?["state"])];

    private static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        var begin = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(begin) > TestTimeouts.Default)
            {
                throw new TimeoutException($"Waited {TestTimeouts.Default.TotalSeconds} s in vain for: {what}.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    private static TimeSpan Median(IEnumerable<TimeSpan> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);

    private void Say(string line) => _report.AppendLine(line);
}
