using System.Globalization;
using FastVlm.Web.Endpoints;
using FastVlm.Web.Problems;

namespace FastVlm.Web.Security;

/// <summary>Lets nobody to API, hub and live video who has not shown the access token, where one is set.</summary>
internal sealed class TokenGate(RequestDelegate next, AccessTokens tokens)
{
    public Task InvokeAsync(HttpContext context)
    {
        var path = context.Request.Path;
        var isGuarded = (path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase)
                || path.StartsWithSegments("/hubs", StringComparison.OrdinalIgnoreCase))
            && !path.Equals(SessionEndpoints.Path, StringComparison.OrdinalIgnoreCase);
        var wait = TimeSpan.Zero;
        var admission = isGuarded ? tokens.Admit(context, out wait) : Admission.Granted;
        return admission == Admission.Granted ? next(context) : RefuseAsync(context, admission, wait);
    }

    public static Task RefuseAsync(HttpContext context, Admission admission, TimeSpan wait)
    {
        if (admission == Admission.TooMany)
        {
            context.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            return ProblemResult.WriteAsync(context, ApiProblem.Of(
                StatusCodes.Status429TooManyRequests,
                $"Too many wrong access tokens came from this address; try again in {Math.Ceiling(wait.TotalSeconds):0} s."));
        }

        context.Response.Headers.WWWAuthenticate = "Bearer";
        return ProblemResult.WriteAsync(context, ApiProblem.Of(
            StatusCodes.Status401Unauthorized,
            admission == Admission.Missing
                ? "An access token is needed; send 'Authorization: Bearer TOKEN', or sign in at the dashboard."
                : "The access token is wrong, or the session is over; sign in again."));
    }
}
