using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace FastVlm.Pipeline.Alerts;

/// <summary>
/// A key of the Standard Webhooks specification: <c>whsec_</c> and the base64 of 24 to 64 random bytes. Signs; never
/// prints itself.
/// </summary>
public sealed class WebhookSecret
{
    private const string Prefix = "whsec_";
    private const int KeyBytesMin = 24;
    private const int KeyBytesMax = 64;
    private const int KeyBytesGenerated = 32;

    private readonly byte[] key;

    private WebhookSecret(byte[] key) => this.key = key;

    /// <summary>The text of a new secret, from the system's random numbers.</summary>
    public static string Generate() => Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytesGenerated));

    /// <exception cref="FailureException">Usage.</exception>
    public static WebhookSecret Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var buffer = new byte[text.Length];
        var body = text.StartsWith(Prefix, StringComparison.Ordinal) ? text[Prefix.Length..] : "";
        return Convert.TryFromBase64String(body, buffer, out var length) && length is >= KeyBytesMin and <= KeyBytesMax
            ? new WebhookSecret(buffer[..length])
            : throw new FailureException(
                FailureKind.Usage,
                $"A webhook secret is '{Prefix}' and the base64 of {KeyBytesMin} to {KeyBytesMax} random bytes; "
                + $"make one with: echo {Prefix}$(openssl rand -base64 32).");
    }

    /// <summary>The value for the header <c>webhook-signature</c>: HMAC-SHA256 over id, Unix time and body.</summary>
    public string Sign(string id, DateTimeOffset timestamp, ReadOnlySpan<byte> body)
    {
        var seconds = timestamp.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{seconds}."), .. body];
        return "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, signed));
    }

    public override string ToString() => Prefix + "***";
}
