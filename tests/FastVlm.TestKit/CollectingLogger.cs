using Microsoft.Extensions.Logging;

namespace FastVlm.TestKit;

/// <summary>Keeps every formatted log line at every level, so that a test can look for what must (not) be there.</summary>
public sealed class CollectingLogger : ILogger
{
    public Collector<string> Lines { get; } = new("log lines");

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        ArgumentNullException.ThrowIfNull(formatter);
        Lines.Add($"{logLevel}: {formatter(state, exception)}{(exception is null ? "" : "\n" + exception)}");
    }
}
