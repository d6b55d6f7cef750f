using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace FastVlm.Embedded.Platform;

/// <summary>A loop of the platform that runs until it is stopped; it is not meant to end by itself.</summary>
internal sealed class PlatformTask : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly string _name;
    private readonly ILogger _logger;

    private PlatformTask(string name, Func<CancellationToken, Task> run, ILogger logger)
    {
        _name = name;
        _logger = logger;
        Completion = RunAsync(run);
    }

    /// <summary>Ends when it was stopped; fails where it met a defect.</summary>
    public Task Completion { get; }

    public static PlatformTask Start(string name, Func<CancellationToken, Task> run, ILogger logger) => new(name, run, logger);

    /// <summary>Returns when it has ended. What it failed with is told by <see cref="Completion"/> and in the log.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    [SuppressMessage("Design", "CA1031", Justification = "Logged with the part's name and passed on.")]
    private async Task RunAsync(Func<CancellationToken, Task> run)
    {
        try
        {
            await Task.Run(() => run(_stop.Token), CancellationToken.None);
            if (!_stop.IsCancellationRequested)
            {
                throw new InvalidOperationException($"The platform's {_name} ended without being stopped.");
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The ordinary end.
        }
        catch (Exception defect)
        {
            _logger.PartFailed(defect, _name);
            throw;
        }
    }
}
