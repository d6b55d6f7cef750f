using FastVlm.Pipeline;
using FastVlm.Pipeline.Storage;

namespace FastVlm.Web.Problems;

/// <summary>Turns whatever ends a request early, and empty answers with an error status, into problems.</summary>
internal sealed class ProblemMiddleware(RequestDelegate next, ILogger<ProblemMiddleware> logger)
{
    private const int RetryAfterSeconds = 5;

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        }
        catch (Exception e) when (!context.Response.HasStarted && Translate(e, context) is { } problem)
        {
            await ProblemResult.WriteAsync(context, problem);
            return;
        }

        if (!context.Response.HasStarted && context.Response.StatusCode >= 400 && context.Response.ContentLength is null
            && context.Response.ContentType is null && Reserved.IsForPrograms(context.Request.Path))
        {
            await ProblemResult.WriteAsync(context, Unanswered(context));
        }
    }

    private ApiProblem? Translate(Exception exception, HttpContext context)
    {
        switch (exception)
        {
            case ProblemException problem:
                return problem.Problem;
            case BadHttpRequestException bad:
                return ApiProblem.Of(bad.StatusCode, "The request cannot be read; check its size, its headers and its body.");
            case StorageException storage:
                logger.StorageFailed(context.Request.Method, context.Request.Path, storage.Message);
                context.Response.Headers.RetryAfter = RetryAfterSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
                return ApiProblem.Of(StatusCodes.Status503ServiceUnavailable, storage.Message);
            case FailureException failure:
                return ApiProblem.Of(StatusCodes.Status503ServiceUnavailable, failure.Message);
            default:
                logger.RequestDefect(exception, context.Request.Method, context.Request.Path);
                return ApiProblem.Of(
                    StatusCodes.Status500InternalServerError, "The platform met a defect of its own; its log says more.");
        }
    }

    private static ApiProblem Unanswered(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => ApiProblem.Of(404, "There is nothing at this address; /openapi/v1.json names what there is."),
        StatusCodes.Status405MethodNotAllowed => ApiProblem.Of(
            405, $"{context.Request.Method} is not possible here; allowed is {context.Response.Headers.Allow}."),
        StatusCodes.Status415UnsupportedMediaType => ApiProblem.Of(
            415, "The body is of another kind than can be read here; send JSON with 'Content-Type: application/json'."),
        var status => ApiProblem.Of(status, "The request was refused; /openapi/v1.json describes what is possible."),
    };
}

/// <summary>Addresses that are for programs: never answered with a page.</summary>
internal static class Reserved
{
    public static bool IsForPrograms(PathString path) =>
        path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase)
        || path.StartsWithSegments("/hubs", StringComparison.OrdinalIgnoreCase)
        || path.StartsWithSegments("/openapi", StringComparison.OrdinalIgnoreCase);
}
