using System.Text.Json.Serialization;

namespace FastVlm.Pipeline.Configuration;

/// <summary>A camera as the user wrote it: API body, entry of the configuration file, stored row. Immutable.</summary>
public sealed record CameraSpec
{
    /// <summary>1 to <see cref="Limits.NameCharsMax"/> characters, unique among cameras without regard to case.</summary>
    public string Name { get; init; } = "";

    /// <summary>
    /// <c>rtsp://</c>, <c>rtsps://</c>, <c>http://</c>, <c>https://</c>; <c>demo:NAME</c> for a shipped clip played in a loop;
    /// <c>media:NAME</c> for a file in the media folder of the data directory, played in a loop. User and password are
    /// moved to <see cref="Credentials"/> when it is saved.
    /// </summary>
    public CameraUrl Url { get; init; } = new("");

    public IReadOnlyList<string> Tags { get; init; } = [];

    public bool Enabled { get; init; } = true;

    public CameraTransport Transport { get; init; } = CameraTransport.Tcp;

    /// <summary>Null: none are needed.</summary>
    public CameraCredentials? Credentials { get; init; }

    public SamplingSpec Sampling { get; init; } = new();

    /// <summary>1 to <see cref="Limits.PromptCharsMax"/> characters.</summary>
    public string Prompt { get; init; } = PromptPresets.Default.Prompt;

    /// <summary>Longest side of the frames, px; null takes what the model sees. 64 to 4096.</summary>
    public int? ResolutionPx { get; init; }

    /// <summary>Longest answer, tokens. 1 to 512.</summary>
    public int AnswerTokensMax { get; init; } = 64;

    /// <summary>The part of the picture that the model sees; null is all of it.</summary>
    public RegionSpec? Region { get; init; }

    /// <summary>
    /// Areas blacked out before anything leaves the reader: model, evidence, dashboard. In the whole picture's coordinates.
    /// </summary>
    public IReadOnlyList<MaskSpec> PrivacyMasks { get; init; } = [];

    /// <summary>When the camera is captioned; null is always. Outside of it frames are read but not looked at.</summary>
    public ScheduleSpec? Schedule { get; init; }
}

/// <summary>How RTP packets travel.</summary>
public enum CameraTransport
{
    Tcp,
    Udp,
}

/// <summary>What a camera asks for. Never returned, never logged; encrypted at rest.</summary>
public sealed record CameraCredentials
{
    public SecretText Username { get; init; } = new("");

    public SecretText Password { get; init; } = new("");
}

/// <summary>Which frames are decoded.</summary>
public enum SamplingMode
{
    /// <summary>
    /// Full, unless nobody looks for scene changes and the key frames alone keep the rate at any camera: a period of
    /// <see cref="Limits.KeyFrameIntervalMax"/> or more.
    /// </summary>
    Auto,

    /// <summary>Every frame is decoded.</summary>
    Full,

    /// <summary>Only key frames are decoded: a ninth of the cost, no look between them.</summary>
    Keyframes,
}

/// <summary>Which frames the model sees.</summary>
public sealed record SamplingSpec
{
    /// <summary>Frames per second for the model at most. Above 0, to 30.</summary>
    public double RatePerSecond { get; init; } = 1;

    public SamplingMode Mode { get; init; } = SamplingMode.Auto;

    /// <summary>Also look at frames between two ticks when the picture changes.</summary>
    public bool SceneChange { get; init; } = true;

    /// <summary>Mean change of brightness in the most changed part of the picture that counts as a change. Above 0, to 1.</summary>
    public double SceneChangeThreshold { get; init; } = 0.08;

    /// <summary>No frame older than this is captioned. 0.2 to 60 s.</summary>
    [JsonPropertyName("freshnessLimitSeconds")]
    public TimeSpan FreshnessLimit { get; init; } = Limits.FrameAgeMax;

    /// <summary>How far back the pictures reach that evidence keeps. 0 to 30 s.</summary>
    [JsonPropertyName("preRollSeconds")]
    public TimeSpan PreRoll { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>A picture without a change of a single bit for this long is frozen. 0 switches the test off; else 2 to 3600 s.</summary>
    [JsonPropertyName("frozenAfterSeconds")]
    public TimeSpan FrozenAfter { get; init; } = TimeSpan.FromSeconds(15);
}

/// <summary>A rectangle in shares of the picture's width and height, from its upper left corner: 0 to 1.</summary>
public sealed record RegionSpec
{
    public double X { get; init; }

    public double Y { get; init; }

    public double Width { get; init; } = 1;

    public double Height { get; init; } = 1;
}

/// <summary>A polygon, filled black.</summary>
public sealed record MaskSpec
{
    /// <summary>3 to 32 corners.</summary>
    public IReadOnlyList<PointSpec> Points { get; init; } = [];
}

/// <summary>A point in shares of the picture's width and height: 0 to 1.</summary>
public sealed record PointSpec(double X, double Y);
