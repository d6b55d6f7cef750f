using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace FastVlm.Web.Security;

/// <summary>What became of a request's proof.</summary>
internal enum Admission
{
    Granted,

    /// <summary>None was given.</summary>
    Missing,

    /// <summary>It was wrong, or is over.</summary>
    Refused,

    /// <summary>Too many wrong ones came from this address.</summary>
    TooMany,
}

/// <summary>
/// Checks the access token, as a bearer token or as a cookie that was given for it. The cookie is an end and its HMAC under
/// the token: it needs no store, survives a restart, and is worthless once the token was changed. Safe for concurrent use.
/// </summary>
internal sealed class AccessTokens(WebOptions options, TimeProvider timeProvider)
{
    public const string CookieName = "fastvlm-session";

    /// <summary>A wall screen signs in once a month.</summary>
    public static readonly TimeSpan SessionLength = TimeSpan.FromDays(30);

    private const string BearerPrefix = "Bearer ";

    private readonly byte[]? key = options.AccessToken is { } token ? SHA256.HashData(Encoding.UTF8.GetBytes(token)) : null;
    private readonly AttemptLedger ledger = new();
    private readonly Lock gate = new();

    public bool IsNeeded => key is not null;

    public Admission Admit(HttpContext context, out TimeSpan wait)
    {
        wait = TimeSpan.Zero;
        if (key is null)
        {
            return Admission.Granted;
        }

        var authorization = context.Request.Headers.Authorization.ToString();
        if (authorization.StartsWith(BearerPrefix, StringComparison.OrdinalIgnoreCase))
        {
            return AdmitToken(context, authorization[BearerPrefix.Length..].Trim(), out wait);
        }

        return context.Request.Cookies[CookieName] is { } cookie
            ? IsSession(cookie) ? Admission.Granted : Admission.Refused
            : Admission.Missing;
    }

    /// <summary>Counts a wrong token against the address that sent it.</summary>
    public Admission AdmitToken(HttpContext context, string token, out TimeSpan wait)
    {
        var address = context.Connection.RemoteIpAddress ?? IPAddress.None;
        var now = timeProvider.GetUtcNow();
        lock (gate)
        {
            if (ledger.WaitOf(address, now) is { } remaining)
            {
                wait = remaining;
                return Admission.TooMany;
            }

            wait = TimeSpan.Zero;

            // Digests of equal length: the comparison tells nothing of the token's length either.
            if (key is null || CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(token)), key))
            {
                return Admission.Granted;
            }

            ledger.Fail(address, now);
            return Admission.Refused;
        }
    }

    /// <summary>A cookie's value that is good for <see cref="SessionLength"/>.</summary>
    public string NewSession()
    {
        var end = (timeProvider.GetUtcNow() + SessionLength).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return $"{end}.{Sign(end)}";
    }

    private bool IsSession(string cookie)
    {
        var dot = cookie.IndexOf('.', StringComparison.Ordinal);
        return dot > 0
            && CryptographicOperations.FixedTimeEquals(
                Encoding.UTF8.GetBytes(Sign(cookie[..dot])), Encoding.UTF8.GetBytes(cookie[(dot + 1)..]))
            && long.TryParse(cookie[..dot], NumberStyles.None, CultureInfo.InvariantCulture, out var end)
            && end > timeProvider.GetUtcNow().ToUnixTimeSeconds();
    }

    private string Sign(string end) => Base64Url.EncodeToString(HMACSHA256.HashData(key!, Encoding.UTF8.GetBytes("session " + end)));
}
