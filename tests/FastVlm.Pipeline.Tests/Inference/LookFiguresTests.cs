using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Inference;
using FastVlm.TestKit;

namespace FastVlm.Pipeline.Tests.Inference;

public sealed class LookFiguresTests
{
    private readonly ManualTimeProvider time = new();
    private readonly LookFigures figures;

    public LookFiguresTests() => figures = new LookFigures(time);

    [Fact]
    public void Before_the_first_look_there_are_none() => Assert.Null(figures.Read());

    [Fact]
    public void They_tell_the_middle_the_slow_ones_and_the_rate()
    {
        for (var i = 1; i <= 100; i++)
        {
            figures.Add(Look(firstToken: i, decode: 1000));
            time.Advance(TimeSpan.FromSeconds(0.5));
        }

        var read = figures.Read()!;

        Assert.Equal(100, read.LookCount);
        Assert.Equal((0.051, 0.096), (read.TimeToFirstTokenMedianSeconds, read.TimeToFirstTokenP95Seconds));
        Assert.Equal(2, read.LooksPerSecond);
        Assert.Equal(Look(1, 1000).TokensPerSecond, read.TokensPerSecondMedian);
    }

    [Fact]
    public void Only_the_last_looks_count_but_all_are_counted()
    {
        figures.Add(Look(firstToken: 60_000, decode: 1000));
        for (var i = 0; i < Limits.FiguresWindow; i++)
        {
            figures.Add(Look(firstToken: 10, decode: 1000));
        }

        var read = figures.Read()!;

        Assert.Equal(Limits.FiguresWindow + 1, read.LookCount);
        Assert.Equal(0.01, read.TimeToFirstTokenP95Seconds);
    }

    [Fact]
    public void Looks_at_one_moment_have_no_rate()
    {
        figures.Add(Look(firstToken: 10, decode: 1000));

        Assert.Equal(0, figures.Read()!.LooksPerSecond);
    }

    [Fact]
    public void Looks_without_a_speed_have_no_part_in_the_middle_one()
    {
        figures.Add(Look(firstToken: 10, decode: 0));
        figures.Add(Look(firstToken: 10, decode: 1000));

        Assert.Equal(Look(10, 1000).TokensPerSecond, figures.Read()!.TokensPerSecondMedian);
    }

    private static GenerationStatistics Look(int firstToken, int decode) => new()
    {
        Preprocess = default,
        Encode = default,
        Prefill = default,
        TimeToFirstToken = TimeSpan.FromMilliseconds(firstToken),
        Decode = TimeSpan.FromMilliseconds(decode),
        PromptTokenCount = 16,
        NewTokenCount = 11,
    };
}
