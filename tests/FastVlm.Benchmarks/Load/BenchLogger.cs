using System.Globalization;
using Microsoft.Extensions.Logging;

namespace FastVlm.Benchmarks.Load;

/// <summary>Shows warnings and errors, the first of them in words: a run that logs thousands measures the log.</summary>
internal sealed class BenchLogger(TextWriter output) : ILogger
{
    private const int ShownMax = 20;

    private int _count;

    public int Count => _count;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel) && Interlocked.Increment(ref _count) <= ShownMax)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{logLevel}: {formatter(state, exception)} {exception}"));
        }
    }
}
