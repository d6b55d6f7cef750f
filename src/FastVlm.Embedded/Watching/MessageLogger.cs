using FastVlm.Embedded.Output;
using Microsoft.Extensions.Logging;

namespace FastVlm.Embedded.Watching;

/// <summary>
/// The platform's log. Warnings and defects are told always, to people on stderr and to programs as a line; everything
/// else only with <c>--verbose</c>. What the display says already is not said twice.
/// </summary>
internal sealed class MessageLogger(CommandOutput output, bool verbose) : ILogger
{
    // A lost feed, a frame without caption, a message given up: states, refusals and deliveries tell them.
    private static readonly int[] ToldByTheDisplay = [1002, 2000, 4012];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= (verbose ? LogLevel.Debug : LogLevel.Warning);

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel) || (!verbose && ToldByTheDisplay.Contains(eventId.Id)))
        {
            return;
        }

        var message = formatter(state, exception);
        if (logLevel >= LogLevel.Warning && !ToldByTheDisplay.Contains(eventId.Id))
        {
            output.Event(new { Type = "warning", Id = eventId.Id, Message = message });
        }

        output.Remark(verbose ? $"{logLevel.ToString().ToLowerInvariant()} {eventId.Id}: {message}" : message);
        if (exception is not null && verbose)
        {
            output.Remark(exception.ToString());
        }
    }
}
