using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using FastVlm.Pipeline.Configuration;

namespace FastVlm.Pipeline.Alerts;

/// <summary>How tries are made.</summary>
public sealed record WebhookSenderOptions
{
    /// <summary>Patience with one try, from the look-up of the name to the answer.</summary>
    public TimeSpan Timeout { get; init; } = Limits.WebhookTimeout;

    /// <summary>Receivers on this machine are allowed: for local receivers and tests.</summary>
    public bool AllowLoopback { get; init; }

    /// <summary>Ports on which this platform listens, asked at every try; never a destination.</summary>
    public Func<IReadOnlyCollection<int>> OwnPorts { get; init; } = () => [];

    /// <summary>The look-up of names.</summary>
    public Func<string, CancellationToken, Task<IPAddress[]>> Resolve { get; init; } = Dns.GetHostAddressesAsync;
}

/// <summary>
/// Makes one try of a delivery after the Standard Webhooks specification: webhook-id (the same at every try),
/// webhook-timestamp (of this try), webhook-signature with one signature per secret. Only 2xx is acceptance; redirects are
/// not followed, no proxy is used, no cookie kept, the connection goes where <see cref="DestinationGuard"/> allows and is
/// used for this try alone. Stateless and safe for concurrent use. What comes of the outside world is a
/// <see cref="WebhookResult"/>; its texts hold no secret, also not the address's path and query.
/// </summary>
public sealed class WebhookSender(WebhookSenderOptions options, TimeProvider timeProvider)
{
    // A character of UTF-8 has four bytes at most.
    private const int ResponseBytesMax = Limits.WebhookResponseCharsMax * 4;
    private const int ResponseHeadersKibibytesMax = 16;

    private static readonly string UserAgent =
        $"FastVlm-Webhooks/{typeof(WebhookSender).Assembly.GetName().Version?.ToString(2)}";

    /// <exception cref="OperationCanceledException">Stopped; whether the receiver got it is not known.</exception>
    public async Task<WebhookResult> SendAsync(Delivery delivery, EndpointSpec endpoint, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        ArgumentNullException.ThrowIfNull(endpoint);
        var connection = new GuardedConnection(PolicyOf(endpoint), options.Resolve, timeProvider);
        var (at, begin) = (timeProvider.GetUtcNow(), timeProvider.GetTimestamp());
        var sent = new Dictionary<string, string>();
        using var timeout = new CancellationTokenSource(options.Timeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        Answer answer;
        try
        {
            using var request = NewRequest(delivery, endpoint, at, sent);
            using var client = new HttpClient(NewHandler(connection)) { Timeout = Timeout.InfiniteTimeSpan };
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            answer = await ReadAsync(response, either.Token);
        }
        catch (FailureException unusable)
        {
            answer = Answer.Not(unusable.Message);
        }
        catch (HttpRequestException unreachable)
        {
            answer = Answer.Not(connection.Objection ?? ReasonOf(unreachable));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            answer = Answer.Not($"The receiver gave no answer within {options.Timeout.TotalSeconds:0.#} s.");
        }

        return new WebhookResult(
            answer.Kind,
            new DeliveryAttempt
            {
                DeliveryId = delivery.Id,
                Number = delivery.AttemptCount + 1,
                At = at,
                Duration = timeProvider.GetElapsedTime(begin),
                RemoteAddress = connection.Remote?.ToString(),
                RequestHeaders = sent,
                StatusCode = answer.Status,
                ResponseBody = answer.Body,
                Error = answer.Error,
            },
            answer.RetryAfter);
    }

    private static SocketsHttpHandler NewHandler(GuardedConnection connection) => new()
    {
        ConnectCallback = connection.ConnectAsync,
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        ActivityHeadersPropagator = null,
        MaxResponseHeadersLength = ResponseHeadersKibibytesMax,
        MaxResponseDrainSize = 0,
    };

    /// <summary>The addresses of this machine may change while the platform runs.</summary>
    private static IPAddress[] OwnAddresses() =>
    [
        .. NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(network => network.GetIPProperties().UnicastAddresses)
            .Select(unicast => unicast.Address),
    ];

    private static HttpRequestMessage NewRequest(
        Delivery delivery, EndpointSpec endpoint, DateTimeOffset at, Dictionary<string, string> sent)
    {
        if (!Uri.TryCreate(endpoint.Url.Reveal(), UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
        {
            throw new FailureException(FailureKind.Usage, $"The address of endpoint '{endpoint.Name}' is no http(s) address.");
        }

        var body = Encoding.UTF8.GetBytes(delivery.Payload);
        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        sent["content-type"] = "application/json; charset=utf-8";
        Add("user-agent", UserAgent);
        Add("webhook-id", delivery.Id.Value);
        Add("webhook-timestamp", at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        if (endpoint.Secrets.Count > 0)
        {
            var signatures = endpoint.Secrets.Select(secret => WebhookSecret.Parse(secret.Reveal()).Sign(delivery.Id.Value, at, body));
            Add("webhook-signature", string.Join(' ', signatures));
        }

        if (address.UserInfo.Length > 0)
        {
            var credentials = Encoding.UTF8.GetBytes(Uri.UnescapeDataString(address.UserInfo));
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(credentials));
            sent["authorization"] = SecretText.Mask;
        }

        return request;

        void Add(string name, string value)
        {
            request.Headers.TryAddWithoutValidation(name, value);
            sent[name] = value;
        }
    }

    private static string ReasonOf(HttpRequestException unreachable) => (unreachable.HttpRequestError, unreachable.InnerException) switch
    {
        (HttpRequestError.NameResolutionError, _)
            or (_, SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain }) =>
            "The receiver's name cannot be resolved.",
        (_, SocketException socket) => $"The receiver cannot be reached: {socket.SocketErrorCode}.",
        (HttpRequestError.SecureConnectionError, AuthenticationException tls) =>
            $"No secure connection to the receiver: {tls.Message.TrimEnd('.')}.",
        (HttpRequestError.ResponseEnded, _) => "The receiver closed the connection without an answer.",
        (HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded, _) => "The receiver's answer is no valid HTTP.",
        _ => $"The receiver cannot be reached: {unreachable.HttpRequestError}.",
    };

    /// <summary>The beginning of the body; that it breaks off or is slow changes nothing about the status.</summary>
    private static async Task<string> ReadBodyAsync(HttpContent content, CancellationToken cancellationToken)
    {
        var buffer = new byte[ResponseBytesMax];
        var length = 0;
        try
        {
            await using var body = await content.ReadAsStreamAsync(cancellationToken);
            length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            length = 0;
        }

        return Payloads.PayloadText.Shortened(Encoding.UTF8.GetString(buffer, 0, length), Limits.WebhookResponseCharsMax);
    }

    private DestinationPolicy PolicyOf(EndpointSpec endpoint) => new()
    {
        AllowPrivateNetwork = endpoint.AllowPrivateNetwork,
        AllowLoopback = options.AllowLoopback,
        OwnPorts = options.OwnPorts(),
        OwnAddresses = OwnAddresses(),
    };

    private async Task<Answer> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        var kind = response.IsSuccessStatusCode ? WebhookAnswer.Accepted
            : response.StatusCode == HttpStatusCode.Gone ? WebhookAnswer.Gone
            : WebhookAnswer.NotAccepted;
        string? body;
        try
        {
            body = await ReadBodyAsync(response.Content, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The status was there in time; only the rest of the body was not.
            body = null;
        }

        var error = kind switch
        {
            WebhookAnswer.Accepted => null,
            WebhookAnswer.Gone => "The receiver answered 410: it is gone for good.",
            _ when status is >= 300 and < 400 => $"The receiver answered {status}; redirects are not followed.",
            _ => $"The receiver answered {status}.",
        };
        return new Answer(kind, status, body, error, RetryAfterOf(response.Headers.RetryAfter));
    }

    private TimeSpan? RetryAfterOf(RetryConditionHeaderValue? header) =>
        header?.Delta ?? (header?.Date is { } date ? date - timeProvider.GetUtcNow() : null);

    private sealed record Answer(WebhookAnswer Kind, int? Status, string? Body, string? Error, TimeSpan? RetryAfter)
    {
        public static Answer Not(string error) => new(WebhookAnswer.NotAccepted, null, null, error, null);
    }
}
