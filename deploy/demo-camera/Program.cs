using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using FastVlm.TestKit.Rtsp;

// demo-camera CLIP.h264 [ADDRESS:PORT] [FRAMES-PER-SECOND]: plays the clip to whoever asks for rtsp://ADDRESS:PORT/cam, in a
// loop, without a password. For demonstrations; it is the tests' server and has none of a product's defences.
if (args is not [var clip, .. var rest] || !File.Exists(clip))
{
    Console.Error.WriteLine("demo-camera: give an Annex B file of H.264, then ADDRESS:PORT and frames per second if need be.");
    return 2;
}

var listen = IPEndPoint.Parse(rest is [var endpoint, ..] ? endpoint : "0.0.0.0:8554");
var rate = rest is [_, var text, ..] ? int.Parse(text, CultureInfo.InvariantCulture) : 15;
using var stop = new CancellationTokenSource();
using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
await using var server = RtspTestServer.Start(new RtspTestServerOptions
{
    VideoPath = clip, FramesPerSecond = rate, Address = listen.Address, Port = listen.Port, KeepsRequests = false,
});
Console.WriteLine($"demo-camera: rtsp://{listen}/cam");
var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
await using var registration = stop.Token.Register(stopped.SetResult);
await stopped.Task;
return 0;

void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    stop.Cancel();
}
