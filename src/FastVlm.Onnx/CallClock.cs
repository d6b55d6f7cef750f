using System.Diagnostics;

namespace FastVlm.Onnx;

/// <summary>The stamps of one call.</summary>
internal sealed class CallClock
{
    private readonly long _started = Stopwatch.GetTimestamp();
    private long _preprocessed, _encoded, _prefilled, _firstToken, _lastToken, _answered, _questioned;

    public TimeSpan Preprocess => Between(_started, _preprocessed);

    public TimeSpan Encode => Between(_preprocessed, _encoded);

    public TimeSpan Prefill => Between(_encoded, _prefilled);

    public TimeSpan TimeToFirstToken => Between(_started, _firstToken);

    public TimeSpan Decode => Between(_firstToken, _lastToken);

    public TimeSpan Questions => Between(_answered, _questioned);

    public void Preprocessed() => _preprocessed = Stopwatch.GetTimestamp();

    public void Encoded() => _encoded = Stopwatch.GetTimestamp();

    public void Prefilled() => _prefilled = Stopwatch.GetTimestamp();

    public void TokenChosen()
    {
        _lastToken = Stopwatch.GetTimestamp();
        if (_firstToken == 0) _firstToken = _lastToken;
    }

    public void Answered() => _answered = Stopwatch.GetTimestamp();

    public void Questioned() => _questioned = Stopwatch.GetTimestamp();

    // A call that was cancelled before a stamp has none to show.
    private static TimeSpan Between(long from, long to) => from == 0 || to == 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(from, to);
}
