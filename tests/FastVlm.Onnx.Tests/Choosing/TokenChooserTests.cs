using FastVlm.Onnx.Choosing;
using FastVlm.Pipeline.Captions;

namespace FastVlm.Onnx.Tests.Choosing;

public sealed class TokenChooserTests
{
    // Softmax: 0.5, 0.3, 0.15, 0.05.
    private static readonly float[] Logits = [MathF.Log(0.5f), MathF.Log(0.3f), MathF.Log(0.15f), MathF.Log(0.05f)];

    [Fact]
    public void Draws_each_token_as_often_as_it_is_likely()
    {
        var counts = Draw(new GenerationRequest { Prompt = "", Temperature = 1 }, 20_000);

        Assert.InRange(counts[0], 9_600, 10_400);
        Assert.InRange(counts[1], 5_650, 6_350);
        Assert.InRange(counts[2], 2_700, 3_300);
        Assert.InRange(counts[3], 800, 1_200);
    }

    [Theory]
    [InlineData(0.4, 1)]
    [InlineData(0.7, 2)]
    [InlineData(0.9, 3)]
    [InlineData(0.97, 4)]
    public void Draws_from_the_smallest_set_that_reaches_the_nucleus(double topP, int size)
    {
        var counts = Draw(new GenerationRequest { Prompt = "", Temperature = 1, TopP = topP }, 5_000);

        Assert.All(counts.Take(size), count => Assert.True(count > 0));
        Assert.All(counts.Skip(size), count => Assert.Equal(0, count));
    }

    [Fact]
    public void A_low_temperature_sharpens()
    {
        var counts = Draw(new GenerationRequest { Prompt = "", Temperature = 0.25 }, 5_000);

        // 0.5⁴ : 0.3⁴ : 0.15⁴ : 0.05⁴.
        Assert.InRange(counts[0] / 5_000.0, 0.86, 0.90);
    }

    [Fact]
    public void The_penalty_divides_positive_and_multiplies_negative_scores_once()
    {
        var penalty = new RepetitionPenalty(2);
        penalty.Observe([0, 1, 1, 0, 99]);
        float[] scores = [3, -3, 5];

        penalty.Apply(scores);

        Assert.Equal([1.5f, -6, 5], scores);
    }

    [Fact]
    public void Greedy_remembers_what_it_chose_for_the_penalty()
    {
        var chooser = new TokenChooser(new GenerationRequest { Prompt = "", RepetitionPenalty = 2 }, [2]);

        Assert.Equal(1, chooser.Choose([3, 4, 5]));
        Assert.Equal(0, chooser.Choose([3, 4, 5]));
        Assert.Equal(2, chooser.Choose([3, 4, 9]));
    }

    private static int[] Draw(GenerationRequest request, int draws)
    {
        var chooser = new TokenChooser(request, []);
        var counts = new int[Logits.Length];
        for (var i = 0; i < draws; i++) counts[chooser.Choose([.. Logits])]++;
        return counts;
    }
}
