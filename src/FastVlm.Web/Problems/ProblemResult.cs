using System.Text.Json;
using FastVlm.Web.Json;

namespace FastVlm.Web.Problems;

/// <summary>Writes a problem as <c>application/problem+json</c>.</summary>
internal sealed class ProblemResult(ApiProblem problem) : IResult
{
    public const string ContentType = "application/problem+json";

    public static Task WriteAsync(HttpContext context, ApiProblem problem)
    {
        context.Response.StatusCode = problem.Status;
        context.Response.ContentType = ContentType;
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(problem, WebJson.Options)).AsTask();
    }

    public Task ExecuteAsync(HttpContext httpContext) => WriteAsync(httpContext, problem);
}
