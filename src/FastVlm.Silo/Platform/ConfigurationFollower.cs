using System.Threading.Channels;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Storage;
using FastVlm.Storage;
using Microsoft.Extensions.Logging;

namespace FastVlm.Silo.Platform;

/// <summary>
/// Takes over what other nodes change in the configuration: when the store tells of it, and every few seconds in case that was
/// lost.
/// </summary>
internal sealed class ConfigurationFollower : IDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    private readonly ConfigurationDesk _configuration;
    private readonly PostgresSignals _signals;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    public ConfigurationFollower(ConfigurationDesk configuration, PostgresSignals signals, TimeProvider timeProvider, ILogger logger)
    {
        (_configuration, _signals, _timeProvider, _logger) = (configuration, signals, timeProvider, logger);
        _signals.ConfigurationChanged += Wake;
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var waits = new RetrySchedule(Limits.StoreRetryFirst, Limits.StoreRetryMax, Limits.RetryJitter, new Random(Environment.ProcessId));
        while (true)
        {
            try
            {
                await _configuration.RefreshAsync(cancellationToken);
                waits.Reset();
                await WaitAsync(cancellationToken);
            }
            catch (StorageException e)
            {
                _logger.ConfigurationNotRead(e.Message);
                await Task.Delay(waits.Next(), _timeProvider, cancellationToken);
            }
        }
    }

    public void Dispose() => _signals.ConfigurationChanged -= Wake;

    private void Wake() => _changes.Writer.TryWrite(true);

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(LookEvery, _timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            await _changes.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // It is time to look.
            return;
        }
    }
}
