namespace FastVlm.Pipeline.Configuration;

/// <summary>
/// The parts of an address as written. Split by hand: <see cref="Uri"/> refuses the unescaped characters that passwords have,
/// and rewrites hosts, while a secret may only go where exactly the same host was written before.
/// </summary>
internal sealed record CameraAddress
{
    private const string Separator = "://";

    public required string Scheme { get; init; }

    /// <summary>As written, still percent-encoded; null without one.</summary>
    public string? UserInfo { get; init; }

    /// <summary>Host, and port where one is given.</summary>
    public required string HostAndPort { get; init; }

    /// <summary>From the path on.</summary>
    public required string Rest { get; init; }

    public string WithoutUserInfo => Scheme + Separator + HostAndPort + Rest;

    /// <summary>Null where the text is no address of a host.</summary>
    public static CameraAddress? Split(string text)
    {
        var schemeEnd = text.IndexOf(Separator, StringComparison.Ordinal);
        if (schemeEnd <= 0)
        {
            return null;
        }

        var after = text[(schemeEnd + Separator.Length)..];
        var authorityEnd = after.AsSpan().IndexOfAny('/', '?', '#') is var end and >= 0 ? end : after.Length;
        var authority = after[..authorityEnd];
        var at = authority.LastIndexOf('@');
        return new CameraAddress
        {
            Scheme = text[..schemeEnd].ToLowerInvariant(),
            UserInfo = at < 0 ? null : authority[..at],
            HostAndPort = authority[(at + 1)..].ToLowerInvariant(),
            Rest = after[authorityEnd..],
        };
    }

    /// <summary>
    /// Both lead to the same host and port. A secret must not follow a change of either: whoever may edit a camera could
    /// otherwise have its password sent to a machine of their own.
    /// </summary>
    public static bool LeadToSamePlace(string left, string right) =>
        Split(left) is { } a && Split(right) is { } b && a.Place == b.Place;

    private string Place => HasPort ? HostAndPort : $"{HostAndPort}:{DefaultPort}";

    private bool HasPort => HostAndPort.LastIndexOf(':') > HostAndPort.LastIndexOf(']');

    private string DefaultPort => Scheme switch
    {
        "rtsp" => "554",
        "rtsps" => "322",
        "http" => "80",
        "https" => "443",
        _ => Scheme,
    };
}
