using System.Diagnostics;
using FastVlm.Grains.Cameras;
using FastVlm.Grains.Silos;
using FastVlm.Grains.Wire;
using FastVlm.TestKit;
using Orleans.Serialization;

namespace FastVlm.Grains.Tests.Wire;

/// <summary>Two versions in one cluster: a process whose types have more members under the same names.</summary>
public sealed class NextVersionTests
{
    private const string Program = "FastVlm.NextVersion.TestKit";

    private static readonly Serializer Present = WireFiles.NewSerializer();

    private static readonly object[] Sent =
    [
        new LoadWire(7), new NodeCamerasWire(["cam_1"], IsDraining: true), new PictureWire("cap_1", DateTimeOffset.UnixEpoch, [1]),
    ];

    [Fact]
    public async Task What_either_version_writes_the_other_reads()
    {
        using var next = Start();

        // Members that this version does not know are passed over, also where it does not know their type.
        Assert.Equal(new LoadWire(7), await ReceiveAsync<LoadWire>(next));
        var cameras = await ReceiveAsync<NodeCamerasWire>(next);
        Assert.Equal((true, "cam_1 cam_2"), (cameras.IsDraining, string.Join(' ', cameras.Cameras)));
        var picture = await ReceiveAsync<PictureWire>(next);
        Assert.Equal(("cap_1", DateTimeOffset.UnixEpoch), (picture.CaptionId, picture.CapturedAt));
        Assert.Equal([0xFF, 0xD8, 0xFF, 0xD9], picture.Jpeg);

        // Members that this version does not write have their defaults there.
        foreach (var value in Sent)
        {
            await next.StandardInput.WriteLineAsync(Convert.ToBase64String(Present.SerializeToArray<object>(value)));
        }

        next.StandardInput.Close();
        Assert.Equal("""LoadWire {"Waiting":7,"Note":null}""", await LineAsync(next));
        Assert.Equal("""NodeCamerasWire {"Cameras":["cam_1"],"IsDraining":true,"Weight":0}""", await LineAsync(next));
        Assert.Equal(
            """PictureWire {"CaptionId":"cap_1","CapturedAt":"1970-01-01T00:00:00+00:00","Jpeg":"AQ==","Place":null}""",
            await LineAsync(next));
        await next.WaitForExitAsync(TestContext.Current.CancellationToken).Within("the end of the next version");
        Assert.Equal(0, next.ExitCode);
    }

    private static Process Start()
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        var path = Path.Combine(own.Parent!.Parent!.FullName, Program, own.Name, Program);
        return Process.Start(new ProcessStartInfo(path) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
    }

    private static async Task<T> ReceiveAsync<T>(Process next) =>
        Assert.IsType<T>(Present.Deserialize<object>(Convert.FromBase64String(await LineAsync(next))));

    private static async Task<string> LineAsync(Process next) =>
        await next.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().Within("a line of the next version") ?? "";
}
