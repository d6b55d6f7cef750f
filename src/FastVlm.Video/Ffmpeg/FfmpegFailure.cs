using FastVlm.Pipeline;

namespace FastVlm.Video.Ffmpeg;

/// <summary>
/// Decides from ffmpeg's log why a source could not be read. ffmpeg's exit code says nothing (it is 0 after a lost
/// stream), so the words of its messages are all there is; they are stable since ffmpeg 4.
/// </summary>
internal static class FfmpegFailure
{
    private static readonly (string Words, FailureKind Kind, string Explanation)[] Causes =
    [
        ("401 Unauthorized", FailureKind.Unauthorized,
            "refuses the user or password (401 Unauthorized); check them in the URL, with special characters percent-encoded"),
        ("authorization failed", FailureKind.Unauthorized,
            "refuses the user or password (401 Unauthorized); check them in the URL, with special characters percent-encoded"),
        ("403 Forbidden", FailureKind.Unauthorized, "forbids access (403 Forbidden); check the user's rights"),
        ("access denied", FailureKind.Unauthorized, "forbids access (403 Forbidden); check the user's rights"),
        ("404 Not Found", FailureKind.SourceUnreachable, "has no stream at this path (404 Not Found); check the URL's path"),
        ("454 Session Not Found", FailureKind.SourceUnreachable, "lost our session (454)"),
        ("461 Unsupported", FailureKind.SourceUnreachable,
            "does not offer this transport (461 Unsupported Transport); try the other of TCP and UDP"),
        ("Connection refused", FailureKind.SourceUnreachable, "refuses the connection; check address and port, and that the camera is on"),
        ("No route to host", FailureKind.SourceUnreachable, "cannot be reached (no route to host); check the address and the network"),
        ("Network is unreachable", FailureKind.SourceUnreachable, "cannot be reached (network is unreachable); check the network"),
        ("Failed to resolve hostname", FailureKind.SourceUnreachable, "has a host name that cannot be resolved; check the name"),
        ("timed out", FailureKind.SourceUnreachable, "does not answer in time; check address and network"),
        ("matches no streams", FailureKind.NoVideo, "has no video stream; choose the URL of a stream with video"),

        // We set up video only: a camera without any refuses to play nothing.
        ("method PLAY failed: 455", FailureKind.NoVideo, "has no video stream; choose the URL of a stream with video"),
        ("does not contain any stream", FailureKind.NoVideo, "has no video stream; choose the URL of a stream with video"),
        ("Picture size 0x0 is invalid", FailureKind.PictureInvalid, "has pictures of 0×0 px"),
        ("exceeds specified max pixel count", FailureKind.PictureInvalid, "has pictures above the limit of 16384×16384 px"),
        ("Invalid data found when processing input", FailureKind.PictureInvalid, "is no video or picture that ffmpeg understands"),
        ("moov atom not found", FailureKind.PictureInvalid, "is a damaged or unfinished video file"),
        ("Unrecognized option", FailureKind.ToolMissing, "cannot be read by this ffmpeg; version 5.1 or later is needed"),
        ("No such file or directory", FailureKind.SourceUnreachable, "does not exist"),
        ("Permission denied", FailureKind.SourceUnreachable, "must not be read by this user; check the permissions"),
    ];

    /// <summary>The failure of a source that gave no frame.</summary>
    public static FailureException NothingRead(string source, IReadOnlyList<string> logTail)
    {
        foreach (var (words, kind, explanation) in Causes)
        {
            if (logTail.Any(line => line.Contains(words, StringComparison.OrdinalIgnoreCase)))
            {
                return new FailureException(kind, $"The source '{source}' {explanation}.");
            }
        }

        return new FailureException(
            FailureKind.SourceUnreachable, $"The source '{source}' ended before its first frame{LastError(logTail)}.");
    }

    /// <summary>The failure of a live source that gave frames and then ended.</summary>
    public static FailureException Lost(string source, IReadOnlyList<string> logTail) =>
        new(FailureKind.SourceUnreachable, $"The source '{source}' closed the stream{LastError(logTail)}.");

    private static string LastError(IReadOnlyList<string> logTail)
    {
        var line = logTail.LastOrDefault(
            l => l.Contains("[error]", StringComparison.Ordinal) || l.Contains("[fatal]", StringComparison.Ordinal));
        return line is null ? "" : $" (ffmpeg says: {line.Trim()})";
    }
}
