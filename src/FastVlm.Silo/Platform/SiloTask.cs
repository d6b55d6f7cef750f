using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace FastVlm.Silo.Platform;

/// <summary>A loop of the node that runs until it is stopped; it is not meant to end by itself.</summary>
internal sealed class SiloTask : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly string _name;
    private readonly ILogger _logger;

    /// <param name="name">For the log.</param>
    /// <param name="run">The loop.</param>
    /// <param name="stopsFirst">Before the node leaves the cluster.</param>
    /// <param name="logger">Is told of defects.</param>
    public SiloTask(string name, Func<CancellationToken, Task> run, bool stopsFirst, ILogger logger)
    {
        _name = name;
        _logger = logger;
        StopsFirst = stopsFirst;
        Completion = RunAsync(run);
    }

    public bool StopsFirst { get; }

    /// <summary>Ends when it was stopped; fails where it met a defect.</summary>
    public Task Completion { get; }

    /// <summary>Returns when it has ended.</summary>
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
                throw new InvalidOperationException($"The node's {_name} ended without being stopped.");
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The ordinary end.
        }
        catch (Exception defect)
        {
            _logger.NodeFailed(defect);
            throw;
        }
    }
}
