using FastVlm.Pipeline.Alerts;
using static FastVlm.Pipeline.Tests.Alerts.TestIncidents;

namespace FastVlm.Pipeline.Tests.Alerts;

public sealed class DeliveryScheduleTests
{
    private static readonly Delivery New = new()
    {
        Id = new("msg_1"),
        EndpointId = Endpoint,
        EventType = WebhookEventNames.Opened,
        Payload = "{}",
        CreatedAt = At,
        NextAttemptAt = At,
    };

    [Fact]
    public void Ten_tries_are_made_over_three_days_and_then_the_delivery_has_failed()
    {
        var waits = new List<TimeSpan>();
        var delivery = New;
        while (delivery.State == DeliveryState.Pending)
        {
            var at = delivery.NextAttemptAt!.Value;
            delivery = After(delivery, WebhookAnswer.NotAccepted, at: at);
            waits.AddRange(delivery.NextAttemptAt is { } next ? [next - at] : []);
        }

        Assert.Equal((DeliveryState.Failed, 10, "no"), (delivery.State, delivery.AttemptCount, delivery.LastResult));
        double[] expected = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400];
        Assert.Equal(expected.Length, waits.Count);
        Assert.All(expected.Zip(waits), pair => Assert.InRange(pair.Second.TotalSeconds, pair.First * 0.9, pair.First * 1.1));
        Assert.Contains(expected.Zip(waits), pair => Math.Abs(pair.Second.TotalSeconds - pair.First) > pair.First * 0.01);
    }

    [Theory]
    [InlineData(null, 5)]
    [InlineData(0, 5)]
    [InlineData(-10, 5)]
    [InlineData(120, 120)]
    [InlineData(86_400, 86_400)]
    [InlineData(999_999, 86_400)]
    public void A_receiver_gets_the_time_that_it_asks_for_up_to_a_day(int? retryAfter, double expected)
    {
        var asked = retryAfter is { } seconds ? TimeSpan.FromSeconds(seconds) : (TimeSpan?)null;
        var wait = After(New, WebhookAnswer.NotAccepted, asked).NextAttemptAt - At;

        Assert.InRange(wait!.Value.TotalSeconds, expected * 0.9, expected * 1.1);
    }

    [Fact]
    public void A_wait_begins_when_the_try_ended()
    {
        var slow = Result(WebhookAnswer.NotAccepted, 1, At, TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(60));

        Assert.Equal(At.AddSeconds(75), Schedule().After(New, slow).NextAttemptAt);
    }

    [Fact]
    public void Acceptance_and_410_end_it()
    {
        var delivered = After(New, WebhookAnswer.Accepted);
        var gone = After(New, WebhookAnswer.Gone);

        Assert.Equal((DeliveryState.Delivered, At, "Accepted with 204."), (delivered.State, delivered.DeliveredAt, delivered.LastResult));
        Assert.Null(delivered.NextAttemptAt);
        Assert.Equal((DeliveryState.Failed, 1), (gone.State, gone.AttemptCount));
    }

    [Fact]
    public void A_replayed_delivery_has_all_its_tries_again()
    {
        var replayed = New with { AttemptCount = 10 };

        Assert.InRange((After(replayed, WebhookAnswer.NotAccepted).NextAttemptAt - At)!.Value.TotalSeconds, 4.5, 5.5);
        Assert.Equal(DeliveryState.Failed, After(New with { AttemptCount = 19 }, WebhookAnswer.NotAccepted).State);
    }

    private static DeliverySchedule Schedule() => new(Limits.WebhookRetryWaits, new Random(1));

    private static Delivery After(Delivery delivery, WebhookAnswer answer, TimeSpan? retryAfter = null, DateTimeOffset? at = null) =>
        Schedule().After(delivery, Result(answer, delivery.AttemptCount + 1, at ?? At, TimeSpan.Zero, retryAfter));

    private static WebhookResult Result(WebhookAnswer answer, int number, DateTimeOffset at, TimeSpan duration, TimeSpan? retryAfter) =>
        new(
            answer,
            new DeliveryAttempt
            {
                DeliveryId = New.Id,
                Number = number,
                At = at,
                Duration = duration,
                StatusCode = answer == WebhookAnswer.Accepted ? 204 : 500,
                Error = answer == WebhookAnswer.Accepted ? null : "no",
            },
            retryAfter);
}
