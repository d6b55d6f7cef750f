using FastVlm.Grains.Inference;
using FastVlm.Grains.Members;
using FastVlm.Grains.Wire;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Frames;
using FastVlm.Pipeline.Inference;
using FastVlm.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace FastVlm.Grains.Tests.Inference;

/// <summary>A camera's node asks the devices of a real cluster; their models are fakes.</summary>
public sealed class GrainCaptionerTests
{
    [Fact]
    public async Task A_frame_that_a_device_cannot_take_is_asked_of_another_one()
    {
        await using var cluster = new DeviceCluster();
        var asking = await cluster.StartAsync("line", SiloRoles.Camera);
        await cluster.StartAsync("a", SiloRoles.Gpu);
        await cluster.StartAsync("b", SiloRoles.Gpu);
        await cluster.FillAsync("a");

        var outcome = await DeviceCluster.AskAsync(asking);

        Assert.Equal("b sees it.", Assert.IsType<Caption>(outcome).Text);
    }

    [Fact]
    public async Task No_more_devices_are_asked_than_a_frame_is_worth_and_what_they_say_is_told()
    {
        await using var cluster = new DeviceCluster();
        var asking = await cluster.StartAsync("line", SiloRoles.Camera);
        foreach (var name in (string[])["a", "b", "c"])
        {
            await cluster.StartAsync(name, SiloRoles.Gpu);
            await cluster.FillAsync(name);
        }

        var outcome = await DeviceCluster.AskAsync(asking);

        Assert.Equal(RefusalReason.QueueFull, Assert.IsType<CaptionRefusal>(outcome).Reason);
        Assert.Equal(ClusterLimits.DevicesTriedMax, cluster.AnsweredCount);
    }

    [Fact]
    public async Task A_model_that_fails_on_a_frame_is_the_answer()
    {
        await using var cluster = new DeviceCluster();
        var asking = await cluster.StartAsync("line", SiloRoles.Camera);
        await cluster.StartAsync("a", SiloRoles.Gpu);
        await cluster.StartAsync("b", SiloRoles.Gpu);
        cluster.ModelOf("a").Fail(new FailureException(FailureKind.PromptTooLong, "The prompt is too long."));

        var refusal = Assert.IsType<CaptionRefusal>(await DeviceCluster.AskAsync(asking));

        Assert.Equal((RefusalReason.Failed, FailureKind.PromptTooLong, 1), (refusal.Reason, refusal.FailureKind, cluster.AnsweredCount));
    }

    [Fact]
    public async Task A_device_whose_node_is_gone_costs_no_caption()
    {
        await using var cluster = new DeviceCluster();
        var asking = await cluster.StartAsync("line", SiloRoles.Camera);
        var gone = await cluster.StartAsync("a", SiloRoles.Gpu);
        await cluster.StartAsync("b", SiloRoles.Gpu);
        Assert.Equal("a sees it.", Assert.IsType<Caption>(await DeviceCluster.AskAsync(asking)).Text);

        await cluster.StopAsync(gone);

        Assert.Equal("b sees it.", Assert.IsType<Caption>(await DeviceCluster.AskAsync(asking)).Text);
    }

    [Fact]
    public async Task Where_there_is_no_device_that_is_said()
    {
        await using var cluster = new DeviceCluster();
        var asking = await cluster.StartAsync("line", SiloRoles.Camera);

        var refusal = Assert.IsType<CaptionRefusal>(await DeviceCluster.AskAsync(asking));

        Assert.Equal((RefusalReason.EngineStopped, "No node with the role gpu is there; start one."), (refusal.Reason, refusal.Detail));
    }

    [Fact]
    public async Task A_picture_that_is_none_is_refused_by_the_device_and_no_defect()
    {
        await using var cluster = new DeviceCluster();
        var node = await cluster.StartAsync("a", SiloRoles.Gpu);
        var frame = FrameWire.Of(TestFrames.At(TimeProvider.System.GetUtcNow()), TimeProvider.System.GetUtcNow(), new FakePictureEncoder());
        var ask = AskWire.Of(DeviceCluster.NewRequest(), frame with { Bytes = [1, 2, 3] }, TimeProvider.System.GetUtcNow());

        var answer = await NodeCluster.Grains(node).GetGrain<IInferenceGrain>("a/cpu0").Ask(ask, TestContext.Current.CancellationToken);

        Assert.Equal((RefusalReason.Failed, FailureKind.PictureInvalid), (answer.Refusal, answer.FailureKind));
        Assert.Null(answer.Words);
    }

    /// <summary>Nothing is encoded, serialized or copied: the model gets the very bytes that the camera's reader has written.</summary>
    [Fact]
    public async Task A_frame_for_the_own_device_is_handed_over_as_it_is()
    {
        await using var cluster = new DeviceCluster();
        var node = await cluster.StartAsync("a", SiloRoles.Camera | SiloRoles.Gpu);
        var request = DeviceCluster.NewRequest();

        Assert.IsType<Caption>(await DeviceCluster.AskAsync(node, request));

        Assert.Same(request.Frame.Image.Pixels, cluster.LastPictureOf("a").Pixels);
    }

    [Fact]
    public async Task A_frame_for_another_nodes_device_travels_as_a_picture()
    {
        await using var cluster = new DeviceCluster();
        var asking = await cluster.StartAsync("line", SiloRoles.Camera);
        await cluster.StartAsync("a", SiloRoles.Gpu);

        Assert.IsType<Caption>(await DeviceCluster.AskAsync(asking));

        Assert.Same(DeviceCluster.Decoded, cluster.LastPictureOf("a"));
    }

    private sealed class DeviceCluster : IAsyncDisposable
    {
        public static readonly RgbImage Decoded = new(1, 1, [1, 2, 3]);

        private readonly NodeCluster cluster = new();
        private readonly CancellationTokenSource stop = new();
        private readonly Dictionary<string, (FakeModel Model, InferenceWorker Worker, LocalDevices Devices)> nodes = [];
        private readonly Dictionary<string, RgbImage> pictures = [];
        private readonly List<Task> workers = [];

        public long AnsweredCount => nodes.Values.Sum(node => node.Devices.All.Single().AnsweredCount);

        public static CaptionRequest NewRequest() => new()
        {
            Frame = TestFrames.At(TimeProvider.System.GetUtcNow()),
            Generation = new GenerationRequest { Prompt = "Describe the picture." },
            SampledAt = TimeProvider.System.GetUtcNow(),
        };

        public FakeModel ModelOf(string name) => nodes[name].Model;

        public RgbImage LastPictureOf(string name) => pictures[name];

        public Task<IHost> StartAsync(string name, SiloRoles roles) => cluster.StartAsync(name, roles, builder =>
        {
            builder.Services.AddSingleton<IPictureEncoder>(new FakePictureEncoder());
            builder.Services.AddSingleton<GrainCaptioner>();
            if (roles.HasFlag(SiloRoles.Gpu))
            {
                builder.Services.AddSingleton(NewDevices(name));
            }
        });

        public Task StopAsync(IHost host) => cluster.StopAsync(host);

        /// <summary>One look is under way there and one waits: there is no room for more.</summary>
        public async Task FillAsync(string name)
        {
            var (model, worker, _) = nodes[name];
            model.Hold();
            workers.Add(worker.CaptionAsync(NewRequest(), CancellationToken.None));
            await model.Calls.WaitForCountAsync(1);
            workers.Add(worker.CaptionAsync(NewRequest(), CancellationToken.None));
        }

        public static Task<CaptionOutcome> AskAsync(IHost from) => AskAsync(from, NewRequest());

        public static Task<CaptionOutcome> AskAsync(IHost from, CaptionRequest request) =>
            from.Services.GetRequiredService<GrainCaptioner>().CaptionAsync(request, CancellationToken.None).Within("an outcome");

        public async ValueTask DisposeAsync()
        {
            foreach (var (model, _, _) in nodes.Values)
            {
                model.Release();
            }

            await cluster.DisposeAsync();
            await stop.CancelAsync();
            await Task.WhenAll(workers);
            foreach (var (model, worker, _) in nodes.Values)
            {
                worker.Dispose();
                model.Dispose();
            }

            stop.Dispose();
        }

        private LocalDevices NewDevices(string name)
        {
            var model = new FakeModel { Sees = image => (pictures[name] = image, $"{name} sees it.").Item2 };
            var worker = new InferenceWorker(model, TimeProvider.System, NullLogger.Instance, queueLengthMax: 1);
            workers.Add(worker.RunAsync(stop.Token));
            var card = new ModelCard { Name = "fake", Licence = "none" };
            var devices = new LocalDevices(
                [new LocalDevice("cpu0", card, worker, new DeviceParts(new Decoder(), new FakeFeed(), TimeProvider.System))]);
            nodes[name] = (model, worker, devices);
            return devices;
        }

        private sealed class Decoder : IPictureDecoder
        {
            public RgbImage DecodeJpeg(ReadOnlySpan<byte> jpeg) => jpeg.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8])
                ? Decoded
                : throw new FailureException(FailureKind.PictureInvalid, "These bytes are no JPEG.");
        }
    }
}
