using FastVlm.Onnx.Choosing;

namespace FastVlm.Onnx.Tests.Choosing;

public sealed class BeamSearchTests
{
    private const int Vocabulary = 4;
    private const int StopId = 0;
    private const int LengthMax = 4;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void With_a_beam_for_every_text_finds_the_best_of_all(int seed)
    {
        var every = AllTexts(seed, [], 0).ToList();
        var best = every.MaxBy(text => text.Score);

        var (ids, stopped) = Search(seed, count: 81);

        Assert.Equal(best.Ids, ids);
        Assert.Equal(best.Stopped, stopped);
    }

    [Fact]
    public void More_beams_never_do_worse_here()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var scores = AllTexts(seed, [], 0).ToDictionary(text => string.Join(' ', text.Ids) + text.Stopped, text => text.Score);
            double ScoreOf(int count)
            {
                var (ids, stopped) = Search(seed, count);
                return scores[string.Join(' ', ids) + stopped];
            }

            Assert.True(ScoreOf(81) >= ScoreOf(2) - 1e-6, $"seed {seed}");
        }
    }

    [Fact]
    public void Names_parents_and_tokens_of_the_beams_it_keeps()
    {
        var search = new BeamSearch(2, [StopId], new RepetitionPenalty(1));

        search.Advance([-9, 3, 1, 2, -9, 0, 0, 0]);

        Assert.Equal([0, 0], search.Parents);
        Assert.Equal([1, 3], search.NextIds);
        search.Advance([-9, 0, 0, 1, -9, 5, 0, 0]);
        Assert.Equal([0, 1], search.Parents);
        Assert.Equal([3, 1], search.NextIds);
    }

    [Fact]
    public void Ends_when_nothing_unfinished_can_win()
    {
        var search = new BeamSearch(2, [StopId], new RepetitionPenalty(1));

        search.Advance([5, 4, -9, -9, 0, 0, 0, 0]);
        Assert.False(search.IsDone);
        search.Advance([20, -9, -9, -9, 20, -9, -9, -9]);

        Assert.True(search.IsDone);
        Assert.True(search.Best().Stopped);
    }

    private static (int[] Ids, bool Stopped) Search(int seed, int count)
    {
        var search = new BeamSearch(count, [StopId], new RepetitionPenalty(1));
        var texts = Enumerable.Repeat(Array.Empty<int>(), count).ToArray();
        for (var length = 0; length < LengthMax && !search.IsDone; length++)
        {
            search.Advance([.. texts.SelectMany(text => Logits(seed, text))]);
            texts = [.. search.Parents.Select((parent, i) => (int[])[.. texts[parent], search.NextIds[i]])];
        }

        return search.Best();
    }

    // Every text that ends, or is as long as allowed, with its log-probability per token.
    private static IEnumerable<(double Score, int[] Ids, bool Stopped)> AllTexts(int seed, int[] ids, double sum)
    {
        var logits = Logits(seed, ids);
        var total = Math.Log(logits.Sum(logit => Math.Exp(logit)));
        for (var id = 0; id < Vocabulary; id++)
        {
            var score = sum + logits[id] - total;
            if (id == StopId) yield return (score / (ids.Length + 1), ids, true);
            else if (ids.Length + 1 == LengthMax) yield return (score / LengthMax, [.. ids, id], false);
            else foreach (var longer in AllTexts(seed, [.. ids, id], score)) yield return longer;
        }
    }

    private static float[] Logits(int seed, int[] ids)
    {
        var random = new Random(ids.Aggregate(seed + 1, (hash, id) => hash * 31 + id + 7));
        return [.. Enumerable.Range(0, Vocabulary).Select(_ => (float)(random.NextDouble() * 4))];
    }
}
