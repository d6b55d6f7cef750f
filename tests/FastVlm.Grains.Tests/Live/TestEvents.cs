using System.Globalization;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Cameras;
using FastVlm.Pipeline.Live;

namespace FastVlm.Grains.Tests.Live;

/// <summary>Live events that say their own number.</summary>
internal static class TestEvents
{
    public static LiveEvent State(string camera, int number) => Reporting(camera, number.ToString(CultureInfo.InvariantCulture));

    public static LiveEvent Reporting(string camera, string what) => new CameraStateEvent(new CameraStatus
    {
        CameraId = new CameraId(camera),
        State = CameraState.Offline,
        Since = DateTimeOffset.UnixEpoch,
        Reason = what,
    })
    {
        CameraId = new CameraId(camera),
    };

    public static LiveEvent Text(string camera, int number) =>
        new CaptionTextEvent(number, "a ") { CameraId = new CameraId(camera) };

    public static int NumberOf(LiveEvent liveEvent) =>
        int.Parse(((CameraStateEvent)liveEvent).Status.Reason!, CultureInfo.InvariantCulture);
}
