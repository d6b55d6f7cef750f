using FastVlm.Pipeline.Captions;

namespace FastVlm.Embedded.Platform;

/// <summary>What the last looks cost. Safe for concurrent use.</summary>
internal sealed class LookFigures(TimeProvider timeProvider)
{
    private readonly Lock _lock = new();
    private readonly Queue<(DateTimeOffset At, double FirstToken, double TokensPerSecond)> _looks = new();
    private long _count;

    public void Add(GenerationStatistics statistics)
    {
        lock (_lock)
        {
            _count++;
            _looks.Enqueue((timeProvider.GetUtcNow(), statistics.TimeToFirstToken.TotalSeconds, statistics.TokensPerSecond));
            while (_looks.Count > PlatformLimits.FiguresWindow)
            {
                _looks.Dequeue();
            }
        }
    }

    /// <summary>Null before the first look.</summary>
    public ModelFigures? Read()
    {
        lock (_lock)
        {
            if (_looks.Count == 0)
            {
                return null;
            }

            var firstTokens = _looks.Select(look => look.FirstToken).Order().ToList();
            var speeds = _looks.Select(look => look.TokensPerSecond).Where(speed => speed > 0).Order().ToList();
            var span = timeProvider.GetUtcNow() - _looks.Peek().At;
            return new ModelFigures
            {
                LookCount = _count,
                TimeToFirstTokenMedianSeconds = Quantile(firstTokens, 0.5),
                TimeToFirstTokenP95Seconds = Quantile(firstTokens, 0.95),
                TokensPerSecondMedian = Quantile(speeds, 0.5),
                LooksPerSecond = span > TimeSpan.Zero ? _looks.Count / span.TotalSeconds : 0,
            };
        }
    }

    private static double Quantile(List<double> ordered, double share) =>
        ordered.Count == 0 ? 0 : ordered[Math.Min(ordered.Count - 1, (int)(share * ordered.Count))];
}
