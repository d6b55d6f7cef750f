using FastVlm.Export;
using FastVlm.Onnx.Store;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Frames;

namespace FastVlm.Onnx.Tests.Model;

/// <summary>
/// Questions after an answer go on from the picture in the cache; their probabilities are those of a whole reading of
/// each question by an empty decoder.
/// </summary>
public sealed class QuestionTests(MiniModel mini)
{
    private const double DifferenceMax = 1e-3;

    private static readonly ModelOptions OneThread = new() { Threads = 1 };
    private static readonly RgbImage Picture = SamplePictures.Noise(320, 180, 7);
    private static readonly string[] Questions =
        ["Is it?", "Is a part dropped on the floor, or beside the belt?", "Is it?", "零件掉了吗？ 🔥", "Q"];

    private static CancellationToken Uncancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, null, 1)]
    [InlineData(false, true, 3)]
    [InlineData(false, false, 1)]
    [InlineData(false, false, 3)]
    [InlineData(true, null, 3)]
    [InlineData(true, true, 1)]
    [InlineData(true, false, 1)]
    public void Answers_as_a_whole_reading_does(bool publicLayout, bool? sharesBuffers, int beams)
    {
        var directory = publicLayout ? mini.PublicLayout : mini.Directory;
        var options = OneThread with { SharesCacheBuffers = sharesBuffers };

        AssertAnswersAsAWholeReading(directory, options, Ask(12) with { BeamCount = beams }, canRewind: true);
    }

    [Theory]
    [InlineData(ModelDtype.Fp16)]
    [InlineData(ModelDtype.Int8)]
    [InlineData(ModelDtype.Int4)]
    public void Answers_as_a_whole_reading_does_in_every_precision(ModelDtype dtype)
    {
        using var folder = new TemporaryFolder();

        AssertAnswersAsAWholeReading(mini.Export(folder.Join("model"), false, dtype), OneThread, Ask(12), canRewind: true);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Answers_as_a_whole_reading_does_with_the_shipped_model(bool sharesBuffers)
    {
        var checkpoint = Path.Combine(TestPaths.Repository, "models", "fastvlm-nano");
        Assert.SkipUnless(File.Exists(Path.Combine(checkpoint, "model.safetensors")), "models/fastvlm-nano is not in this checkout");
        using var folder = new TemporaryFolder();
        var directory = folder.Join("nano");
        CheckpointExporter.Export(
            new ExportOptions { CheckpointDirectory = checkpoint, OutputDirectory = directory }, null, Uncancelled);

        AssertAnswersAsAWholeReading(
            directory,
            OneThread with { SharesCacheBuffers = sharesBuffers },
            Ask(40) with
            {
                Prompt = "Describe the image.",
                Questions = ["Is it dark?", "Is a part dropped on the floor?", "Do you see smoke?"],
            },
            canRewind: true);
    }

    [Fact]
    public void Answers_as_a_whole_reading_does_where_the_picture_stands_elsewhere()
    {
        var request = Ask(12) with
        {
            Prompt = "Look: <image> What is it?",
            Questions = ["Is it?", "Is <image> a part?", "Is <image> the same?", "See <image>", "Is it?"],
        };

        AssertAnswersAsAWholeReading(mini.Directory, OneThread, request, canRewind: true);
    }

    [Fact]
    public void Answers_as_a_whole_reading_does_under_another_system_prompt() =>
        AssertAnswersAsAWholeReading(mini.Directory, OneThread, Ask(12) with { SystemPrompt = "You watch a belt." }, canRewind: true);

    [Fact]
    public void Goes_on_from_the_past_of_a_graph_that_concatenates()
    {
        using var folder = new TemporaryFolder();

        AssertAnswersAsAWholeReading(SketchedDecoder.Install(mini, folder, SketchedDecoder.MixesAllRows()), OneThread, Ask(12), true);
    }

    [Fact]
    public void Reads_questions_as_a_whole_where_a_graph_forgets_its_past()
    {
        using var folder = new TemporaryFolder();

        AssertAnswersAsAWholeReading(SketchedDecoder.Install(mini, folder, SketchedDecoder.MixesRowsOfOneRun()), OneThread, Ask(12), false);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Questions_change_no_token_of_this_answer_or_the_next(int beams)
    {
        using var model = FastVlmModel.Load(mini.Directory, OneThread);
        var request = Ask(30) with { BeamCount = beams };

        var asked = model.Generate(Picture, request, null, Uncancelled);
        var plain = model.Generate(Picture, request with { Questions = [] }, null, Uncancelled);

        Assert.Equal(plain.TokenIds, asked.TokenIds);
        Assert.Equal(plain.FinishReason, asked.FinishReason);
        Assert.Empty(plain.YesProbabilities);
        Assert.Equal(TimeSpan.Zero, plain.Statistics.Questions);
        Assert.True(asked.Statistics.Questions > TimeSpan.Zero);
    }

    [Fact]
    public void Asks_no_further_question_when_cancelled()
    {
        using var model = FastVlmModel.Load(mini.Directory, OneThread);
        using var cancellation = new CancellationTokenSource();

        // The last piece of text is announced before the first question.
        var answer = model.Generate(Picture, Ask(1) with { BeamCount = 2 }, _ => cancellation.Cancel(), cancellation.Token);
        var next = model.Generate(Picture, Ask(1), null, Uncancelled);

        Assert.Equal(FinishReason.Cancelled, answer.FinishReason);
        Assert.Single(answer.TokenIds);
        Assert.Empty(answer.YesProbabilities);
        Assert.Equal(Questions.Length, next.YesProbabilities.Count);
    }

    [Fact]
    public void Names_the_question_that_is_too_long()
    {
        using var model = FastVlmModel.Load(mini.Directory, OneThread with { ContextLengthMax = 100 });
        var request = Ask(1) with { Questions = ["Is it?", new string('x', 500)] };

        var failure = Assert.Throws<FailureException>(() => model.Generate(Picture, request, null, Uncancelled));

        Assert.Equal(FailureKind.PromptTooLong, failure.Kind);
        Assert.Contains("yes/no question 2", failure.Message, StringComparison.Ordinal);
    }

    private static GenerationRequest Ask(int maxNewTokens) =>
        new() { Prompt = "What is it?", MaxNewTokens = maxNewTokens, Questions = Questions };

    private static void AssertAnswersAsAWholeReading(string directory, ModelOptions options, GenerationRequest request, bool canRewind)
    {
        using var model = FastVlmModel.Load(directory, options);
        using var parts = ModelParts.Load(ModelDirectory.Open(directory), options);
        Assert.Equal(canRewind, parts.Decoder.CanRewind);
        List<double> distinct = [];
        foreach (var seed in (int[])[1, 2])
        {
            var picture = SamplePictures.Noise(300, 200, seed);

            var answers = model.Generate(picture, request, null, Uncancelled).YesProbabilities;

            List<double> expected = [.. request.Questions.Select(question => WholeReading(parts, picture, request, question))];
            Assert.Equal(expected.Count, answers.Count);
            Assert.All(expected.Zip(answers), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, DifferenceMax));
            distinct.AddRange(answers.Distinct());
            TestContext.Current.TestOutputHelper!.WriteLine(
                $"largest difference {expected.Zip(answers).Max(pair => Math.Abs(pair.First - pair.Second)):0.0000000}; "
                + string.Join(" ", answers.Select(p => $"{p:0.0000}")));
        }

        // Answers that did not depend on the question would agree as well.
        Assert.True(distinct.Max() - distinct.Min() > 10 * DifferenceMax, "All answers are alike: they prove nothing.");
    }

    private static double WholeReading(ModelParts parts, RgbImage picture, GenerationRequest request, string question)
    {
        var scores = FreshPrefill.Scores(parts, picture, request.SystemPrompt, question);
        // The mini model's tokenizer knows neither word as a whole, the shipped model's knows one spelling of each.
        var (yesTokens, noTokens) = parts.Tokenizer.IdOf("Yes") is null
            ? ((string[])["Y", "y", "Ġy"], (string[])["N", "n", "Ġno"])
            : (["Yes"], ["No"]);
        double yes = 0, no = 0;
        foreach (var token in yesTokens) yes += Math.Exp(scores[parts.Tokenizer.IdOf(token)!.Value]);
        foreach (var token in noTokens) no += Math.Exp(scores[parts.Tokenizer.IdOf(token)!.Value]);
        return yes / (yes + no);
    }
}
