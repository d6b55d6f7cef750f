using System.Diagnostics;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Cameras;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Nodes;
using FastVlm.TestKit;
using FastVlm.Web.Metrics;

namespace FastVlm.Web.Tests;

public sealed class MetricsTests
{
    private const string Token = "a-long-access-token";

    private readonly Dictionary<CameraId, CameraReport> _cameras = [];

    [Fact]
    public async Task A_node_tells_of_its_cameras_and_devices()
    {
        _cameras[new CameraId("a")] = Camera("a", CameraState.Live, captioned: 7, tooOld: 2);
        _cameras[new CameraId("b")] = Camera("b", CameraState.Offline, captioned: 1, tooOld: 0);

        var lines = await LinesAsync(new NodeMetrics(Sources()));

        Assert.Contains("# HELP fastvlm_cameras Cameras that this node reads, by state.", lines);
        Assert.Contains("# TYPE fastvlm_frames_total counter", lines);
        Assert.Contains("fastvlm_cameras{state=\"live\"} 1", lines);
        Assert.Contains("fastvlm_cameras{state=\"stalled\"} 0", lines);
        Assert.Contains("fastvlm_frames_total{outcome=\"captioned\"} 8", lines);
        Assert.Contains("fastvlm_frames_total{outcome=\"too_old\"} 2", lines);
        Assert.Contains("fastvlm_frames_total{outcome=\"outside_schedule\"} 0", lines);
        Assert.Contains("fastvlm_looks_total{node=\"plant \\\"a\\\"\",device=\"gpu0\"} 42", lines);
        Assert.Contains("fastvlm_inference_waiting{node=\"plant \\\"a\\\"\",device=\"gpu0\"} 3", lines);
        Assert.DoesNotContain(lines, line => line.Contains("fastvlm_incidents_open", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Sums_do_not_fall_when_a_camera_moves_away_or_starts_anew()
    {
        var metrics = new NodeMetrics(Sources());
        _cameras[new CameraId("a")] = Camera("a", CameraState.Live, captioned: 100, tooOld: 0);
        _cameras[new CameraId("b")] = Camera("b", CameraState.Live, captioned: 10, tooOld: 0);
        Assert.Contains("fastvlm_frames_total{outcome=\"captioned\"} 110", await LinesAsync(metrics));

        _cameras.Remove(new CameraId("a"));
        _cameras[new CameraId("b")] = Camera("b", CameraState.Live, captioned: 4, tooOld: 0);
        Assert.Contains("fastvlm_frames_total{outcome=\"captioned\"} 114", await LinesAsync(metrics));

        _cameras[new CameraId("a")] = Camera("a", CameraState.Live, captioned: 5, tooOld: 0);
        Assert.Contains("fastvlm_frames_total{outcome=\"captioned\"} 119", await LinesAsync(metrics));
    }

    [Fact]
    public async Task A_web_node_tells_of_the_installation_and_every_metric_is_described()
    {
        await using var web = await WebFixture.StartAsync();
        var camera = await web.AddCameraAsync("gate");
        web.History.Fill(new CameraId(camera), new EndpointId("hook"));
        web.Health.Report("file", "It is broken.");
        var metrics = new NodeMetrics(Sources() with { Installation = web.Ports });

        var lines = await LinesAsync(metrics);

        Assert.Contains("fastvlm_cameras_configured{enabled=\"true\"} 1", lines);
        Assert.Contains("fastvlm_incidents_open 1", lines);
        Assert.Contains("fastvlm_deliveries_pending 1", lines);
        Assert.Contains("fastvlm_problems 1", lines);
        Assert.Contains("fastvlm_store_up 1", lines);
        var written = lines.Where(line => line.StartsWith("# TYPE ", StringComparison.Ordinal)).Select(line => line.Split(' ')[2]).ToList();
        Assert.Equal(MetricFamilies.All.Select(family => family.Name).Order(), written.Order());

        web.History.IsBroken = true;
        lines = await LinesAsync(metrics);
        Assert.Contains("fastvlm_store_up 0", lines);
        Assert.DoesNotContain(lines, line => line.StartsWith("fastvlm_incidents_open ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Promtool_finds_no_fault()
    {
        Assert.SkipUnless(
            Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(folder => File.Exists(Path.Combine(folder, "promtool"))),
            "promtool is not installed (Debian's package prometheus has it).");
        await using var web = await WebFixture.StartAsync();
        _cameras[new CameraId("a")] = Camera("a", CameraState.Live, captioned: 7, tooOld: 2);
        var text = await new NodeMetrics(Sources() with { Installation = web.Ports }).WriteAsync(CancellationToken.None);

        using var promtool = Process.Start(new ProcessStartInfo("promtool", ["check", "metrics"])
        {
            RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true,
        })!;
        await promtool.StandardInput.WriteAsync(text);
        promtool.StandardInput.Close();
        var cancelled = TestContext.Current.CancellationToken;
        var output = await promtool.StandardOutput.ReadToEndAsync(cancelled) + await promtool.StandardError.ReadToEndAsync(cancelled);
        await promtool.WaitForExitAsync(cancelled);

        Assert.True(promtool.ExitCode == 0 && output.Length == 0, output);
    }

    [Theory]
    [InlineData(null, null, null, 200)]
    [InlineData(null, "Host", "evil.example", 403)]
    [InlineData(null, "X-Forwarded-For", "10.0.0.9", 403)]
    [InlineData(Token, null, null, 200)]
    [InlineData(Token, "X-Forwarded-For", "10.0.0.9", 401)]
    [InlineData(Token, "Forwarded", "for=10.0.0.9", 401)]
    [InlineData(Token, "Host", "evil.example", 401)]
    public async Task Figures_are_for_this_machine_without_a_token(string? token, string? header, string? value, int status)
    {
        await using var server = await StartAsync(token);

        Assert.Equal(status, await GetAsync(server, header is null ? [] : [(header, value!)]));
    }

    [Theory]
    [InlineData("Bearer " + Token, 200)]
    [InlineData("Bearer wrong", 401)]
    [InlineData("Basic " + Token, 401)]
    public async Task Others_give_the_access_token(string authorization, int status)
    {
        await using var server = await StartAsync(Token);

        Assert.Equal(status, await GetAsync(server, ("X-Forwarded-For", "10.0.0.9"), ("Authorization", authorization)));
    }

    [Fact]
    public async Task Who_guesses_waits()
    {
        await using var server = await StartAsync(Token);
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(401, await GetAsync(server, ("Via", "1.1 p"), ("Authorization", "Bearer wrong")));
        }

        Assert.Equal(429, await GetAsync(server, ("Via", "1.1 p"), ("Authorization", "Bearer " + Token)));
    }

    private Task<PlatformServer> StartAsync(string? token) => PlatformServer.StartProbesAsync(
        new PlatformServerOptions { Urls = ["http://127.0.0.1:0"], Metrics = new NodeMetrics(Sources()), MetricsToken = token },
        new CollectingLogger(),
        CancellationToken.None);

    private static async Task<int> GetAsync(PlatformServer server, params (string Name, string Value)[] headers)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Addresses.Single(), "/metrics"));
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await client.SendAsync(request).Within("an answer to GET /metrics");
        return (int)response.StatusCode;
    }

    private static async Task<string[]> LinesAsync(NodeMetrics metrics) => (await metrics.WriteAsync(CancellationToken.None)).Split('\n');

    private NodeMetricsSources Sources() => new()
    {
        Version = "1.2.3",
        Cameras = _ => Task.FromResult<IReadOnlyDictionary<CameraId, CameraReport>>(_cameras),
        Self = () => new NodeReport
        {
            Name = "plant \"a\"", Version = "1.2.3", Roles = ["camera"], State = NodeState.Live, StageCount = 2,
            Devices = [new DeviceReport { Name = "gpu0", Model = Model(), Waiting = 3, AnsweredCount = 42 }],
        },
    };

    private static ModelCard Model() => new FakeModels().List()[0];

    private static CameraReport Camera(string id, CameraState state, long captioned, long tooOld) => new()
    {
        Status = new CameraStatus { CameraId = new CameraId(id), State = state, Since = DateTimeOffset.UnixEpoch },
        Counters = new FeedCounters
        {
            FramesRead = captioned + tooOld, FramesSampled = captioned, FramesCaptioned = captioned, Restarts = 0, Stalls = 0,
            FramesDropped = new Dictionary<DropReason, long> { [DropReason.TooOld] = tooOld },
        },
    };
}
