using System.Collections.Concurrent;
using System.Globalization;
using FastVlm.Grains.Members;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Incidents;
using FastVlm.Storage;
using FastVlm.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using ClusterOptions = FastVlm.Grains.Hosting.ClusterOptions;

namespace FastVlm.Silo.Tests.Cluster;

/// <summary>A caption as the database took it.</summary>
/// <param name="FeedEpoch">Of the feed whose frame it tells of.</param>
/// <param name="Text">What the model said.</param>
internal sealed record StoredCaption(long FeedEpoch, string Text);

/// <summary>
/// Several nodes in this process, over real TCP and a real database of their own, with cameras whose frames the test pushes
/// and models that say what those show.
/// </summary>
internal sealed class SiloTestCluster : IAsyncDisposable
{
    /// <summary>Longer than a crowded machine lets a living node be silent; short enough to wait for a dead one.</summary>
    private static readonly TimeSpan DetectWithin = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan PushAgainAfter = TimeSpan.FromMilliseconds(300);

    private readonly PostgresServer _server;
    private readonly TempDirectory _folder;
    private readonly string _database;
    private readonly string _clusterId;
    private readonly bool _isFork;
    private readonly ConcurrentDictionary<TestNode, string> _logins = new();
    private readonly List<TestNode> _live = [];
    private readonly List<TestNode> _cutOff = [];
    private readonly ILoggerFactory _logs;
    private int _started;

    private SiloTestCluster(PostgresServer server, string database, SiloTestCluster? origin)
    {
        (_server, _database) = (server, database);
        _isFork = origin is not null;
        _folder = origin?._folder ?? new TempDirectory();
        _clusterId = Guid.NewGuid().ToString("N");
        Cameras = origin?.Cameras ?? new PushedCameras(TimeProvider.System);
        Planner = origin?.Planner ?? new DeliveryPlanner(new DeliveryPlannerOptions());
        Log = origin?.Log ?? new CollectingLogger();
        _logs = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Information).AddProvider(new To(Log)));
    }

    public PushedCameras Cameras { get; }

    public CollectingLogger Log { get; }

    /// <summary>To be set before the first node starts.</summary>
    public IDeliveryPlanner Planner { get; set; }

    /// <summary>In the order in which they were started.</summary>
    public IReadOnlyList<TestNode> Nodes => _live;

    public static async Task<SiloTestCluster> CreateAsync(SharedPostgres postgres)
    {
        var server = await postgres.ServerAsync();
        return new SiloTestCluster(server, await server.CreateDatabaseAsync(), origin: null);
    }

    /// <summary>Another cluster on the same database and cameras, as where the network between two halves is gone.</summary>
    public SiloTestCluster Fork() => new(_server, _database, this);

    public Task<TestNode> StartAsync(string name, params string[] devices) =>
        StartAsAsync(name, new ClusterOptions().Version, null, devices);

    /// <summary>Starts a node that reads cameras, and returns when all know each other.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="version">Which version it says it is.</param>
    /// <param name="configure">May replace what its host is made of.</param>
    /// <param name="devices">Its devices.</param>
    public async Task<TestNode> StartAsAsync(string name, string version, Action<ISiloBuilder>? configure, params string[] devices)
    {
        var login = await CreateLoginAsync();
        var setup = new TestNodeSetup
        {
            Cluster = new ClusterOptions
            {
                ClusterId = _clusterId,
                ServiceId = _clusterId,
                SiloName = name,
                Roles = devices.Length > 0 ? SiloRoles.Camera | SiloRoles.Gpu : SiloRoles.Camera,
                Devices = devices,
                SiloPort = WebhookReceiver.FreePort(),
                ConnectionString = new NpgsqlConnectionStringBuilder(_database) { Username = login }.ConnectionString,
                DetectFailureWithin = DetectWithin,
                Version = version,
            },
            SecretsKeyFile = _folder.File("secrets.key"),
            Sources = Cameras.On(name),
            Planner = Planner,
            Logs = _logs,
            Configure = configure,
        };
        var node = await TestNode.StartAsync(setup);
        _logins[node] = login;
        _live.Add(node);
        await PostgresServer.ExecuteAsync(_database, StoredOrder);
        await SettleAsync();
        return node;
    }

    /// <summary>In order: its cameras are handed over first.</summary>
    public async Task StopAsync(TestNode node)
    {
        await node.StopAsync();
        _live.Remove(node);
        await SettleAsync();
    }

    /// <summary>Without handing anything over, but in order otherwise.</summary>
    public async Task EndAsync(TestNode node)
    {
        _live.Remove(node);
        await node.DisposeAsync();
    }

    /// <summary>
    /// Cuts a node off from the others and the database at the same moment, and returns when it counts as dead. It goes on by
    /// itself and does not know: worse than a crash.
    /// </summary>
    public async Task KillAsync(TestNode node)
    {
        await CutAsync(node);
        await SettleAsync();
    }

    /// <summary>Returns at once; the others have not noticed yet.</summary>
    public async Task CutAsync(TestNode node)
    {
        node.Cut();
        var login = _logins[node];
        await _server.ExecuteAsync($"ALTER ROLE {login} NOLOGIN");
        await _server.ExecuteAsync($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{login}'");
        _live.Remove(node);
        _cutOff.Add(node);
    }

    /// <summary>Changes the configuration while no node runs.</summary>
    public async Task ConfigureAsync(Func<ConfigurationDesk, Task> change)
    {
        var options = new PostgresStoreOptions
        {
            ConnectionString = new SecretText(_database), SecretsKeyFile = _folder.File("secrets.key"),
        };
        await using var store = await PostgresPlatformStore.OpenAsync(options, TimeProvider.System, Log, CancellationToken.None);
        using var desk = await ConfigurationDesk.OpenAsync(
            store.Configuration, TimeProvider.System, DestinationPolicy.Public, CancellationToken.None);
        await change(desk);
    }

    public async Task<CameraId[]> AddCamerasAsync(int count, string prefix = "line")
    {
        var cameras = new List<CameraId>();
        for (var number = 1; number <= count; number++)
        {
            var spec = PushedCameras.SpecOf(string.Create(CultureInfo.InvariantCulture, $"{prefix}-{number}"));
            cameras.Add((await _live[0].Configuration.Cameras.AddAsync(spec, CancellationToken.None)).Require().Id);
        }

        return [.. cameras];
    }

    public async Task<RuleId> AddRuleAsync(RuleTiming timing)
    {
        var rule = new RuleSpec { Name = "Part dropped", Expression = "floor", Timing = timing };
        var id = (await _live[0].Configuration.Rules.AddAsync(rule, CancellationToken.None)).Require().Id;
        await TestTimeouts.UntilAsync(
            () => _live.All(node => node.Configuration.Rules.Find(id) is not null), "every node to know the rule");
        return id;
    }

    /// <summary>Returns when each camera is read by one living node.</summary>
    public Task ReadingAsync(params CameraId[] cameras) => TestTimeouts.UntilAsync(
        () => cameras.All(camera => _live.Count(node => node.Cameras.Find(camera) is not null && IsReading(node, camera)) == 1),
        "every camera to be read by one node");

    /// <summary>The living node that reads the camera.</summary>
    public TestNode ReaderOf(CameraId camera) => _live.Single(node => node.Cameras.Find(camera) is not null);

    /// <summary>Pushes frames until the camera has one more caption.</summary>
    public async Task LookAsync(CameraId camera, Scene scene = Scene.Empty)
    {
        var before = await CountAsync(camera);
        var count = before;
        var start = TimeProvider.System.GetTimestamp();
        for (var pushed = TimeSpan.MinValue; count == before; count = await CountAsync(camera))
        {
            var elapsed = TimeProvider.System.GetElapsedTime(start);
            if (elapsed > TestTimeouts.Default)
            {
                throw new TimeoutException($"Waited {TestTimeouts.Default.TotalSeconds} s in vain for a caption of camera {camera}.");
            }

            // A frame is lost where its camera or its device has just moved; one that waits is not to be followed by another.
            if (pushed == TimeSpan.MinValue || elapsed - pushed > PushAgainAfter)
            {
                pushed = Cameras.Push(camera, scene) > 0 ? elapsed : pushed;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
    }

    /// <summary>Each camera gets this many more captions.</summary>
    public Task LookAsync(IEnumerable<CameraId> cameras, int times) => Task.WhenAll(cameras.Select(async camera =>
    {
        for (var i = 0; i < times; i++)
        {
            await LookAsync(camera);
        }
    }));

    /// <summary>Pushes one frame and returns when its caption is stored.</summary>
    public async Task LookOnceAsync(CameraId camera, Scene scene)
    {
        var before = await CountAsync(camera);
        Assert.Equal(1, Cameras.Push(camera, scene));
        var start = TimeProvider.System.GetTimestamp();
        while (await CountAsync(camera) == before)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < TestTimeouts.Default, $"no caption of camera {camera}");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }

        Assert.Equal(before + 1, await CountAsync(camera));
    }

    public Task<long> CountAsync(CameraId camera) =>
        PostgresServer.ScalarAsync<long>(_database, $"SELECT count(*) FROM public.stored WHERE camera_id = '{camera.Value}'");

    /// <summary>The camera's captions in the order in which the database took them.</summary>
    public async Task<IReadOnlyList<StoredCaption>> CaptionsAsync(CameraId camera)
    {
        await using var connection = new NpgsqlConnection(_database);
        await connection.OpenAsync();
        const string Sql = "SELECT feed_epoch, text FROM public.stored WHERE camera_id = $1 ORDER BY n";
        await using var command = new NpgsqlCommand(Sql, connection);
        command.Parameters.AddWithValue(camera.Value);
        await using var reader = await command.ExecuteReaderAsync();
        var captions = new List<StoredCaption>();
        while (await reader.ReadAsync())
        {
            captions.Add(new StoredCaption(reader.GetInt64(0), reader.GetString(1)));
        }

        return captions;
    }

    public Task<IReadOnlyList<Incident>> IncidentsAsync(CameraId camera) => _live[0].Store.Incidents.FindAsync(
        new Pipeline.Storage.IncidentQuery { CameraId = camera, Kind = IncidentKind.Rule }, CancellationToken.None);

    /// <summary>Returns when all living nodes know each other and nobody else, and what the others can do.</summary>
    public async Task SettleAsync()
    {
        foreach (var node in _live)
        {
            await TestTimeouts.UntilAsync(
                () => node.Members.Current is { IsIncomplete: false } view
                    && view.Live.Select(member => member.Name).Order().SequenceEqual(_live.Select(other => other.Name).Order())
                    && node.Services.GetRequiredService<IClusterManifestProvider>().Current.Silos.Count >= _live.Count,
                $"node '{node.Name}' to see {string.Join(", ", _live.Select(other => other.Name))}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Enumerable.Reverse(_live).Concat(_cutOff))
        {
            await node.DisposeAsync();
        }

        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', Log.Lines.Items.TakeLast(150)));
        _logs.Dispose();
        if (!_isFork)
        {
            _folder.Dispose();
        }
    }

    private static string StoredOrder => """
        CREATE TABLE IF NOT EXISTS public.stored (
          n bigserial PRIMARY KEY, camera_id text COLLATE "C" NOT NULL, feed_epoch bigint NOT NULL, text text NOT NULL);
        CREATE OR REPLACE FUNCTION public.note_stored() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          INSERT INTO public.stored (camera_id, feed_epoch, text) VALUES (new.camera_id, new.feed_epoch, new.text);
          RETURN new;
        END $$;
        CREATE OR REPLACE TRIGGER note_stored AFTER INSERT ON fastvlm.caption FOR EACH ROW EXECUTE FUNCTION public.note_stored();
        CREATE INDEX IF NOT EXISTS stored_by_camera ON public.stored (camera_id);
        """;

    private bool IsReading(TestNode node, CameraId camera) => Cameras.ReadersOf(camera).Contains(node.Name);

    /// <summary>A right of its own to the database, which can be taken away from the node.</summary>
    private async Task<string> CreateLoginAsync()
    {
        var builder = new NpgsqlConnectionStringBuilder(_database);
        var login = string.Create(CultureInfo.InvariantCulture, $"{builder.Database}_{_clusterId[..6]}_{++_started}");
        await _server.ExecuteAsync(
            $"CREATE ROLE {login} LOGIN PASSWORD '{builder.Password}' IN ROLE {PostgresServer.User};"
            + $"ALTER ROLE {login} SET role = '{PostgresServer.User}'");
        return login;
    }

    private sealed class To(ILogger logger) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => logger;

        public void Dispose()
        {
        }
    }
}

/// <summary>Changes of the configuration that a test expects to be taken.</summary>
internal static class ChangeExtensions
{
    public static TEntry Require<TEntry>(this Change<TEntry> change)
    {
        Assert.Equal(ChangeStatus.Done, change.Status);
        return change.Entry!;
    }
}
