using FastVlm.Embedded.Output;
using Microsoft.Extensions.Logging;

namespace FastVlm.Embedded.Watching;

/// <summary>
/// The platform's log on stderr: defects always, everything else with <c>--verbose</c>. What a person should know of
/// cameras and alerts is on the display already.
/// </summary>
internal sealed class MessageLogger(CommandOutput output, bool verbose) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= (verbose ? LogLevel.Debug : LogLevel.Error);

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
        {
            return;
        }

        output.Remark($"{logLevel.ToString().ToLowerInvariant()} {eventId.Id}: {formatter(state, exception)}");
        if (exception is not null && verbose)
        {
            output.Remark(exception.ToString());
        }
    }
}
