using System.Globalization;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Frames;

namespace FastVlm.Silo.Simulation;

/// <summary>
/// What the cameras see and when: each has looks at a time of its own within the period, and an event once in so many looks.
/// Depends on nothing but the plan and its seed.
/// </summary>
internal sealed class SimulatedStory(SimulationPlan plan, DateTimeOffset begin)
{
    public const string EventCaption = "A red gear has dropped on the floor beside the conveyor. Two blue bolts are on the belt.";

    private const string IdPrefix = "cam-";
    private const int WidthPx = 8;
    private const int HeightPx = 4;
    private const byte Grey = 90;
    private const byte EventMark = 255;

    private static readonly string[] Ordinary =
    [
        "The conveyor carries three parts: two red gears and one blue bolt.",
        "The conveyor carries one part: a green ring. A person stands beside the belt.",
        "The belt is empty and no part is on the floor.",
        "Two blue bolts and a green gear move along the belt. The box at the end is closed.",
    ];

    private static readonly string[] Subjects = ["smoke", "spark", "liquid", "crate", "pallet", "ladder", "hose", "bottle"];

    public static CameraId IdOf(int camera) => new(string.Create(CultureInfo.InvariantCulture, $"{IdPrefix}{camera:00000}"));

    public static int NumberOf(CameraId id) => int.Parse(id.Value.AsSpan(IdPrefix.Length), CultureInfo.InvariantCulture);

    public PlatformConfiguration Configuration() => new()
    {
        Cameras = [.. Enumerable.Range(0, plan.Cameras).Select(Camera)],
        Rules = [.. Enumerable.Range(0, plan.Rules).Select(Rule)],
    };

    /// <summary>The number of the camera's next look, and when it is.</summary>
    public (long Look, DateTimeOffset At) NextLook(int camera, DateTimeOffset after)
    {
        var since = after - begin - PhaseOf(camera);
        var look = since < TimeSpan.Zero ? 0 : (long)(since / plan.LookPeriod) + 1;
        return (look, begin + PhaseOf(camera) + (look * plan.LookPeriod));
    }

    /// <summary>Looks that a camera has had the occasion for between two moments.</summary>
    public static double LooksDue(SimulationPlan plan, TimeSpan during) => during.TotalSeconds * plan.DueLooksPerSecond;

    /// <summary>The number of the event that a frame shows; null where it shows none.</summary>
    public long? EventAt(int camera, DateTimeOffset capturedAt) =>
        EventOf(camera, (long)Math.Round((capturedAt - begin - PhaseOf(camera)) / plan.LookPeriod));

    public Frame Frame(int camera, long look, long index, DateTimeOffset at)
    {
        var pixels = new byte[WidthPx * HeightPx * 3];
        Array.Fill(pixels, Grey);
        BitConverter.TryWriteBytes(pixels.AsSpan(8), look);
        pixels[0] = EventOf(camera, look) is null ? Grey : EventMark;
        return new Frame { CameraId = IdOf(camera), Index = index, CapturedAt = at, Image = new RgbImage(WidthPx, HeightPx, pixels) };
    }

    /// <summary>What a model that sees everything says of a picture.</summary>
    public static string CaptionOf(RgbImage image) =>
        image.Pixels[0] == EventMark ? EventCaption : Ordinary[BitConverter.ToUInt32(image.Pixels, 8) % Ordinary.Length];

    private long? EventOf(int camera, long look)
    {
        // The first event of a camera is never at once, and cameras are not in step.
        var free = plan.LooksPerEvent - SimulationPlan.LooksOfEvent;
        var position = look + SimulationPlan.LooksOfEvent + (long)(Hash(camera, 2) % (ulong)free);
        return position % plan.LooksPerEvent < SimulationPlan.LooksOfEvent ? position / plan.LooksPerEvent : null;
    }

    private TimeSpan PhaseOf(int camera) => plan.LookPeriod * (Hash(camera, 1) % 10_000 / 10_000.0);

    // SplitMix64: equal on every machine and version, unlike string hashes.
    private ulong Hash(int camera, int purpose)
    {
        var value = ((ulong)(uint)plan.Seed << 40) + ((ulong)purpose << 32) + (uint)camera + 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    private Entry<CameraId, CameraSpec> Camera(int camera) => new()
    {
        Id = IdOf(camera),
        Spec = new CameraSpec
        {
            Name = string.Create(CultureInfo.InvariantCulture, $"Camera {camera}"),
            Url = new CameraUrl("demo:simulated"),
            Sampling = new SamplingSpec { RatePerSecond = plan.LooksPerSecond, SceneChange = false, FrozenAfter = TimeSpan.Zero },
        },
        CreatedAt = begin,
        UpdatedAt = begin,
    };

    private Entry<RuleId, RuleSpec> Rule(int rule) => new()
    {
        Id = new RuleId(string.Create(CultureInfo.InvariantCulture, $"rule-{rule:000}")),
        Spec = new RuleSpec
        {
            Name = string.Create(CultureInfo.InvariantCulture, $"Rule {rule}"),
            Expression = rule == 0 ? "part dropped or gear dropped" : $"{Subjects[rule % Subjects.Length]} on the floor",
            Timing = new RuleTiming { OffMisses = 3, ClearAfter = TimeSpan.FromSeconds(1) },
        },
        CreatedAt = begin,
        UpdatedAt = begin,
    };
}
