using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Captions;
using FastVlm.TestKit;

namespace FastVlm.Pipeline.Tests.Alerts;

internal static class TestAlerts
{
    public static readonly DateTimeOffset At = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static Caption Caption(string text, DateTimeOffset? at = null) => TestCaptions.At(at ?? At, text);

    public static Alert Alert(string id = "alert_1") => new()
    {
        Id = id,
        EpisodeId = "episode_1",
        Kind = AlertKind.Raised,
        At = At,
        RaisedAt = At,
        Rule = "part dropped",
        Span = "part dropped",
        Why = "it matched",
        Caption = Caption("A part dropped."),
    };
}
