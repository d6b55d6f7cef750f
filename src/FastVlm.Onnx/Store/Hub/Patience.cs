using FastVlm.Pipeline;

namespace FastVlm.Onnx.Store.Hub;

/// <summary>Runs attempts until one succeeds, waiting between them as the retries decides.</summary>
internal sealed class Patience(DownloadRetries retries, TimeProvider timeProvider)
{
    /// <param name="what">The file or question, for the message when patience ends.</param>
    /// <param name="attempt">One attempt; throws a passing failure, or a final one.</param>
    /// <param name="progressed">True where the last attempt brought bytes although it failed.</param>
    /// <param name="onWait">Told why and how long, before each wait.</param>
    /// <param name="cancellationToken">Ends the wait too.</param>
    public async Task<T> RunAsync<T>(
        string what,
        Func<CancellationToken, Task<T>> attempt,
        Func<bool> progressed,
        Action<string> onWait,
        CancellationToken cancellationToken)
    {
        for (var fruitless = 1; ; fruitless++)
        {
            try
            {
                return await attempt(cancellationToken);
            }
            catch (Exception passing) when (IsPassing(passing, cancellationToken))
            {
                fruitless = progressed() ? 1 : fruitless;
                var reason = Reason(passing);
                var asked = (passing as PassingRefusalException)?.RetryAfter;
                if (retries.Delay(fruitless, asked) is not { } delay)
                {
                    throw GaveUp(what, reason, fruitless, asked, passing);
                }

                onWait($"{reason}; next attempt in {delay.TotalSeconds:0.#} s");
                await Task.Delay(delay, timeProvider, cancellationToken);
            }
        }
    }

    // A cancelled read that the caller did not ask for is the silence limit.
    private static bool IsPassing(Exception exception, CancellationToken cancellationToken) =>
        !cancellationToken.IsCancellationRequested
        && exception is PassingRefusalException or HttpRequestException or HttpIOException or ConnectionCutException
            or OperationCanceledException;

    private string Reason(Exception passing) => passing switch
    {
        OperationCanceledException => $"the connection was silent for {retries.SilenceMax.TotalSeconds:0} s",
        PassingRefusalException => $"the hub answers {passing.Message}",
        _ => $"the connection failed ({passing.Message.TrimEnd('.')})",
    };

    private static FailureException GaveUp(string what, string reason, int attempts, TimeSpan? asked, Exception inner) =>
        new(FailureKind.DownloadFailed,
            asked is { } delay && attempts == 1
                ? $"{what} cannot be fetched now: {reason} and asks to wait {delay.TotalSeconds:0} s; run the same command "
                    + "again later, it resumes."
                : $"{what} cannot be fetched: {reason}, {attempts} attempts in a row without a byte; run the same command "
                    + "again, it resumes.",
            inner);
}

/// <summary>The body ended before the length that was promised.</summary>
internal sealed class ConnectionCutException(string message, Exception? inner = null) : Exception(message, inner);
