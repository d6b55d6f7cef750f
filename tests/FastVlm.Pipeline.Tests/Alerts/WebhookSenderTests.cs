using System.Globalization;
using System.Net;
using System.Text;
using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Configuration;
using FastVlm.TestKit;
using static FastVlm.Pipeline.Tests.Alerts.TestIncidents;

namespace FastVlm.Pipeline.Tests.Alerts;

/// <summary>A real HTTP client against real servers on loopback; only the clock is the test's.</summary>
public sealed class WebhookSenderTests
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string NoContent = "HTTP/1.1 204 No Content\r\n\r\n";
    private static readonly string SecondSecret = WebhookSecret.Generate();

    private readonly ManualTimeProvider time = new();
    private readonly Collector<string> lookups = new("look-ups");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Posts_the_payload_signed_by_every_secret()
    {
        await using var receiver = new WebhookReceiver();

        var result = await SendAsync(Spec(receiver.Address) with { Secrets = [new(Secret), new(SecondSecret)] });

        Assert.Equal((WebhookAnswer.Accepted, 204, null), (result.Answer, result.Attempt.StatusCode, result.Attempt.Error));
        Assert.Equal(("127.0.0.1", 3, time.GetUtcNow()), (result.Attempt.RemoteAddress, result.Attempt.Number, result.Attempt.At));
        var request = Assert.Single(receiver.Requests.Items);
        var now = time.GetUtcNow();
        Assert.Equal(("POST", "application/json; charset=utf-8", "msg_1", now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)),
            (request.Method, request.Headers["content-type"], request.Headers["webhook-id"], request.Headers["webhook-timestamp"]));
        Assert.Equal("{\"text\":\"größer\"}", Encoding.UTF8.GetString(request.Body));
        var signatures = new[] { Secret, SecondSecret }.Select(secret => WebhookSecret.Parse(secret).Sign("msg_1", now, request.Body));
        Assert.Equal(string.Join(' ', signatures), request.Headers["webhook-signature"]);
        Assert.Equal(request.Headers["webhook-signature"], result.Attempt.RequestHeaders["webhook-signature"]);
    }

    [Theory]
    [InlineData(200, WebhookAnswer.Accepted)]
    [InlineData(299, WebhookAnswer.Accepted)]
    [InlineData(302, WebhookAnswer.NotAccepted)]
    [InlineData(307, WebhookAnswer.NotAccepted)]
    [InlineData(404, WebhookAnswer.NotAccepted)]
    [InlineData(410, WebhookAnswer.Gone)]
    [InlineData(500, WebhookAnswer.NotAccepted)]
    public async Task Only_2xx_is_acceptance_and_redirects_are_not_followed(int status, WebhookAnswer expected)
    {
        await using var receiver = new WebhookReceiver((status, null));

        var result = await SendAsync(Spec(receiver.Address));

        Assert.Equal((expected, status), (result.Answer, result.Attempt.StatusCode));
        Assert.Single(receiver.Requests.Items);
    }

    [Theory]
    [InlineData("7", 7.0)]
    [InlineData("Thu, 01 Jan 2026 00:02:00 GMT", 120.0)]
    [InlineData("nonsense", null)]
    public async Task Retry_After_is_read_in_both_its_forms(string header, double? expectedSeconds)
    {
        await using var receiver = new WebhookReceiver((503, header));

        Assert.Equal(expectedSeconds, (await SendAsync(Spec(receiver.Address))).RetryAfter?.TotalSeconds);
    }

    [Fact]
    public async Task A_receiver_that_never_answers_costs_one_timeout()
    {
        await using var receiver = new WebhookReceiver((WebhookReceiver.Silence, null));
        var sending = SendAsync(Spec(receiver.Address));
        await receiver.Requests.WaitForCountAsync(1);

        time.Advance(Limits.WebhookTimeout);

        var result = await sending;
        Assert.Equal("The receiver gave no answer within 15 s.", result.Attempt.Error);
        Assert.Equal(Limits.WebhookTimeout, result.Attempt.Duration);
    }

    [Fact]
    public async Task Only_the_beginning_of_an_answer_is_read()
    {
        var block = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("ä", 4096)));
        await using var receiver = new RawReceiver(async (stream, cancellationToken) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n"u8.ToArray(), cancellationToken);
            while (true)
            {
                await stream.WriteAsync(block, cancellationToken);
            }
        });

        var result = await SendAsync(Spec(receiver.Port));

        Assert.Equal(WebhookAnswer.Accepted, result.Answer);
        Assert.Equal(Limits.WebhookResponseCharsMax, result.Attempt.ResponseBody!.Length);
        Assert.StartsWith("äääää", result.Attempt.ResponseBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_does_not_come_changes_nothing_about_the_status()
    {
        await using var receiver = new RawReceiver(async (stream, cancellationToken) =>
        {
            await stream.WriteAsync("HTTP/1.1 202 Accepted\r\nContent-Length: 100\r\n\r\nthank"u8.ToArray(), cancellationToken);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        });
        var sender = new WebhookSender(
            new WebhookSenderOptions { AllowLoopback = true, Timeout = TimeSpan.FromSeconds(2) }, TimeProvider.System);

        var result = await sender.SendAsync(Message(), Spec(receiver.Port), Stop);

        Assert.Equal((WebhookAnswer.Accepted, 202), (result.Answer, result.Attempt.StatusCode));
    }

    [Theory]
    [InlineData("", "The receiver closed the connection without an answer.")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n", "The receiver's answer is no valid HTTP.")]
    public async Task An_answer_that_is_none_is_told_as_such(string answer, string expected)
    {
        await using var receiver = RawReceiver.Saying(answer);

        Assert.Equal(expected, (await SendAsync(Spec(receiver.Port))).Attempt.Error);
    }

    [Fact]
    public async Task Nothing_in_the_log_tells_the_secrets_of_an_address()
    {
        var closed = new Uri($"http://user:s3cret-pass@127.0.0.1:{WebhookReceiver.FreePort()}/s3cret-path?token=s3cret-token");

        var result = await SendAsync(Spec(closed) with { Secrets = [new(Secret)] });

        Assert.Equal("The receiver cannot be reached: ConnectionRefused.", result.Attempt.Error);
        Assert.Null(result.Attempt.RemoteAddress);
        Assert.Equal(SecretText.Mask, result.Attempt.RequestHeaders["authorization"]);
        var logged = System.Text.Json.JsonSerializer.Serialize(result.Attempt, PlatformJson.Options);
        Assert.DoesNotContain("s3cret", logged, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Credentials_in_the_address_are_sent_as_basic_authorization()
    {
        await using var receiver = new WebhookReceiver();
        var address = new UriBuilder(receiver.Address) { UserName = "plant", Password = "p%40ss" }.Uri;

        await SendAsync(Spec(address));

        Assert.Equal(
            "Basic " + Convert.ToBase64String("plant:p@ss"u8), Assert.Single(receiver.Requests.Items).Headers["authorization"]);
    }

    /// <summary>The name's answer is used, once: a second look-up could give an address that nobody has checked.</summary>
    [Fact]
    public async Task Connects_to_the_address_that_was_checked()
    {
        await using var receiver = RawReceiver.Saying(NoContent);

        var result = await SendAsync(Spec(new Uri($"http://receiver.example:{receiver.Port}/")), addresses: ["127.0.0.1"]);

        Assert.Equal((WebhookAnswer.Accepted, "127.0.0.1"), (result.Answer, result.Attempt.RemoteAddress));
        Assert.Equal(["receiver.example"], lookups.Items);
        Assert.Contains($"Host: receiver.example:{receiver.Port}\r\n", Assert.Single(receiver.Requests.Items), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_refused_address_refuses_the_name()
    {
        await using var receiver = new WebhookReceiver();
        var named = new UriBuilder(receiver.Address) { Host = "receiver.example" }.Uri;

        var result = await SendAsync(Spec(named), addresses: ["127.0.0.1", "169.254.169.254"]);

        Assert.Equal(
            "'receiver.example' resolves to what is refused: "
            + "'169.254.169.254' is a cloud's metadata service, which is no destination for webhooks.",
            result.Attempt.Error);
        Assert.Empty(receiver.Requests.Items);
    }

    [Fact]
    public async Task Takes_the_next_address_when_the_first_is_dead()
    {
        await using var receiver = RawReceiver.Saying(NoContent);
        var named = new Uri($"http://receiver.example:{receiver.Port}/");

        var result = await SendAsync(Spec(named), addresses: ["127.0.0.9", "127.0.0.1"]);

        Assert.Equal((WebhookAnswer.Accepted, "127.0.0.1"), (result.Answer, result.Attempt.RemoteAddress));
    }

    [Fact]
    public async Task Refuses_loopback_and_its_own_port_unless_told_otherwise()
    {
        await using var receiver = new WebhookReceiver();

        var loopback = await SendAsync(Spec(receiver.Address), new WebhookSenderOptions());
        var own = await SendAsync(
            Spec(receiver.Address), new WebhookSenderOptions { AllowLoopback = true, OwnPorts = () => [receiver.Address.Port] });

        Assert.Contains("loopback", loopback.Attempt.Error, StringComparison.Ordinal);
        Assert.Contains("this platform itself", own.Attempt.Error, StringComparison.Ordinal);
        Assert.Empty(receiver.Requests.Items);
    }

    [Fact]
    public async Task A_stop_ends_the_try_without_a_result()
    {
        await using var receiver = new WebhookReceiver((WebhookReceiver.Silence, null));
        using var stop = new CancellationTokenSource();
        var sending = NewSender().SendAsync(Message(), Spec(receiver.Address), stop.Token);
        await receiver.Requests.WaitForCountAsync(1);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
    }

    private static Delivery Message() => new()
    {
        Id = new("msg_1"),
        EndpointId = Endpoint,
        EventType = WebhookEventNames.Opened,
        Payload = "{\"text\":\"größer\"}",
        CreatedAt = At,
        AttemptCount = 2,
    };

    private static EndpointSpec Spec(Uri address) => new() { Name = "ep", Url = new CameraUrl(address.OriginalString) };

    private static EndpointSpec Spec(int port) => Spec(new Uri($"http://127.0.0.1:{port}/"));

    private WebhookSender NewSender(string[]? addresses = null) => new(
        new WebhookSenderOptions
        {
            AllowLoopback = true,
            Resolve = (host, _) =>
            {
                lookups.Add(host);
                return Task.FromResult(addresses!.Select(IPAddress.Parse).ToArray());
            },
        },
        time);

    private Task<WebhookResult> SendAsync(EndpointSpec spec, WebhookSenderOptions options) =>
        new WebhookSender(options, time).SendAsync(Message(), spec, Stop).Within("the end of the try");

    private Task<WebhookResult> SendAsync(EndpointSpec spec, string[]? addresses = null) =>
        NewSender(addresses).SendAsync(Message(), spec, Stop).Within("the end of the try");
}
