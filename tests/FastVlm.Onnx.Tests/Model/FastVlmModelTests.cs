using System.Text;
using System.Text.Json.Nodes;
using FastVlm.Onnx.Devices;
using FastVlm.Onnx.Images;
using FastVlm.Onnx.Store;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Frames;

namespace FastVlm.Onnx.Tests.Model;

public sealed class FastVlmModelTests(MiniModel mini)
{
    private static readonly ModelOptions OneThread = new() { Threads = 1 };
    private static readonly RgbImage Picture = SamplePictures.Noise(320, 180, 7);

    private static CancellationToken Uncancelled => TestContext.Current.CancellationToken;

    [Fact]
    public void Describes_itself()
    {
        using var model = FastVlmModel.Load(mini.Directory, OneThread);
        using var other = FastVlmModel.Load(mini.PublicLayout, OneThread with { ContextLengthMax = 512 });

        Assert.Equal("mini", model.Description.Name);
        Assert.Equal((256, "cpu", 2048), (model.Description.InputSizePx, model.Description.Device, model.Description.ContextLength));
        Assert.Equal(512, other.Description.ContextLength);
        Assert.Equal(16, model.Description.Fingerprint.Length);
        Assert.NotEqual(model.Description.Fingerprint, other.Description.Fingerprint);
    }

    [Fact]
    public void Streams_exactly_the_text_it_returns()
    {
        using var model = FastVlmModel.Load(mini.Directory, OneThread);
        var streamed = new StringBuilder();

        var answer = model.Generate(Picture, Ask("What is it?", 40), text => streamed.Append(text), Uncancelled);

        Assert.Equal(answer.Text, streamed.ToString());
        Assert.Equal(40, answer.TokenIds.Count);
        Assert.Equal(FinishReason.Length, answer.FinishReason);
    }

    [Fact]
    public void Tells_what_a_call_cost()
    {
        using var model = FastVlmModel.Load(mini.Directory, OneThread);

        var cost = model.Generate(Picture, Ask("What is it?", 10), null, Uncancelled).Statistics;

        Assert.Equal(10, cost.NewTokenCount);
        Assert.True(cost.Preprocess > TimeSpan.Zero && cost.Encode > TimeSpan.Zero && cost.Prefill > TimeSpan.Zero
            && cost.Decode > TimeSpan.Zero);
        Assert.True(cost.TimeToFirstToken >= cost.Preprocess + cost.Encode + cost.Prefill);
        Assert.True(cost.TokensPerSecond > 0);
        Assert.True(cost.PromptTokenCount > 16);
    }

    [Fact]
    public void Answers_equally_after_other_calls()
    {
        using var model = FastVlmModel.Load(mini.Directory, OneThread);
        var first = model.Generate(Picture, Ask("What is it?", 20), null, Uncancelled);

        var longer = Ask("Something much longer, to fill the cache further than before.", 60);
        model.Generate(SamplePictures.Noise(99, 500, 3), longer, null, Uncancelled);
        var again = model.Generate(Picture, Ask("What is it?", 20), null, Uncancelled);

        Assert.Equal(first.TokenIds, again.TokenIds);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Keeps_past_and_present_in_one_buffer_without_changing_a_token(bool publicLayout)
    {
        var directory = publicLayout ? mini.PublicLayout : mini.Directory;
        using var shared = FastVlmModel.Load(directory, OneThread with { SharesCacheBuffers = true });
        using var growing = FastVlmModel.Load(directory, OneThread with { SharesCacheBuffers = false });

        for (var i = 0; i < 3; i++)
        {
            var request = Ask($"Question {i}?", 50);
            Assert.Equal(growing.Generate(Picture, request, null, Uncancelled).TokenIds,
                shared.Generate(Picture, request, null, Uncancelled).TokenIds);
        }
    }

    [Fact]
    public void Samples_equally_for_equal_seeds_only()
    {
        using var model = FastVlmModel.Load(mini.Directory, OneThread);
        var request = Ask("What is it?", 30) with { Temperature = 1.5, TopP = 0.95, Seed = 5 };

        var first = model.Generate(Picture, request, null, Uncancelled);
        var again = model.Generate(Picture, request, null, Uncancelled);
        var other = model.Generate(Picture, request with { Seed = 6 }, null, Uncancelled);

        Assert.Equal(first.TokenIds, again.TokenIds);
        Assert.NotEqual(first.TokenIds, other.TokenIds);
    }

    [Fact]
    public void A_tiny_nucleus_is_greedy()
    {
        using var model = FastVlmModel.Load(mini.Directory, OneThread);

        var greedy = model.Generate(Picture, Ask("What is it?", 20), null, Uncancelled);
        var nucleus = model.Generate(Picture, Ask("What is it?", 20) with { Temperature = 1, TopP = 1e-6 }, null, Uncancelled);
        var cold = model.Generate(Picture, Ask("What is it?", 20) with { Temperature = 1e-9 }, null, Uncancelled);

        Assert.Equal(greedy.TokenIds, nucleus.TokenIds);
        Assert.Equal(greedy.TokenIds, cold.TokenIds);
    }

    [Fact]
    public void A_repetition_penalty_makes_the_answer_more_varied()
    {
        using var model = FastVlmModel.Load(mini.Directory, OneThread);

        var plain = model.Generate(Picture, Ask("What is it?", 60), null, Uncancelled);
        var varied = model.Generate(Picture, Ask("What is it?", 60) with { RepetitionPenalty = 1.5 }, null, Uncancelled);

        Assert.True(varied.TokenIds.Distinct().Count() > plain.TokenIds.Distinct().Count());
    }

    [Fact]
    public void Beams_find_a_text_at_least_as_likely_as_the_greedy_one()
    {
        using var parts = ModelParts.Load(ModelDirectory.Open(mini.Directory), OneThread);
        using var model = FastVlmModel.Load(mini.Directory, OneThread);
        var request = Ask("What is it?", 6);

        var greedy = model.Generate(Picture, request, null, Uncancelled);
        var beams = model.Generate(Picture, request with { BeamCount = 4 }, null, Uncancelled);

        Assert.Equal(6, beams.TokenIds.Count);
        var better = LogLikelihood.Of(parts, Picture, request, beams.TokenIds);
        var worse = LogLikelihood.Of(parts, Picture, request, greedy.TokenIds);
        Assert.True(better >= worse - 1e-4, $"beams {better}, greedy {worse}");
    }

    [Fact]
    public void Stops_between_tokens_when_cancelled()
    {
        using var model = FastVlmModel.Load(mini.Directory, OneThread);
        using var cancellation = new CancellationTokenSource();
        var pieces = 0;

        void CancelAtTheFifth(string text)
        {
            if (++pieces == 5) cancellation.Cancel();
        }

        var answer = model.Generate(Picture, Ask("What is it?", 1_000), CancelAtTheFifth, cancellation.Token);
        var next = model.Generate(Picture, Ask("What is it?", 12), null, Uncancelled);

        Assert.Equal(FinishReason.Cancelled, answer.FinishReason);
        Assert.InRange(answer.TokenIds.Count, 5, 999);
        Assert.Equal(answer.TokenIds.Take(5), next.TokenIds.Take(5));
        Assert.Equal(FinishReason.Length, next.FinishReason);
    }

    [Fact]
    public void Gives_an_empty_answer_when_cancelled_before_it_begins()
    {
        using var model = FastVlmModel.Load(mini.Directory, OneThread);

        var answer = model.Generate(Picture, Ask("What is it?", 10), null, new CancellationToken(canceled: true));

        Assert.Equal(FinishReason.Cancelled, answer.FinishReason);
        Assert.Empty(answer.TokenIds);
    }

    [Fact]
    public void Stays_within_the_context()
    {
        using var model = FastVlmModel.Load(mini.Directory, OneThread with { ContextLengthMax = 100 });

        var answer = model.Generate(Picture, Ask("What is it?", 1_000), null, Uncancelled);
        var failure = Assert.Throws<FailureException>(() => model.Generate(Picture, Ask(new string('x', 500), 1), null, Uncancelled));

        Assert.Equal(100, answer.TokenIds.Count + answer.Statistics.PromptTokenCount);
        Assert.Equal(FailureKind.PromptTooLong, failure.Kind);
        Assert.Contains("100", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reads_the_picture_as_the_caller_asks()
    {
        using var pad = FastVlmModel.Load(mini.Directory, OneThread);
        using var crop = FastVlmModel.Load(mini.Directory, OneThread with { Aspect = ImageAspect.Crop });

        Assert.NotEqual(
            pad.Generate(Picture, Ask("What is it?", 30), null, Uncancelled).TokenIds,
            crop.Generate(Picture, Ask("What is it?", 30), null, Uncancelled).TokenIds);
    }

    [Fact]
    public void Sees_a_picture_whole_and_in_tiles_where_the_model_says_so()
    {
        using var folder = new TemporaryFolder();
        var directory = mini.Copy(folder);
        var file = Path.Combine(directory, "config.json");
        var config = JsonNode.Parse(File.ReadAllText(file))!;
        config["image_aspect_ratio"] = "anyres";
        config["image_grid_pinpoints"] = new JsonArray(new JsonArray(512, 256), new JsonArray(256, 512));
        File.WriteAllText(file, config.ToJsonString());
        using var tiled = FastVlmModel.Load(directory, OneThread);
        using var whole = FastVlmModel.Load(directory, OneThread with { Aspect = ImageAspect.Pad });

        for (var i = 0; i < 2; i++)
        {
            var tiles = tiled.Generate(Picture, Ask("What is it?", 5), null, Uncancelled).Statistics.PromptTokenCount;
            var one = whole.Generate(Picture, Ask("What is it?", 5), null, Uncancelled).Statistics.PromptTokenCount;
            Assert.Equal(2 * 16, tiles - one);
        }
    }

    [Theory]
    [InlineData("temperature")]
    [InlineData("top-p")]
    [InlineData("beams")]
    [InlineData("new tokens")]
    [InlineData("penalty")]
    [InlineData("<image>")]
    public void Refuses_a_request_out_of_range_by_name(string what)
    {
        using var model = FastVlmModel.Load(mini.Directory, OneThread);
        var request = what switch
        {
            "temperature" => Ask("x", 1) with { Temperature = -1 },
            "top-p" => Ask("x", 1) with { TopP = 0 },
            "beams" => Ask("x", 1) with { BeamCount = 99 },
            "new tokens" => Ask("x", 0),
            "penalty" => Ask("x", 1) with { RepetitionPenalty = 0 },
            _ => Ask("<image> and <image>", 1),
        };

        var failure = Assert.Throws<FailureException>(() => model.Generate(Picture, request, null, Uncancelled));

        Assert.Equal(FailureKind.Usage, failure.Kind);
        Assert.Contains(what, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cuda:0")]
    [InlineData("coreml")]
    [InlineData("dml")]
    public void Says_what_an_absent_device_lacks(string device)
    {
        Assert.SkipWhen(
            (device == "coreml" && OperatingSystem.IsMacOS()) || (device == "dml" && OperatingSystem.IsWindows())
                || File.Exists(Path.Combine(AppContext.BaseDirectory, "libonnxruntime_providers_cuda.so")),
            $"{device} may be present on this machine");

        var failure = Assert.Throws<FailureException>(
            () => FastVlmModel.Load(mini.Directory, OneThread with { Device = ComputeDevice.Parse(device) }));

        Assert.Equal(FailureKind.DeviceAbsent, failure.Kind);
        Assert.Contains($"'{device}'", failure.Message, StringComparison.Ordinal);
    }

    private static GenerationRequest Ask(string prompt, int maxNewTokens) => new() { Prompt = prompt, MaxNewTokens = maxNewTokens };
}
