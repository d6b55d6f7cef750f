using System.Net;
using FastVlm.Pipeline;

namespace FastVlm.Onnx.Store.Hub;

/// <summary>Judges what a status code of a hub means: try again, or an error with its remedy.</summary>
internal static class HubRefusal
{
    /// <summary>True for refusals that pass: overload, restarts, gateways.</summary>
    public static bool IsPassing(HttpStatusCode status) => (int)status is 408 or 425 or 429 or 500 or 502 or 503 or 504;

    /// <summary>How long the server asks to wait; null where it does not say.</summary>
    public static TimeSpan? RetryAfter(HttpResponseMessage response, TimeProvider timeProvider) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date > timeProvider.GetUtcNow() => date - timeProvider.GetUtcNow(),
        _ => null,
    };

    /// <exception cref="PassingRefusalException">The refusal may pass.</exception>
    /// <exception cref="FailureException">It will not.</exception>
    public static void ThrowIfRefused(HttpResponseMessage response, Uri address, bool hasToken)
    {
        if (response.IsSuccessStatusCode)
        {
            return;
        }

        if (IsPassing(response.StatusCode))
        {
            throw new PassingRefusalException(
                $"{(int)response.StatusCode} {response.ReasonPhrase}".TrimEnd(), response.Headers.RetryAfter?.Delta);
        }

        throw Final(response.StatusCode, address, hasToken);
    }

    private static FailureException Final(HttpStatusCode status, Uri address, bool hasToken)
    {
        var shown = HubClient.Shown(address);
        return status switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new FailureException(
                FailureKind.Unauthorized,
                hasToken
                    ? $"'{shown}' refuses the token in {HubEndpoint.TokenVariable} ({(int)status}); check that it may read "
                        + "this repository and that its terms are accepted there."
                    : $"'{shown}' asks for a token ({(int)status}); put one into {HubEndpoint.TokenVariable}, and check "
                        + "the repository's name."),
            HttpStatusCode.NotFound or HttpStatusCode.Gone => new FailureException(
                FailureKind.DownloadFailed,
                $"'{shown}' does not exist on the hub ({(int)status}); check the name, the revision and {HubEndpoint.AddressVariable}."),
            _ => new FailureException(FailureKind.DownloadFailed, $"'{shown}' is refused by the hub ({(int)status})."),
        };
    }
}

/// <summary>A refusal that may pass. Caught by the loop that retries; never leaves the hub code.</summary>
internal sealed class PassingRefusalException(string reason, TimeSpan? retryAfter) : Exception(reason)
{
    public TimeSpan? RetryAfter { get; } = retryAfter;
}
