using System.Net;
using FastVlm.Web.Problems;
using Microsoft.Extensions.Primitives;

namespace FastVlm.Web.Security;

/// <summary>
/// Refuses what a page of another site can make a browser do to a service on a plant's network: calls under a name of the
/// attacker's that points here (DNS rebinding), and writes or hub connections from another origin.
/// </summary>
internal sealed class RequestGuard(RequestDelegate next, WebOptions options)
{
    public Task InvokeAsync(HttpContext context)
    {
        SecurityHeaders.Add(context.Response.Headers);
        return Objection(context.Request) is { } problem ? ProblemResult.WriteAsync(context, problem) : next(context);
    }

    private ApiProblem? Objection(HttpRequest request)
    {
        if (!IsOwnName(request.Host.Host))
        {
            return ApiProblem.Of(
                StatusCodes.Status421MisdirectedRequest,
                "The platform is not called by this name; use its address, or start it with the name as an allowed host.");
        }

        var changes = !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method) && !HttpMethods.IsOptions(request.Method);
        return (changes || request.Path.StartsWithSegments("/hubs", StringComparison.OrdinalIgnoreCase)) && IsFromElsewhere(request)
            ? ApiProblem.Of(StatusCodes.Status403Forbidden, "A page of another site may not do this; use the dashboard, or a program.")
            : null;
    }

    /// <summary>An IP address cannot be made to point elsewhere, so any is good; a name is only good when it is known.</summary>
    private bool IsOwnName(string host) =>
        IPAddress.TryParse(host.Trim('[', ']'), out _)
        || host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || options.HostNames.Contains(host, StringComparer.OrdinalIgnoreCase);

    private static bool IsFromElsewhere(HttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"];
        if (!StringValues.IsNullOrEmpty(site) && site != "same-origin" && site != "none")
        {
            return true;
        }

        // Behind a proxy that speaks TLS the scheme differs; host and port are what matters.
        var origin = request.Headers.Origin;
        return !StringValues.IsNullOrEmpty(origin)
            && !(Uri.TryCreate(origin, UriKind.Absolute, out var from)
                && from.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase));
    }
}
