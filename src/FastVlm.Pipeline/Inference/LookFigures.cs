using FastVlm.Pipeline.Captions;

namespace FastVlm.Pipeline.Inference;

/// <summary>What the last looks cost. Safe for concurrent use.</summary>
public sealed class LookFigures(TimeProvider timeProvider)
{
    private readonly Lock gate = new();
    private readonly Queue<(DateTimeOffset At, double FirstToken, double TokensPerSecond)> looks = new();
    private long count;

    public void Add(GenerationStatistics statistics)
    {
        ArgumentNullException.ThrowIfNull(statistics);
        lock (gate)
        {
            count++;
            looks.Enqueue((timeProvider.GetUtcNow(), statistics.TimeToFirstToken.TotalSeconds, statistics.TokensPerSecond));
            while (looks.Count > Limits.FiguresWindow)
            {
                looks.Dequeue();
            }
        }
    }

    /// <summary>Null before the first look.</summary>
    public ModelFigures? Read()
    {
        lock (gate)
        {
            if (looks.Count == 0)
            {
                return null;
            }

            var firstTokens = looks.Select(look => look.FirstToken).Order().ToList();
            var speeds = looks.Select(look => look.TokensPerSecond).Where(speed => speed > 0).Order().ToList();
            var span = timeProvider.GetUtcNow() - looks.Peek().At;
            return new ModelFigures
            {
                LookCount = count,
                TimeToFirstTokenMedianSeconds = Quantile(firstTokens, 0.5),
                TimeToFirstTokenP95Seconds = Quantile(firstTokens, 0.95),
                TokensPerSecondMedian = Quantile(speeds, 0.5),
                LooksPerSecond = span > TimeSpan.Zero ? looks.Count / span.TotalSeconds : 0,
            };
        }
    }

    private static double Quantile(List<double> ordered, double share) =>
        ordered.Count == 0 ? 0 : ordered[Math.Min(ordered.Count - 1, (int)(share * ordered.Count))];
}
