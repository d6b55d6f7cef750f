using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace FastVlm.Pipeline.Alerts;

/// <summary>Where and how alerts are posted.</summary>
public sealed record WebhookOptions
{
    public required Uri Address { get; init; }

    /// <summary>Each signs every message; two at once let a receiver change over without a gap. Empty: messages are not signed.</summary>
    public IReadOnlyList<WebhookSecret> Secrets { get; init; } = [];

    /// <summary>Patience with one answer.</summary>
    public TimeSpan Timeout { get; init; } = Limits.WebhookTimeout;

    /// <summary>Told how each delivery ended, on the sink's own flow: be quick and do not throw.</summary>
    public Action<DeliveryOutcome>? OnOutcome { get; init; }
}

/// <summary>
/// Posts alerts as JSON after the Standard Webhooks specification: headers webhook-id (constant over tries),
/// webhook-timestamp and webhook-signature. Only 2xx counts as accepted, redirects are not followed, 410 ends the tries,
/// Retry-After is honoured up to <see cref="Limits.WebhookRetryMax"/>. Alerts are delivered one after the other in order.
/// What waits when the process ends is lost (a durable outbox is the cluster's and the storage's part).
/// </summary>
public sealed class WebhookSink : IAlertSink, IDisposable
{
    private readonly WebhookOptions options;
    private readonly string receiver;
    private readonly TimeProvider timeProvider;
    private readonly ILogger logger;
    private readonly HttpClient client;
    private readonly Channel<Alert> queue;

    public WebhookSink(WebhookOptions options, TimeProvider timeProvider, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!options.Address.IsAbsoluteUri || options.Address.Scheme is not ("http" or "https"))
        {
            throw new FailureException(FailureKind.Usage, "A webhook needs an absolute address that begins with http:// or https://.");
        }

        this.options = options;
        this.timeProvider = timeProvider;
        this.logger = logger;

        // Paths and queries of webhook addresses are often secrets themselves: only the host is printed.
        receiver = options.Address.GetLeftPart(UriPartial.Scheme) + options.Address.Authority.Split('@')[^1];
        client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(2) })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        queue = Channel.CreateBounded<Alert>(new BoundedChannelOptions(Limits.AlertQueueLengthMax) { SingleReader = true });
    }

    /// <summary>Queues the alert; when the queue is full, the new alert is dropped and told as such.</summary>
    public void Offer(Alert alert)
    {
        ArgumentNullException.ThrowIfNull(alert);
        if (!queue.Writer.TryWrite(alert))
        {
            logger.AlertDropped(alert.Id, Limits.AlertQueueLengthMax);
            Report(alert, DeliveryResult.QueueFull, attempts: 0, status: null,
                $"{Limits.AlertQueueLengthMax} alerts already wait for {receiver}.");
        }
    }

    /// <summary>No more alerts will be offered: <see cref="RunAsync"/> ends when the waiting ones are delivered.</summary>
    public void Complete() => queue.Writer.TryComplete();

    /// <summary>Delivers until completed, or cancelled; then the alerts that wait are reported as stopped. Call once.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var alert in queue.Reader.ReadAllAsync(cancellationToken))
            {
                await DeliverAsync(alert, cancellationToken);
            }
        }
        finally
        {
            Complete();
            while (queue.Reader.TryRead(out var alert))
            {
                Report(alert, DeliveryResult.Stopped, attempts: 0, status: null, "The platform stopped before it was sent.");
            }
        }
    }

    public void Dispose() => client.Dispose();

    private async Task DeliverAsync(Alert alert, CancellationToken cancellationToken)
    {
        var body = WebhookPayload.Encode(alert);
        var schedule = new RetrySchedule(
            Limits.WebhookRetryFirst, Limits.WebhookRetryMax, Limits.RetryJitter,
            new Random(alert.Id.GetHashCode(StringComparison.Ordinal)));
        for (var attempt = 1; ; attempt++)
        {
            Answer answer;
            try
            {
                answer = await PostAsync(alert.Id, body, cancellationToken);
                if (!answer.IsAccepted && answer.Status != (int)HttpStatusCode.Gone && attempt < Limits.WebhookAttemptsMax)
                {
                    await WaitAsync(alert, attempt, answer, schedule, cancellationToken);
                    continue;
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                Report(alert, DeliveryResult.Stopped, attempt, status: null, "The platform stopped while it was being sent.");
                throw;
            }

            Finish(alert, attempt, answer);
            return;
        }
    }

    private void Finish(Alert alert, int attempt, Answer answer)
    {
        if (answer.IsAccepted)
        {
            logger.AlertDelivered(alert.Id, receiver, attempt);
            Report(alert, DeliveryResult.Delivered, attempt, answer.Status, reason: null);
            return;
        }

        logger.AlertGivenUp(alert.Id, receiver, attempt, answer.Reason);
        Report(alert, DeliveryResult.GaveUp, attempt, answer.Status, answer.Reason);
    }

    private async Task WaitAsync(Alert alert, int attempt, Answer answer, RetrySchedule schedule, CancellationToken cancellationToken)
    {
        var wait = schedule.Next();
        if (answer.RetryAfter > wait)
        {
            wait = answer.RetryAfter < Limits.WebhookRetryMax ? answer.RetryAfter : Limits.WebhookRetryMax;
        }

        logger.AlertRetried(alert.Id, receiver, attempt, answer.Reason, wait.TotalSeconds);
        await Task.Delay(wait, timeProvider, cancellationToken);
    }

    private async Task<Answer> PostAsync(string id, byte[] body, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.Timeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            using var response = await client.SendAsync(Request(id, body), HttpCompletionOption.ResponseHeadersRead, either.Token);
            var status = (int)response.StatusCode;
            return new Answer(status, response.IsSuccessStatusCode, $"the receiver answered {status}.",
                RetryAfter(response.Headers.RetryAfter));
        }
        catch (HttpRequestException e)
        {
            return new Answer(null, false, $"the receiver cannot be reached ({e.HttpRequestError}).", TimeSpan.Zero);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Answer(null, false, $"no answer within {options.Timeout.TotalSeconds:0.#} s.", TimeSpan.Zero);
        }
    }

    private HttpRequestMessage Request(string id, byte[] body)
    {
        // The time is stamped anew at each try: receivers refuse messages that are minutes old.
        var now = timeProvider.GetUtcNow();
        var request = new HttpRequestMessage(HttpMethod.Post, options.Address) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        if (options.Secrets.Count > 0)
        {
            request.Headers.Add("webhook-signature", string.Join(' ', options.Secrets.Select(secret => secret.Sign(id, now, body))));
        }

        return request;
    }

    private TimeSpan RetryAfter(RetryConditionHeaderValue? header) =>
        header?.Delta ?? (header?.Date is { } date ? date - timeProvider.GetUtcNow() : TimeSpan.Zero);

    private void Report(Alert alert, DeliveryResult result, int attempts, int? status, string? reason) =>
        options.OnOutcome?.Invoke(new DeliveryOutcome
        {
            Alert = alert,
            Result = result,
            Attempts = attempts,
            At = timeProvider.GetUtcNow(),
            StatusCode = status,
            Reason = reason,
        });

    private readonly record struct Answer(int? Status, bool IsAccepted, string Reason, TimeSpan RetryAfter);
}
