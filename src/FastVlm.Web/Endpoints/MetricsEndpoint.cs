using System.Globalization;
using System.Net;
using System.Text;
using FastVlm.Web.Metrics;
using FastVlm.Web.Security;

namespace FastVlm.Web.Endpoints;

/// <summary>
/// <c>GET /metrics</c> for Prometheus. The figures tell how many cameras there are and when nobody looks, so they are for this
/// machine, and for whoever gives the access token as bearer. "This machine" is a call from a loopback address, by a name that
/// is this machine's, and not passed on by a proxy: behind one, everybody would come from there.
/// </summary>
internal static class MetricsEndpoint
{
    public const string Path = "/metrics";

    private static readonly string[] ProxyHeaders = ["X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via"];

    public static void Map(WebApplication app, NodeMetrics metrics, AccessTokens tokens) => app.Use((context, next) =>
        context.Request.Path.Value == Path ? AnswerAsync(context, metrics, tokens) : next(context));

    private static async Task AnswerAsync(HttpContext context, NodeMetrics metrics, AccessTokens tokens)
    {
        context.Response.Headers.CacheControl = CacheHeaders.Never;
        context.Response.Headers.XContentTypeOptions = "nosniff";
        var wait = TimeSpan.Zero;
        var admission = IsThisMachine(context) ? Admission.Granted
            : tokens.IsNeeded ? tokens.Admit(context, out wait)
            : Admission.Missing;
        if (admission == Admission.Granted)
        {
            var text = await metrics.WriteAsync(context.RequestAborted);
            context.Response.ContentType = MetricsText.ContentType;
            await context.Response.WriteAsync(text, Encoding.UTF8, context.RequestAborted);
            return;
        }

        await RefuseAsync(context, tokens, admission, wait);
    }

    private static Task RefuseAsync(HttpContext context, AccessTokens tokens, Admission admission, TimeSpan wait)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        if (admission == Admission.TooMany)
        {
            context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            context.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            return context.Response.WriteAsync("Too many wrong access tokens came from this address.\n", context.RequestAborted);
        }

        context.Response.StatusCode = tokens.IsNeeded ? StatusCodes.Status401Unauthorized : StatusCodes.Status403Forbidden;
        context.Response.Headers.WWWAuthenticate = tokens.IsNeeded ? "Bearer" : "";
        return context.Response.WriteAsync(
            tokens.IsNeeded
                ? "Give the access token: Authorization: Bearer TOKEN.\n"
                : "Only this machine may see the figures; for others, start the process with an access token.\n",
            context.RequestAborted);
    }

    private static bool IsThisMachine(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
        && (context.Request.Host.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || IPAddress.TryParse(context.Request.Host.Host.Trim('[', ']'), out _))
        && !ProxyHeaders.Any(context.Request.Headers.ContainsKey);
}
