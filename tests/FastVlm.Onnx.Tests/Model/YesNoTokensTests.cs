using System.Text.Json.Nodes;
using FastVlm.Onnx.Questions;
using FastVlm.Onnx.Tokens;

namespace FastVlm.Onnx.Tests.Model;

public sealed class YesNoTokensTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(0, 0, 0.5)]
    [InlineData(2, 0, 0.8807970779778823)]
    [InlineData(-3, 4, 0.0009110511944006454)]
    [InlineData(90_000, 89_998, 0.8807970779778823)]
    public void Is_the_softmax_over_both_words(float yes, float no, double expected)
    {
        var tokenizer = With("Yes", "No", "maybe");

        var actual = Probability(tokenizer, ("Yes", yes), ("No", no), ("maybe", 100_000));

        Assert.Equal(expected, actual, 1e-6);
    }

    [Fact]
    public void Adds_up_the_spellings_of_each_word()
    {
        var tokenizer = With("Yes", "No", "yes", "no", " yes", " no");

        Assert.Equal(1.0 / 3, Probability(tokenizer, ("yes", 1), ("No", 1), (" no", 1)), 1e-6);
    }

    [Fact]
    public void Leaves_out_what_only_one_word_is_spelt_as()
    {
        // " No" without " Yes", and "Y" which begins other words too, would weigh on one side.
        var tokenizer = With("Yes", "No", " No");

        Assert.Equal(0.5, Probability(tokenizer, ("Yes", 1), ("No", 1), (" No", 9), ("Y", 9)), 1e-6);
    }

    [Fact]
    public void Takes_the_first_pieces_of_words_that_are_no_tokens()
    {
        var tokenizer = With();

        Assert.Equal(0.5, Probability(tokenizer, ("Y", 3), ("N", 3)), 1e-6);
    }

    private static double Probability(Tokenizer tokenizer, params (string Token, float Score)[] scored)
    {
        var scores = new float[tokenizer.VocabularySize];
        Array.Fill(scores, -1e9f);
        foreach (var (token, score) in scored) scores[tokenizer.IdOf(token)!.Value] = score;
        return new YesNoTokens(tokenizer).ProbabilityOfYes(scores);
    }

    // The shipped form of a Qwen2 tokenizer with a cut vocabulary, and these words as whole tokens.
    private Tokenizer With(params string[] words)
    {
        var json = JsonNode.Parse(File.ReadAllText(TestPaths.Data("qwen2-form/tokenizer.json")))!;
        var added = json["added_tokens"]!.AsArray();
        var id = Tokenizer.Load(TestPaths.Data("qwen2-form")).VocabularySize;
        foreach (var word in words)
        {
            added.Add(new JsonObject
            {
                ["id"] = id++,
                ["content"] = word,
                ["single_word"] = false,
                ["lstrip"] = false,
                ["rstrip"] = false,
                ["normalized"] = false,
                ["special"] = false,
            });
        }

        File.WriteAllText(folder.Join("tokenizer.json"), json.ToJsonString());
        return Tokenizer.Load(folder.FullPath);
    }
}
