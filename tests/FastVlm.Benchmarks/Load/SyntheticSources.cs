using System.Globalization;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Cameras;
using FastVlm.Pipeline.Configuration;

namespace FastVlm.Benchmarks.Load;

/// <summary>Opens the cameras of a load run: those made in this process, and real ones as the platform itself does.</summary>
internal sealed class SyntheticSources(LoadPlan plan, ICameraSources real, TimeProvider timeProvider) : ICameraSources
{
    // Nobody connects to it; the address only tells which camera is meant.
    private const string Address = "rtsp://127.0.0.1:9/synthetic/";

    public static string UrlOf(int number) => string.Create(CultureInfo.InvariantCulture, $"{Address}{number}");

    public CameraSource Create(CameraId id, CameraSpec spec)
    {
        var url = spec.Url.Reveal();
        if (!url.StartsWith(Address, StringComparison.Ordinal)) return real.Create(id, spec);
        var number = int.Parse(url.AsSpan(Address.Length), CultureInfo.InvariantCulture);
        return new CameraSource(new SyntheticCamera(id, number, plan, timeProvider), new CameraFeedOptions { IsLive = true });
    }

    public bool ReadAlike(CameraSpec before, CameraSpec after) => real.ReadAlike(before, after);

    public void Forget(CameraId id) => real.Forget(id);
}
