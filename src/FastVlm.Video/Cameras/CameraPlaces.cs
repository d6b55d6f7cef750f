using FastVlm.Pipeline;
using FastVlm.Pipeline.Cameras;
using FastVlm.Pipeline.Configuration;
using FastVlm.Video.Sources;

namespace FastVlm.Video.Cameras;

/// <summary>
/// What a camera's address means on this machine: <c>demo:NAME</c> is a clip that ships, <c>media:NAME</c> a file of the
/// media folder and of no other, anything else a URL, into which the credentials are put here and nowhere else.
/// </summary>
/// <param name="demoDirectory">Holds the clips as NAME.mp4.</param>
/// <param name="mediaDirectory">Need not exist; links that lead out of it are refused.</param>
public sealed class CameraPlaces(string demoDirectory, string mediaDirectory)
{
    private static readonly string[] Schemes = ["rtsp", "rtsps", "http", "https"];

    /// <summary>The names that <c>demo:</c> knows.</summary>
    public IReadOnlyList<string> DemoClips => Directory.Exists(demoDirectory)
        ? [.. Directory.EnumerateFiles(demoDirectory, "*.mp4").Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal)!]
        : [];

    /// <summary>Looks files up at the time of the call, so that a file may come later.</summary>
    /// <exception cref="FailureException">Usage or SourceUnreachable: the sentence says what is wrong with the address.</exception>
    public VideoSource Find(CameraSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var address = spec.Url.Reveal();
        if (address.StartsWith(CameraScheme.Demo, StringComparison.OrdinalIgnoreCase))
        {
            return FindDemo(address[CameraScheme.Demo.Length..]);
        }

        if (address.StartsWith(CameraScheme.Media, StringComparison.OrdinalIgnoreCase))
        {
            return FindMedia(address[CameraScheme.Media.Length..]);
        }

        // A path would let whoever may add cameras read this machine's files.
        var scheme = address.Split("://")[0].ToLowerInvariant();
        return address.Contains("://", StringComparison.Ordinal) && Schemes.Contains(scheme)
            ? VideoSource.Parse(WithCredentials(address, spec.Credentials))
            : throw new FailureException(
                FailureKind.Usage,
                $"The address '{spec.Url.Redacted}' is no camera; "
                + "rtsp://, rtsps://, http://, https://, demo:NAME and media:NAME are supported.");
    }

    /// <summary>Replaces what the URL itself says, with everything percent-encoded that has a meaning in a URL.</summary>
    internal static string WithCredentials(string url, CameraCredentials? credentials)
    {
        if (credentials is null || (credentials.Username.Reveal().Length == 0 && credentials.Password.Reveal().Length == 0))
        {
            return url;
        }

        var authority = url.IndexOf("://", StringComparison.Ordinal) + 3;
        var end = url.AsSpan(authority).IndexOfAny('/', '?', '#') is var length && length < 0 ? url.Length : authority + length;
        var host = url[(url.LastIndexOf('@', end - 1, end - authority) is var at && at < 0 ? authority : at + 1)..end];
        var user = Uri.EscapeDataString(credentials.Username.Reveal());
        var password = Uri.EscapeDataString(credentials.Password.Reveal());
        return $"{url[..authority]}{user}:{password}@{host}{url[end..]}";
    }

    private VideoSource FindDemo(string name) =>
        DemoClips.Contains(name, StringComparer.Ordinal)
            ? VideoSource.Parse(Path.Combine(demoDirectory, name + ".mp4"))
            : throw new FailureException(
                FailureKind.SourceUnreachable,
                $"There is no demonstration clip '{name}'; there are: {string.Join(", ", DemoClips)}.");

    private VideoSource FindMedia(string name)
    {
        var source = RealPath.Within(mediaDirectory, name) is { } path && File.Exists(path)
            ? VideoSource.Parse(path)
            : throw new FailureException(
                FailureKind.SourceUnreachable,
                $"There is no file '{name}' in the media folder; put the video there, without links that lead out of it.");
        return source.Kind == VideoSourceKind.File
            ? source
            : throw new FailureException(FailureKind.Usage, $"The file '{name}' of the media folder is a picture; a camera needs a video.");
    }
}
