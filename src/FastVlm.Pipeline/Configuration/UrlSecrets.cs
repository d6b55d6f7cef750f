using System.Text.RegularExpressions;

namespace FastVlm.Pipeline.Configuration;

/// <summary>Keeps user names, passwords and query values of URLs out of everything that people or logs see.</summary>
public static partial class UrlSecrets
{
    private const string Mask = "***";

    /// <summary>Shorter words occur in ordinary text by chance; the URL patterns still cover them.</summary>
    private const int LiteralLengthMin = 4;

    /// <summary><c>rtsp://user:pass@host/a?token=x</c> becomes <c>rtsp://***@host/a?token=***</c>.</summary>
    public static string RedactUrl(string url) => QueryValue().Replace(UserInfo().Replace(url, $"://{Mask}@"), $"$1{Mask}");

    /// <summary>
    /// For webhooks, whose path alone may let anybody post: <c>https://host/services/T0/B0/x</c> becomes <c>https://host/***</c>.
    /// </summary>
    public static string RedactDestination(string url) =>
        CameraAddress.Split(url) is { } address
            ? $"{address.Scheme}://{address.HostAndPort}{(address.Rest is "" or "/" ? address.Rest : "/" + Mask)}"
            : RedactUrl(url);

    /// <summary>Removes the secrets of <paramref name="url"/>, and the user part of any other URL, from one line.</summary>
    public static string Redact(string line, string url, string redactedUrl)
    {
        var text = line.Replace(url, redactedUrl, StringComparison.Ordinal);
        text = UserInfo().Replace(text, $"://{Mask}@");
        foreach (var secret in SecretsOf(url))
        {
            text = text.Replace(secret, Mask, StringComparison.Ordinal);
        }

        return text;
    }

    /// <summary>Password and query values, as written and as percent-decoded: programs echo both.</summary>
    private static IEnumerable<string> SecretsOf(string url)
    {
        var userInfo = UserInfo().Match(url).Value.TrimStart(':', '/').TrimEnd('@');
        var colon = userInfo.IndexOf(':', StringComparison.Ordinal);
        IEnumerable<string> values = colon >= 0 ? [userInfo[(colon + 1)..]] : [];
        return values
            .Concat(QueryValue().Matches(url).Select(m => m.Groups[2].Value))
            .SelectMany(v => new[] { v, Uri.UnescapeDataString(v) })
            .Where(v => v.Length >= LiteralLengthMin)
            .Distinct()
            .OrderByDescending(v => v.Length);
    }

    // Greedy up to the last '@' before the path: a password may hold an unescaped '@'.
    [GeneratedRegex(@"://[^/\s?#'""]*@")]
    private static partial Regex UserInfo();

    [GeneratedRegex(@"([?&][^=&\s]*=)([^&\s#'""]+)")]
    private static partial Regex QueryValue();
}
