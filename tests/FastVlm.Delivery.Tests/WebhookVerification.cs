// What follows the namespace stands word for word in docs/webhooks.md.
namespace FastVlm.Delivery.Tests;

using System.Security.Cryptography;
using System.Text;

public static class WebhookVerification
{
    public static bool IsGenuine(string secret, IReadOnlyDictionary<string, string> headers, byte[] body, DateTimeOffset now)
    {
        var timestamp = headers["webhook-timestamp"];
        var isFresh = long.TryParse(timestamp, out var seconds) && Math.Abs(now.ToUnixTimeSeconds() - seconds) <= 300;
        var key = Convert.FromBase64String(secret["whsec_".Length..]);
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{headers["webhook-id"]}.{timestamp}."), .. body];
        var expected = Encoding.ASCII.GetBytes("v1," + Convert.ToBase64String(HMACSHA256.HashData(key, signed)));
        return isFresh && headers["webhook-signature"].Split(' ')
            .Any(given => CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(given), expected));
    }
}
