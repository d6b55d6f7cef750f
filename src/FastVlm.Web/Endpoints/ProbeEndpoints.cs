using System.Text;

namespace FastVlm.Web.Endpoints;

/// <summary>
/// What supervisors and load balancers ask, of every process and without a token: <c>/healthz</c> answers while the process
/// lives, <c>/readyz</c> says 503 and why while it should get no requests. Before everything else, so that nothing of the
/// platform can fail them.
/// </summary>
internal static class ProbeEndpoints
{
    private const string PlainText = "text/plain; charset=utf-8";

    public static void Map(WebApplication app, Func<string?> notReady) => app.Use(async (context, next) =>
    {
        switch (context.Request.Path.Value)
        {
            case "/healthz":
                await AnswerAsync(context, null);
                break;
            case "/readyz":
                await AnswerAsync(context, notReady());
                break;
            default:
                await next(context);
                break;
        }
    });

    private static Task AnswerAsync(HttpContext context, string? problem)
    {
        context.Response.StatusCode = problem is null ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = PlainText;
        context.Response.Headers.CacheControl = CacheHeaders.Never;
        return context.Response.WriteAsync($"{problem ?? "ok"}\n", Encoding.UTF8, context.RequestAborted);
    }
}
