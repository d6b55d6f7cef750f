using FastVlm.Pipeline.Configuration;

namespace FastVlm.Pipeline.Cameras;

/// <summary>What the feed looks for in each frame before anybody else sees it. The defaults look for nothing.</summary>
public sealed record InspectionOptions
{
    /// <summary>See <see cref="SamplingSpec.SceneChangeThreshold"/>; null does not look for scene changes.</summary>
    public double? SceneChangeThreshold { get; init; }

    /// <summary>Black pictures, and loops of them, are told apart from a healthy camera.</summary>
    public bool JudgesHealth { get; init; }

    /// <summary>Bit-identical pictures for this long are frozen; zero never. Only with <see cref="JudgesHealth"/>.</summary>
    public TimeSpan FrozenAfter { get; init; }

    /// <summary>The source repeats itself by its nature (a clip in a loop): that is no fault.</summary>
    public bool MayRepeat { get; init; }

    /// <summary>How far back the kept pictures reach; zero keeps none.</summary>
    public TimeSpan PreRoll { get; init; }

    /// <summary>A waiting scene change is kept against newer frames for this long.</summary>
    public TimeSpan FreshnessLimit { get; init; } = Limits.FrameAgeMax;

    /// <summary>What a camera's specification asks for.</summary>
    public static InspectionOptions For(CameraSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var url = spec.Url.Reveal();
        return new InspectionOptions
        {
            SceneChangeThreshold = spec.Sampling.SceneChange ? spec.Sampling.SceneChangeThreshold : null,
            JudgesHealth = true,
            FrozenAfter = spec.Sampling.FrozenAfter,
            MayRepeat = CameraScheme.IsClip(url),
            PreRoll = spec.Sampling.PreRoll,
            FreshnessLimit = spec.Sampling.FreshnessLimit,
        };
    }
}
