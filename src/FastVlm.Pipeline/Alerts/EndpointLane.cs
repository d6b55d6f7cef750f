using System.Threading.Channels;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Storage;
using Microsoft.Extensions.Logging;

namespace FastVlm.Pipeline.Alerts;

/// <summary>
/// Delivers to one endpoint: starts what is due, <see cref="Limits.WebhooksInFlightMax"/> at a time, two messages of one
/// incident never at once, and stores what came of each try. A result that cannot be stored is kept and stored later; its
/// delivery is not sent again meanwhile. Knows no other endpoint.
/// </summary>
internal sealed class EndpointLane
{
    // In flight, or behind another message of their incident (three at most): among so many there is always one to start.
    private const int ListMax = Limits.WebhooksInFlightMax * 8;

    private readonly AlertDispatcherOptions options;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly Random random;
    private readonly DeliverySchedule schedule;
    private readonly EndpointWatch watch;
    private readonly Channel<Event> events = Channel.CreateBounded<Event>(
        new BoundedChannelOptions(Limits.WebhooksInFlightMax + 1) { SingleReader = true });

    private readonly Dictionary<DeliveryId, Sending> inFlight = [];
    private volatile Entry<EndpointId, EndpointSpec> endpoint;

    public EndpointLane(
        Entry<EndpointId, EndpointSpec> endpoint, EndpointWatch watch, AlertDispatcherOptions options, TimeProvider time, ILogger logger)
    {
        this.endpoint = endpoint;
        this.watch = watch;
        this.options = options;
        this.time = time;
        this.logger = logger;
        random = new Random(options.Random.Next());
        schedule = new DeliverySchedule(options.RetryWaits, random);
    }

    /// <summary>The endpoint as it is configured now; tries that begin later follow it.</summary>
    public Entry<EndpointId, EndpointSpec> Endpoint
    {
        get => endpoint;
        set => endpoint = value;
    }

    /// <summary>Something is due. Never waits; a full queue means that the lane looks anyway.</summary>
    public void Wake() => events.Writer.TryWrite(new Event(null, null));

    /// <summary>Delivers until cancelled; then tries under way are broken off, and what ended already is stored.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            while (true)
            {
                await WaitAsync(await StartDueAsync(stop.Token), cancellationToken);
                while (events.Reader.TryRead(out var happened))
                {
                    await HandleAsync(happened, cancellationToken);
                }
            }
        }
        finally
        {
            await stop.CancelAsync();
            await DrainAsync();
        }
    }

    /// <summary>Starts what may start now.</summary>
    /// <returns>How long nothing more can start unless something happens.</returns>
    private async Task<TimeSpan> StartDueAsync(CancellationToken cancellationToken)
    {
        if (inFlight.Count >= Limits.WebhooksInFlightMax)
        {
            return Limits.OutboxPollPeriod;
        }

        // Looks as far ahead as it will sleep at most.
        var now = time.GetUtcNow();
        var soon = await RepeatAsync(
            token => options.Outbox.ListDueAsync(endpoint.Id, now + Limits.OutboxPollPeriod, ListMax, token), cancellationToken);
        foreach (var delivery in soon.Where(d => d.NextAttemptAt <= now))
        {
            if (inFlight.Count < Limits.WebhooksInFlightMax && !inFlight.ContainsKey(delivery.Id) && !IsBusy(delivery.IncidentId))
            {
                inFlight[delivery.Id] = new Sending(delivery, SendAsync(delivery, cancellationToken));
            }
        }

        return soon.FirstOrDefault(d => d.NextAttemptAt > now)?.NextAttemptAt - now ?? Limits.OutboxPollPeriod;
    }

    private bool IsBusy(IncidentId? incident) => incident is not null && inFlight.Values.Any(s => s.Delivery.IncidentId == incident);

    private async Task SendAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        // Off the lane's loop at once: a send may do work before it first waits.
        await Task.Yield();
        var result = options.Sender.SendAsync(delivery, endpoint.Spec, cancellationToken);
        await ((Task)result).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!result.IsCanceled)
        {
            // Never cancelled: a result that is there must not be lost, and the drain reads on.
            await events.Writer.WriteAsync(new Event(delivery, result), CancellationToken.None);
        }
    }

    private async Task WaitAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(wait, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            await events.Reader.WaitToReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // It is time.
            return;
        }
    }

    private async Task HandleAsync(Event happened, CancellationToken cancellationToken)
    {
        if (happened is not { Delivery: { } delivery, Result: { } sending })
        {
            return;
        }

        var result = await sending;
        var tried = schedule.After(delivery, result);
        await RepeatAsync(_ => StoreAsync(result.Attempt, tried), cancellationToken);
        inFlight.Remove(delivery.Id);
        await JudgeAsync(result, cancellationToken);
    }

    /// <summary>Not cancelled: a stop must not forget what a receiver has answered.</summary>
    private async Task<bool> StoreAsync(DeliveryAttempt attempt, Delivery tried)
    {
        await options.Outbox.RecordAsync(attempt, tried, CancellationToken.None);
        Log(attempt, tried);
        options.Observer.OnTry(tried, attempt);
        return true;
    }

    private async Task JudgeAsync(WebhookResult result, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        try
        {
            if (await watch.AdvanceAsync(endpoint, result, now, cancellationToken) is { } reason && options.DisableEndpoint is { } disable)
            {
                await disable(endpoint.Id, reason, cancellationToken);
                logger.EndpointDisabled(endpoint.Spec.Name, reason);
            }
        }
        catch (StorageException e)
        {
            // The next try brings the same judgement again.
            logger.EndpointNotJudged(endpoint.Spec.Name, e.Message);
        }
    }

    /// <summary>Waits for the tries that are broken off, and stores those that ended nevertheless, once.</summary>
    private async Task DrainAsync()
    {
        var sending = Task.WhenAll(inFlight.Values.Select(s => s.Task));
        while (!sending.IsCompleted || events.Reader.Count > 0)
        {
            if (!events.Reader.TryRead(out var happened))
            {
                await Task.WhenAny(sending, events.Reader.WaitToReadAsync(CancellationToken.None).AsTask());
                continue;
            }

            if (happened is { Delivery: { } delivery, Result: { IsCompletedSuccessfully: true } result })
            {
                await StoreOnceAsync(delivery, await result);
            }
        }

        inFlight.Clear();
    }

    private async Task StoreOnceAsync(Delivery delivery, WebhookResult result)
    {
        try
        {
            await StoreAsync(result.Attempt, schedule.After(delivery, result));
        }
        catch (StorageException e)
        {
            // It stays pending: the receiver gets it once more, under the same id.
            logger.TryNotStored(delivery.Id, e.Message);
        }
    }

    /// <summary>Until the store takes it.</summary>
    private async Task<T> RepeatAsync<T>(Func<CancellationToken, Task<T>> action, CancellationToken cancellationToken)
    {
        var waits = new RetrySchedule(Limits.StoreRetryFirst, Limits.StoreRetryMax, Limits.RetryJitter, random);
        while (true)
        {
            try
            {
                return await action(cancellationToken);
            }
            catch (StorageException e)
            {
                var wait = waits.Next();
                logger.OutboxUnavailable(endpoint.Spec.Name, e.Message, wait.TotalSeconds);
                await Task.Delay(wait, time, cancellationToken);
            }
        }
    }

    private void Log(DeliveryAttempt attempt, Delivery tried)
    {
        switch (tried.State)
        {
            case DeliveryState.Delivered:
                logger.DeliveryAccepted(tried.Id, endpoint.Spec.Name, attempt.Number);
                break;
            case DeliveryState.Failed:
                logger.DeliveryFailed(tried.Id, endpoint.Spec.Name, attempt.Number, attempt.Error ?? "");
                break;
            default:
                logger.DeliveryRetried(tried.Id, endpoint.Spec.Name, attempt.Number, attempt.Error ?? "", tried.NextAttemptAt);
                break;
        }
    }

    /// <summary>A try under way.</summary>
    private sealed record Sending(Delivery Delivery, Task Task);

    /// <summary>A try ended, or, without one, something is due.</summary>
    private readonly record struct Event(Delivery? Delivery, Task<WebhookResult>? Result);
}
