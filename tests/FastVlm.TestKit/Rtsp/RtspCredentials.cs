using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace FastVlm.TestKit.Rtsp;

/// <summary>Basic (RFC 7617) and Digest (RFC 2069, as cameras do) authentication of one connection.</summary>
internal sealed partial class RtspCredentials(RtspTestServerOptions options)
{
    private const string Realm = "test camera";

    private readonly string nonce = Guid.NewGuid().ToString("N");

    public string Challenge => options.Authentication == RtspAuthentication.Digest
        ? $"WWW-Authenticate: Digest realm=\"{Realm}\", nonce=\"{nonce}\"\r\n"
        : $"WWW-Authenticate: Basic realm=\"{Realm}\"\r\n";

    public bool Accept(RtspRequest request)
    {
        var given = request.Header("authorization");
        return options.Authentication switch
        {
            RtspAuthentication.None => true,
            RtspAuthentication.Basic =>
                given == "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{options.User}:{options.Password}")),
            _ => given.StartsWith("Digest ", StringComparison.Ordinal) && IsRightDigest(request, given),
        };
    }

    private bool IsRightDigest(RtspRequest request, string given)
    {
        var fields = Field().Matches(given).ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value, StringComparer.OrdinalIgnoreCase);
        var user = Md5($"{options.User}:{Realm}:{options.Password}");
        var what = Md5($"{request.Method}:{fields.GetValueOrDefault("uri")}");
        return fields.GetValueOrDefault("nonce") == nonce && fields.GetValueOrDefault("response") == Md5($"{user}:{nonce}:{what}");
    }

    [SuppressMessage("Security", "CA5351", Justification = "The protocol prescribes MD5.")]
    private static string Md5(string text) => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text)));

    [GeneratedRegex(@"(\w+)=""?([^"",]*)""?")]
    private static partial Regex Field();
}
