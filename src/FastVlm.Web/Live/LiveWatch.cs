using FastVlm.Pipeline.Live;

namespace FastVlm.Web.Live;

/// <summary>
/// Carries events from a subscription to one connection. Waits for each message to be taken by the connection, so that a slow
/// browser fills only its own subscription.
/// </summary>
internal sealed class LiveWatch : IAsyncDisposable
{
    private readonly LiveSubscription subscription;
    private readonly CancellationTokenSource stop;
    private readonly Task running;

    public LiveWatch(
        LiveSubscription subscription, Task begin, ILiveClient client, ILogger logger, CancellationToken connectionAborted)
    {
        this.subscription = subscription;
        stop = CancellationTokenSource.CreateLinkedTokenSource(connectionAborted);
        running = RunAsync(begin, client, logger);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running;
        subscription.Dispose();
        stop.Dispose();
    }

    private async Task RunAsync(Task begin, ILiveClient client, ILogger logger)
    {
        try
        {
            await begin.WaitAsync(stop.Token);
            while (true)
            {
                await client.Events(await subscription.ReadAsync(stop.Token));
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The browser has gone, or watches something else.
            return;
        }
        catch (Exception e)
        {
            logger.LiveDefect(e);
        }
    }
}
