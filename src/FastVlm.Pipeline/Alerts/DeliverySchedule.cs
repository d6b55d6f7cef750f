namespace FastVlm.Pipeline.Alerts;

/// <summary>
/// Decides what a try makes of a delivery: delivered, to be tried again after the next wait, or failed after the last one.
/// A wait is up to <see cref="Limits.WebhookRetryJitter"/> longer or shorter, so that a receiver that comes back does not
/// meet everything at once; a receiver that asks for more time (Retry-After) gets it, up to
/// <see cref="Limits.WebhookRetryAfterMax"/>. Replayed after its last try, a delivery has all its tries again.
/// </summary>
public sealed class DeliverySchedule
{
    private readonly IReadOnlyList<TimeSpan> waits;
    private readonly Random random;

    /// <param name="waits">Before the second try, the third and so on: one less than there are tries.</param>
    /// <param name="random">Chance, so that tests can know it.</param>
    public DeliverySchedule(IReadOnlyList<TimeSpan> waits, Random random)
    {
        ArgumentNullException.ThrowIfNull(waits);
        this.waits = waits;
        this.random = random;
    }

    /// <summary>The delivery after a try.</summary>
    public Delivery After(Delivery delivery, WebhookResult result)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        ArgumentNullException.ThrowIfNull(result);
        var attempt = result.Attempt;
        var endedAt = attempt.At + attempt.Duration;
        var tried = delivery with
        {
            AttemptCount = attempt.Number,
            NextAttemptAt = null,
            LastResult = attempt.Error ?? $"Accepted with {attempt.StatusCode}.",
        };
        if (result.Answer == WebhookAnswer.Accepted)
        {
            return tried with { State = DeliveryState.Delivered, DeliveredAt = endedAt };
        }

        return result.Answer != WebhookAnswer.Gone && WaitAfter(attempt.Number, result.RetryAfter) is { } wait
            ? tried with { State = DeliveryState.Pending, NextAttemptAt = endedAt + wait }
            : tried with { State = DeliveryState.Failed };
    }

    private TimeSpan? WaitAfter(int number, TimeSpan? retryAfter)
    {
        var round = (number - 1) % (waits.Count + 1);
        if (round == waits.Count)
        {
            return null;
        }

        var wait = waits[round] * (1 + (Limits.WebhookRetryJitter * ((2 * random.NextDouble()) - 1)));
        var asked = retryAfter < Limits.WebhookRetryAfterMax ? retryAfter.Value : Limits.WebhookRetryAfterMax;
        return retryAfter is not null && asked > wait ? asked : wait;
    }
}
