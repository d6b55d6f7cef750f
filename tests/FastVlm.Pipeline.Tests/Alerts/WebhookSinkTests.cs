using System.Text;
using System.Text.Json;
using FastVlm.Pipeline.Alerts;
using FastVlm.TestKit;

namespace FastVlm.Pipeline.Tests.Alerts;

/// <summary>A real HTTP client against a real HTTP server; only the clock of the waits is the test's.</summary>
public sealed class WebhookSinkTests : IAsyncDisposable
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private readonly ManualTimeProvider time = new();
    private readonly CollectingLogger logger = new();
    private readonly Collector<DeliveryOutcome> outcomes = new("delivery outcomes");
    private readonly CancellationTokenSource stop = new();
    private WebhookSink? sink;
    private Task running = Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        sink?.Dispose();
        stop.Dispose();
    }

    [Fact]
    public async Task Posts_signed_JSON()
    {
        await using var receiver = new WebhookReceiver();
        Start(receiver.Address, Secret, "whsec_" + Convert.ToBase64String(new byte[32]));
        sink!.Offer(TestAlerts.Alert());

        var outcome = await outcomes.WaitForAsync(_ => true, "an outcome");

        Assert.Equal((DeliveryResult.Delivered, 1, 204), (outcome.Result, outcome.Attempts, outcome.StatusCode));
        var request = Assert.Single(receiver.Requests.Items);
        Assert.Equal(("POST", "application/json", "alert_1"),
            (request.Method, request.Headers["content-type"], request.Headers["webhook-id"]));
        Assert.Equal(time.GetUtcNow().ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture),
            request.Headers["webhook-timestamp"]);
        var signatures = request.Headers["webhook-signature"].Split(' ');
        Assert.Equal(2, signatures.Length);
        Assert.Equal(WebhookSecret.Parse(Secret).Sign("alert_1", time.GetUtcNow(), request.Body), signatures[0]);
        using var json = JsonDocument.Parse(request.Body);
        Assert.Equal("alert.raised", json.RootElement.GetProperty("type").GetString());
        var data = json.RootElement.GetProperty("data");
        Assert.Equal(
            ("test-camera", "part dropped", "A part dropped.", "part dropped", 12, 1.5),
            (data.GetProperty("camera").GetString(), data.GetProperty("rule").GetString(), data.GetProperty("caption").GetString(),
                data.GetProperty("matched").GetString(), data.GetProperty("frameIndex").GetInt32(),
                    data.GetProperty("mediaTimeSeconds").GetDouble()));
        Assert.Equal(TestAlerts.At, data.GetProperty("stamps").GetProperty("capturedAt").GetDateTimeOffset());
    }

    [Fact]
    public async Task Tries_three_times_with_one_id_and_a_new_time_stamp()
    {
        await using var receiver = new WebhookReceiver((500, null), (503, null), (200, null));
        Start(receiver.Address, Secret);
        sink!.Offer(TestAlerts.Alert());

        await PassRetryWaitAsync(receiver, 1);
        await PassRetryWaitAsync(receiver, 2);
        var outcome = await outcomes.WaitForAsync(_ => true, "an outcome");

        Assert.Equal((DeliveryResult.Delivered, 3), (outcome.Result, outcome.Attempts));
        Assert.Single(receiver.Requests.Items.Select(r => r.Headers["webhook-id"]).Distinct());
        Assert.Single(receiver.Requests.Items.Select(r => Encoding.UTF8.GetString(r.Body)).Distinct());
        Assert.NotEqual(receiver.Requests.Items[0].Headers["webhook-timestamp"], receiver.Requests.Items[2].Headers["webhook-timestamp"]);
        Assert.NotEqual(receiver.Requests.Items[0].Headers["webhook-signature"], receiver.Requests.Items[2].Headers["webhook-signature"]);
    }

    [Fact]
    public async Task Gives_up_and_goes_on_with_the_next_alert()
    {
        await using var receiver = new WebhookReceiver((500, null), (500, null), (500, null), (200, null));
        Start(receiver.Address);
        sink!.Offer(TestAlerts.Alert("alert_1"));
        sink.Offer(TestAlerts.Alert("alert_2"));

        await PassRetryWaitAsync(receiver, 1);
        await PassRetryWaitAsync(receiver, 2);
        await outcomes.WaitForCountAsync(2);

        Assert.Equal([(DeliveryResult.GaveUp, 3), (DeliveryResult.Delivered, 1)], outcomes.Items.Select(o => (o.Result, o.Attempts)));
        Assert.Equal("the receiver answered 500.", outcomes.Items[0].Reason);
    }

    [Theory]
    [InlineData(302)]
    [InlineData(404)]
    public async Task Only_2xx_is_accepted_and_redirects_are_not_followed(int status)
    {
        await using var receiver = new WebhookReceiver((status, null), (200, null));
        Start(receiver.Address);
        sink!.Offer(TestAlerts.Alert());

        await PassRetryWaitAsync(receiver, 1);
        var outcome = await outcomes.WaitForAsync(_ => true, "an outcome");

        Assert.Equal((DeliveryResult.Delivered, 2), (outcome.Result, outcome.Attempts));
    }

    [Fact]
    public async Task A_receiver_that_is_gone_is_not_tried_again()
    {
        await using var receiver = new WebhookReceiver((410, null));
        Start(receiver.Address);
        sink!.Offer(TestAlerts.Alert());

        var outcome = await outcomes.WaitForAsync(_ => true, "an outcome");

        Assert.Equal((DeliveryResult.GaveUp, 1, 410), (outcome.Result, outcome.Attempts, outcome.StatusCode));
    }

    [Theory]
    [InlineData("7", 7)]
    [InlineData("3600", 30)]
    public async Task Waits_as_long_as_the_receiver_asks_within_the_limit(string retryAfter, int expectedSeconds)
    {
        await using var receiver = new WebhookReceiver((429, retryAfter), (200, null));
        Start(receiver.Address);
        sink!.Offer(TestAlerts.Alert());

        await time.Timers.WaitForAsync(t => t == TimeSpan.FromSeconds(expectedSeconds), "the wait");
        time.Advance(TimeSpan.FromSeconds(expectedSeconds));

        Assert.Equal(2, (await outcomes.WaitForAsync(_ => true, "an outcome")).Attempts);
    }

    [Fact]
    public async Task A_receiver_that_never_answers_costs_one_timeout()
    {
        await using var receiver = new WebhookReceiver((WebhookReceiver.Silence, null), (200, null));
        Start(receiver.Address);
        sink!.Offer(TestAlerts.Alert());
        await receiver.Requests.WaitForCountAsync(1);

        time.Advance(Limits.WebhookTimeout);
        await PassRetryWaitAsync(receiver, 1);

        Assert.Equal(2, (await outcomes.WaitForAsync(_ => true, "an outcome")).Attempts);
        Assert.Contains(logger.Lines.Items, line => line.Contains("no answer within 15 s", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_unreachable_receiver_is_told_as_such_without_its_secrets()
    {
        Start(new Uri($"http://user:s3cret-pass@127.0.0.1:{WebhookReceiver.FreePort()}/s3cret-path?token=s3cret-token"));
        sink!.Offer(TestAlerts.Alert());

        for (var i = 1; i < Limits.WebhookAttemptsMax; i++)
        {
            await PassRetryWaitAsync(receiver: null, i);
        }

        var outcome = await outcomes.WaitForAsync(_ => true, "an outcome");
        Assert.Equal(DeliveryResult.GaveUp, outcome.Result);
        Assert.Equal("the receiver cannot be reached (ConnectionError).", outcome.Reason);
        Assert.DoesNotContain(logger.Lines.Items, line => line.Contains("s3cret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_full_queue_drops_the_new_alert_and_says_so()
    {
        await using var receiver = new WebhookReceiver((WebhookReceiver.Silence, null));
        Start(receiver.Address);
        sink!.Offer(TestAlerts.Alert("first"));
        await receiver.Requests.WaitForCountAsync(1);

        for (var i = 0; i < Limits.AlertQueueLengthMax + 1; i++)
        {
            sink.Offer(TestAlerts.Alert($"alert_{i}"));
        }

        var dropped = Assert.Single(outcomes.Items);
        Assert.Equal((DeliveryResult.QueueFull, $"alert_{Limits.AlertQueueLengthMax}"), (dropped.Result, dropped.Alert.Id));
    }

    [Fact]
    public async Task Delivers_what_waits_before_it_ends()
    {
        await using var receiver = new WebhookReceiver();
        Start(receiver.Address);
        for (var i = 0; i < 5; i++)
        {
            sink!.Offer(TestAlerts.Alert($"alert_{i}"));
        }

        sink!.Complete();
        await running.Within("the end of the deliveries");

        Assert.Equal(Enumerable.Range(0, 5).Select(i => $"alert_{i}"), receiver.Requests.Items.Select(r => r.Headers["webhook-id"]));
    }

    [Fact]
    public async Task A_stop_reports_every_alert_that_was_not_delivered()
    {
        await using var receiver = new WebhookReceiver((WebhookReceiver.Silence, null));
        Start(receiver.Address);
        sink!.Offer(TestAlerts.Alert("being sent"));
        sink.Offer(TestAlerts.Alert("waiting"));
        await receiver.Requests.WaitForCountAsync(1);

        await stop.CancelAsync();

        await outcomes.WaitForCountAsync(2);
        Assert.All(outcomes.Items, o => Assert.Equal(DeliveryResult.Stopped, o.Result));
        Assert.Equal(["being sent", "waiting"], outcomes.Items.Select(o => o.Alert.Id));
    }

    private void Start(Uri address, params string[] secrets)
    {
        var options = new WebhookOptions { Address = address, Secrets = [.. secrets.Select(WebhookSecret.Parse)],
            OnOutcome = outcomes.Add };
        sink = new WebhookSink(options, time, logger);
        running = sink.RunAsync(stop.Token);
    }

    /// <summary>Waits for the n-th wait between tries (1 s, 2 s, up to a fifth shorter) and lets it pass.</summary>
    private async Task PassRetryWaitAsync(WebhookReceiver? receiver, int attempt)
    {
        await (receiver?.Requests.WaitForCountAsync(attempt) ?? Task.CompletedTask);
        var longest = TimeSpan.FromSeconds(1 << (attempt - 1));
        await time.Timers.WaitForAsync(t => t <= longest && t >= longest * 0.79, $"the wait after try {attempt}");
        time.Advance(longest);
    }
}
