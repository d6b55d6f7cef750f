using FastVlm.Web.Json;
using FastVlm.Web.Security;

namespace FastVlm.Web.Endpoints;

/// <summary>Signing in at the dashboard.</summary>
internal static class SessionEndpoints
{
    public const string Path = "/api/session";

    public static void Map(IEndpointRouteBuilder api)
    {
        var session = api.MapGroup("/session").WithTags("Session");
        session.MapGet("", Find).Does("getSession", "Whether an access token is needed, and whether this browser has shown it")
            .Answers<SessionView>();
        session.MapPost("", BeginAsync).Does("beginSession", "Show the access token once, for a cookie that lasts 30 days")
            .Takes<SessionRequest>().AnswersNothing(204).Refuses(400, 401, 415, 429);
        session.MapDelete("", End).Does("endSession", "Sign out: the cookie is taken back").AnswersNothing(204);
    }

    private static SessionView Find(HttpContext context, AccessTokens tokens) =>
        new(tokens.IsNeeded, !tokens.IsNeeded || tokens.Admit(context, out _) == Admission.Granted);

    private static async Task BeginAsync(HttpContext context, AccessTokens tokens)
    {
        var request = await JsonBody.ReadAsync<SessionRequest>(context);
        var admission = tokens.AdmitToken(context, request.Token, out var wait);
        if (admission != Admission.Granted)
        {
            await TokenGate.RefuseAsync(context, admission, wait);
            return;
        }

        if (tokens.IsNeeded)
        {
            var cookie = Options(context);
            cookie.MaxAge = AccessTokens.SessionLength;
            context.Response.Cookies.Append(AccessTokens.CookieName, tokens.NewSession(), cookie);
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static Microsoft.AspNetCore.Http.HttpResults.NoContent End(HttpContext context)
    {
        context.Response.Cookies.Delete(AccessTokens.CookieName, Options(context));
        return TypedResults.NoContent();
    }

    private static CookieOptions Options(HttpContext context) =>
        new() { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = context.Request.IsHttps, Path = "/" };
}

/// <summary>Whether the dashboard has to ask for the access token.</summary>
public sealed record SessionView(bool TokenNeeded, bool SignedIn);

/// <summary>The access token, shown once.</summary>
public sealed record SessionRequest
{
    public required string Token { get; init; }
}
