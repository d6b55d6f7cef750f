using FastVlm.Grains;
using FastVlm.Grains.Inference;
using FastVlm.Grains.Wire;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Frames;
using FastVlm.Silo.Tests.Cluster;
using FastVlm.TestKit;
using FastVlm.Video.Jpeg;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace FastVlm.Silo.Tests.Measurements;

/// <summary>
/// What a frame of 512×288 px costs on its way to a device: <c>measure-hop CLIP</c>. The model answers at once, so that what is
/// left is the way: grain call, worker, answer.
/// </summary>
internal static class FrameHopMeasurement
{
    public const string Name = "measure-hop";

    private const int WarmUp = 300;
    private const int Count = 2000;

    public static async Task<int> RunAsync(string clip)
    {
        var image = (await RawFrames.ReadAsync(clip, 512, 288, ratePerSecond: 1))[1];
        var (encoder, decoder) = (new JpegEncoder(), new JpegDecoder());
        var jpeg = encoder.EncodeJpeg(image, ClusterLimits.FrameQuality);
        Console.WriteLine($"raw {image.Pixels.Length:#,0} bytes, JPEG {jpeg.Length:#,0} bytes");
        await ReportAsync("encode", () => Done(encoder.EncodeJpeg(image, ClusterLimits.FrameQuality)));
        await ReportAsync("decode", () => Done(decoder.DecodeJpeg(jpeg)));

        await using var postgres = new SharedPostgres();
        await using var cluster = await SiloTestCluster.CreateAsync(postgres);
        var here = await cluster.StartAsync("here", "cpu0");
        var there = await cluster.StartAsync("there", "cpu0");
        foreach (var node in cluster.Nodes)
        {
            node.Models["cpu0"].Say([.. Enumerable.Repeat(PushedCameras.EmptyCaption, (WarmUp + Count) * 3)]);
        }

        var raw = NewAsk(image, null);
        var ask = NewAsk(image, encoder);
        var serializer = here.Services.GetRequiredService<Serializer>();
        var copier = here.Services.GetRequiredService<DeepCopier>();
        var isCopied = !ReferenceEquals(copier.Copy(raw).Frame.Bytes, image.Pixels);
        Console.WriteLine($"local: the pixels are {(isCopied ? "copied" : "not copied")}");
        await ReportAsync("local call", () => AskAsync(here, "here/cpu0", NewAsk(image, null)));
        var answer = await here.Grains.GetGrain<IInferenceGrain>("there/cpu0").Ask(ask, CancellationToken.None);
        Console.WriteLine(
            $"remote: the question is {serializer.SerializeToArray(ask).Length:#,0} bytes on the wire, the answer "
            + $"{serializer.SerializeToArray(answer).Length:#,0}, each with a header of some 150");
        await ReportAsync("remote call, encoded before", () => AskAsync(here, "there/cpu0", ask));
        await ReportAsync("remote call with encoding", () => AskAsync(here, "there/cpu0", NewAsk(image, encoder)));
        Console.WriteLine($"looks: {here.LookCount} here, {there.LookCount} there");
        return 0;
    }

    private static AskWire NewAsk(RgbImage image, IPictureEncoder? encoder)
    {
        var now = TimeProvider.System.GetUtcNow();
        var frame = new Frame { CameraId = new CameraId("cam_1"), Index = 1, CapturedAt = now, Image = image };
        var request = new CaptionRequest
        {
            Frame = frame, Generation = new GenerationRequest { Prompt = "Describe the picture." }, SampledAt = now,
        };
        return AskWire.Of(request, FrameWire.Of(frame, now, encoder), now);
    }

    private static async Task AskAsync(TestNode from, string device, AskWire ask)
    {
        var answer = await from.Grains.GetGrain<IInferenceGrain>(device).Ask(ask, CancellationToken.None);
        _ = answer.Words ?? throw new InvalidOperationException($"{answer.Refusal}: {answer.Detail}");
    }

    private static Task Done(object result)
    {
        GC.KeepAlive(result);
        return Task.CompletedTask;
    }

    private static async Task ReportAsync(string what, Func<Task> call)
    {
        var times = new double[Count];
        for (var i = 0; i < WarmUp; i++)
        {
            await call();
        }

        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        for (var i = 0; i < Count; i++)
        {
            var start = TimeProvider.System.GetTimestamp();
            await call();
            times[i] = TimeProvider.System.GetElapsedTime(start).TotalMicroseconds;
        }

        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        Array.Sort(times);
        Console.WriteLine(
            $"{what}: median {times[Count / 2]:0} µs, p95 {times[Count * 95 / 100]:0} µs, least {times[0]:0} µs, "
            + $"{allocated / Count:#,0} bytes allocated by both ends");
    }
}
