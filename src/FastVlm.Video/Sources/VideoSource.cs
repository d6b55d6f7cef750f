using FastVlm.Pipeline;
using FastVlm.Pipeline.Configuration;

namespace FastVlm.Video.Sources;

/// <summary>What kind of thing a source is, and with that how it is read.</summary>
public enum VideoSourceKind
{
    /// <summary>rtsp:// or rtsps://</summary>
    Rtsp,

    /// <summary>http:// or https://: a progressive file, HLS, or a multipart MJPEG stream.</summary>
    Http,

    /// <summary>A video file.</summary>
    File,

    /// <summary>Pictures in the order of their names: one file, a directory, a glob, or a printf pattern.</summary>
    Pictures,
}

/// <summary>
/// Where video comes from, as the user wrote it. Everything that prints uses <see cref="Redacted"/> (and so does
/// <see cref="ToString"/>): user names, passwords and query values stay inside this class and the pipe to ffmpeg.
/// </summary>
public sealed class VideoSource
{
    /// <summary>Names of files that are opened as a picture rather than as a video.</summary>
    private static readonly string[] PictureExtensions =
        [".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff", ".ppm", ".pgm", ".gif", ".jxl", ".avif"];

    /// <summary>A URL whose path ends so is a recording that ends; any other URL is a live stream.</summary>
    private static readonly string[] RecordingExtensions =
        [".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".ts", .. PictureExtensions];

    private VideoSource(VideoSourceKind kind, string location, string redacted, bool isLive)
    {
        Kind = kind;
        Location = location;
        Redacted = redacted;
        IsLive = isLive;
    }

    public VideoSourceKind Kind { get; }

    /// <summary>For people, logs and messages: without user, password and query values.</summary>
    public string Redacted { get; }

    /// <summary>True where the end of the stream means that it was lost.</summary>
    public bool IsLive { get; }

    /// <summary>The path or URL with its secrets.</summary>
    internal string Location { get; }

    /// <summary>Understands a URL, a file, a directory of pictures, a glob (<c>*.jpg</c>) or a printf pattern (<c>%04d.png</c>).</summary>
    /// <exception cref="FailureException">Usage: the scheme is not supported. SourceUnreachable: no such file.</exception>
    public static VideoSource Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length == 0 || text.Any(char.IsControl))
        {
            throw new FailureException(FailureKind.Usage, "A source must not be empty or contain control characters such as line breaks.");
        }

        var schemeEnd = text.IndexOf("://", StringComparison.Ordinal);
        return schemeEnd > 0 ? ParseUrl(text, text[..schemeEnd].ToLowerInvariant()) : ParsePath(text);
    }

    /// <summary>Removes this source's secrets, and any URL's user and password, from a line of foreign text.</summary>
    public string Redact(string line) =>
        Kind is VideoSourceKind.Rtsp or VideoSourceKind.Http ? UrlSecrets.Redact(line, Location, Redacted) : line;

    public override string ToString() => Redacted;

    /// <summary>True where the name's ending is that of a still picture.</summary>
    internal static bool IsPictureName(string path) =>
        PictureExtensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    private static VideoSource ParseUrl(string text, string scheme)
    {
        var redacted = UrlSecrets.RedactUrl(text);
        switch (scheme)
        {
            case "rtsp" or "rtsps":
                return new VideoSource(VideoSourceKind.Rtsp, text, redacted, isLive: true);
            case "http" or "https":
                var path = redacted.Split('?', '#')[0];
                var isRecording = RecordingExtensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);
                return new VideoSource(VideoSourceKind.Http, text, redacted, isLive: !isRecording);
            case "file":
                return ParsePath(text["file://".Length..]);
            default:
                throw new FailureException(
                    FailureKind.Usage,
                    $"The source '{redacted}' has the scheme '{scheme}'; rtsp, rtsps, http, https, files and pictures are supported.");
        }
    }

    private static VideoSource ParsePath(string path)
    {
        if (File.Exists(path))
        {
            var kind = IsPictureName(path) ? VideoSourceKind.Pictures : VideoSourceKind.File;
            return new VideoSource(kind, Path.GetFullPath(path), path, isLive: false);
        }

        if (Directory.Exists(path) || PictureNames.IsPattern(path))
        {
            return new VideoSource(VideoSourceKind.Pictures, Path.GetFullPath(path), path, isLive: false);
        }

        throw new FailureException(
            FailureKind.SourceUnreachable,
            $"There is no file or directory '{path}'; a camera is given as a URL such as rtsp://user:password@host/path.");
    }
}
