namespace FastVlm.TestKit.Rtsp;

/// <summary>One request of an RTSP client.</summary>
internal sealed record RtspRequest(string Method, string Uri, IReadOnlyDictionary<string, string> Headers)
{
    public static RtspRequest Parse(string text)
    {
        var lines = text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var first = lines[0].Split(' ');
        var headers = lines.Skip(1)
            .Select(line => line.Split(':', 2))
            .Where(parts => parts.Length == 2)
            .ToDictionary(parts => parts[0].Trim(), parts => parts[1].Trim(), StringComparer.OrdinalIgnoreCase);
        return new RtspRequest(first[0], first[1], headers);
    }

    public string Header(string name) => Headers.GetValueOrDefault(name, "");
}
