using System.Buffers;

namespace FastVlm.Pipeline.Configuration;

/// <summary>Which addresses a camera may have. The address itself is never repeated in a message: it may hold a password.</summary>
internal static class CameraUrlRules
{
    private const string Path = "$.url";
    private const string Forms = "give rtsp://, rtsps://, http://, https://, demo:NAME or media:NAME";

    private static readonly string[] Schemes = ["rtsp", "rtsps", "http", "https"];

    // Neither belongs into an address unescaped; some of them mean something to the programs that the address is handed to.
    private static readonly SearchValues<char> Forbidden = SearchValues.Create(" \"'<>\\`|^{}");

    public static bool IsLocal(string text) =>
        text.StartsWith("demo:", StringComparison.Ordinal) || text.StartsWith("media:", StringComparison.Ordinal);

    public static void Check(CameraUrl url, FaultList faults)
    {
        var text = url.Reveal();
        if (text.Length is 0 or > Limits.UrlCharsMax)
        {
            faults.Add(Path, text.Length == 0
                ? $"The URL is empty; {Forms}."
                : $"The URL has {text.Length} characters; give at most {Limits.UrlCharsMax}.");
        }
        else if (IsLocal(text))
        {
            CheckName(text[(text.IndexOf(':', StringComparison.Ordinal) + 1)..], faults);
        }
        else
        {
            CheckAddress(text, faults);
        }
    }

    private static void CheckName(string name, FaultList faults)
    {
        if (name.Length == 0 || name.StartsWith('.') || name.Any(c => char.IsControl(c) || c is '/' or '\\' or ':'))
        {
            faults.Add(Path, "After 'demo:' or 'media:' comes the name of one clip, without folders; e.g. media:line-3.mp4.");
        }
    }

    private static void CheckAddress(string text, FaultList faults)
    {
        if (text.AsSpan().ContainsAny(Forbidden) || text.Any(char.IsControl))
        {
            faults.Add(Path, "The URL holds a blank, quote, backslash or control character; percent-encode it, e.g. %20 for a blank.");
        }
        else if (text.Contains('#', StringComparison.Ordinal))
        {
            faults.Add(Path, "The URL holds '#'; where it belongs to a password, enter user and password as credentials instead.");
        }
        else if (CameraAddress.Split(text) is not { } address || !Schemes.Contains(address.Scheme))
        {
            faults.Add(Path, $"The URL is of a kind that cannot be opened; {Forms}.");
        }
        else if (!Uri.TryCreate(address.WithoutUserInfo, UriKind.Absolute, out var uri) || uri.Host.Length == 0)
        {
            faults.Add(Path, "The URL names no host, or its port is no number from 1 to 65535; write e.g. rtsp://10.0.0.5:554/stream1.");
        }
    }
}
