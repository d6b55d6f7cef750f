using Microsoft.Extensions.FileProviders;
using FastVlm.Web.Endpoints;
using FastVlm.Web.Problems;

namespace FastVlm.Web;

/// <summary>Serves the built dashboard; every address that is no file of it, and not for programs, is its page.</summary>
internal static class Dashboard
{
    private const string Page = "index.html";

    private const string NotBuilt =
        """
        <!doctype html><html lang="en"><meta charset="utf-8"><title>FastVlm</title>
        <h1>The dashboard is not built</h1>
        <p>The platform is running. To build its dashboard: <code>npm ci --prefix src/FastVlm.Web/dashboard &amp;&amp;
        npm run build --prefix src/FastVlm.Web/dashboard</code>, then build and start again; <code>./run</code> does it all.</p>
        <p>The API is described at <a href="/openapi/v1.json">/openapi/v1.json</a>.</p></html>
        """;

    /// <summary>Its files; before routing, which would take every address for the page.</summary>
    public static void UseFiles(WebApplication app, WebOptions options)
    {
        if (IsBuilt(options))
        {
            app.UseStaticFiles(new StaticFileOptions
            {
                FileProvider = new PhysicalFileProvider(Path.GetFullPath(options.DashboardFolder)),
                OnPrepareResponse = file => file.Context.Response.Headers.CacheControl = CacheFor(file.Context.Request.Path),
            });
        }
    }

    /// <summary>Its page, for every address that is nothing else.</summary>
    /// <remarks>No route: it would also take requests that a route refuses for their method or content type.</remarks>
    public static void UsePage(WebApplication app, WebOptions options)
    {
        var page = IsBuilt(options) ? Path.Combine(options.DashboardFolder, Page) : null;
        app.Use((context, next) => context.GetEndpoint() is null ? AnswerAsync(context, page) : next(context));
    }

    private static bool IsBuilt(WebOptions options) => File.Exists(Path.Combine(options.DashboardFolder, Page));

    /// <summary>Vite puts a hash into the names of what it builds.</summary>
    private static string CacheFor(PathString path) =>
        path.StartsWithSegments("/assets", StringComparison.Ordinal) ? "public, max-age=31536000, immutable" : "no-cache";

    private static async Task AnswerAsync(HttpContext context, string? page)
    {
        var path = context.Request.Path;
        if (Reserved.IsForPrograms(path))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
        else if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
        }
        else if (Path.HasExtension(path))
        {
            // A file that is not there must not be answered with a page: browsers would run it as a script.
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
        else
        {
            context.Response.Headers.CacheControl = page is null ? CacheHeaders.Never : "no-cache";
            context.Response.ContentType = "text/html; charset=utf-8";
            context.Response.StatusCode = page is null ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
            await (page is null ? context.Response.WriteAsync(NotBuilt) : context.Response.SendFileAsync(page));
        }
    }
}
