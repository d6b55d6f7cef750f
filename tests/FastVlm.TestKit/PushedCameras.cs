using System.Runtime.CompilerServices;
using System.Threading.Channels;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Cameras;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Frames;

namespace FastVlm.TestKit;

/// <summary>What a pushed picture shows, and what <see cref="PushedCameras.NewModel"/> says of it.</summary>
public enum Scene
{
    Empty,
    Dropped,
}

/// <summary>
/// Cameras whose frames a test pushes. A frame goes to every feed that reads the camera at that moment, on whichever node:
/// two at once are what a test of fencing wants to see.
/// </summary>
public sealed class PushedCameras(TimeProvider timeProvider)
{
    public const string EmptyCaption = "The belt is empty.";
    public const string DroppedCaption = "A part lies on the floor.";

    private const int SidePx = 32;
    private const byte DarkLevel = 70;
    private const byte BrightLevel = 190;

    /// <summary>Frames are at least this far apart by their stamps, so that each is due at <see cref="RatePerSecond"/>.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(50);

    /// <summary>A pushed frame is always looked at.</summary>
    public const double RatePerSecond = 30;

    private readonly Lock gate = new();
    private readonly List<Reader> readers = [];
    private readonly Dictionary<CameraId, DateTimeOffset> lastStamps = [];

    /// <summary>One entry each time a node begins to read a camera.</summary>
    public Collector<(string Node, CameraId Camera)> Openings { get; } = new("openings of cameras");

    /// <summary>One entry each time a node has ended to read a camera.</summary>
    public Collector<(string Node, CameraId Camera)> Closings { get; } = new("closings of cameras");

    /// <summary>A model that says what the pushed pictures show, also after their way as JPEG.</summary>
    public static FakeModel NewModel() => new()
    {
        Sees = image => image.Pixels.Average(level => (double)level) > (DarkLevel + BrightLevel) / 2.0 ? DroppedCaption : EmptyCaption,
    };

    /// <summary>A camera of this kind, as a user would write it.</summary>
    public static CameraSpec SpecOf(string name) => new()
    {
        Name = name,
        Url = new CameraUrl("rtsp://camera.example/" + name),
        Sampling = new SamplingSpec
        {
            RatePerSecond = RatePerSecond, SceneChange = false, FrozenAfter = TimeSpan.Zero, FreshnessLimit = TimeSpan.FromSeconds(60),
        },
    };

    public ICameraSources On(string node) => new Sources(this, node);

    /// <summary>The nodes that read the camera now.</summary>
    public IReadOnlyList<string> ReadersOf(CameraId camera)
    {
        lock (gate)
        {
            return [.. readers.Where(reader => reader.Camera == camera).Select(reader => reader.Node)];
        }
    }

    /// <returns>How many feeds got it.</returns>
    public int Push(CameraId camera, Scene scene)
    {
        lock (gate)
        {
            var now = timeProvider.GetUtcNow();
            var stamp = lastStamps.TryGetValue(camera, out var last) && last + Period > now ? last + Period : now;
            lastStamps[camera] = stamp;
            var there = readers.Where(reader => reader.Camera == camera).ToList();
            there.ForEach(reader => reader.Push(stamp, scene));
            return there.Count;
        }
    }

    private Reader Open(string node, CameraId camera)
    {
        var reader = new Reader(node, camera);
        lock (gate)
        {
            readers.Add(reader);
        }

        Openings.Add((node, camera));
        return reader;
    }

    private void Close(Reader reader)
    {
        lock (gate)
        {
            readers.Remove(reader);
        }

        Closings.Add((reader.Node, reader.Camera));
    }

    private sealed class Reader(string node, CameraId camera)
    {
        private readonly Random noise = new(1);
        private long index;

        public string Node => node;

        public CameraId Camera => camera;

        public Channel<Frame> Frames { get; } = Channel.CreateUnbounded<Frame>();

        public void Push(DateTimeOffset stamp, Scene scene)
        {
            var pixels = new byte[SidePx * SidePx * 3];
            noise.NextBytes(pixels);
            var level = scene == Scene.Dropped ? BrightLevel : DarkLevel;
            for (var i = 0; i < pixels.Length; i++)
            {
                // A little noise, so that no picture is the same as another.
                pixels[i] = (byte)(level + (pixels[i] & 0x1F));
            }

            Frames.Writer.TryWrite(new Frame
            {
                CameraId = camera, Index = index++, CapturedAt = stamp, Image = new RgbImage(SidePx, SidePx, pixels),
            });
        }
    }

    private sealed class Sources(PushedCameras cameras, string node) : ICameraSources
    {
        public CameraSource Create(CameraId id, CameraSpec spec) => new(
            new Source(cameras, node, id),
            new CameraFeedOptions { IsLive = true, StallAfter = TimeSpan.FromHours(1), FirstFrameWithin = TimeSpan.FromHours(1) });

        public bool ReadAlike(CameraSpec before, CameraSpec after) => before.Url == after.Url;

        public void Forget(CameraId id)
        {
        }
    }

    private sealed class Source(PushedCameras cameras, string node, CameraId camera) : IFrameSource
    {
        public async IAsyncEnumerable<Frame> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            var reader = cameras.Open(node, camera);
            try
            {
                await foreach (var frame in reader.Frames.Reader.ReadAllAsync(cancellationToken))
                {
                    yield return frame;
                }
            }
            finally
            {
                cameras.Close(reader);
            }
        }
    }
}
